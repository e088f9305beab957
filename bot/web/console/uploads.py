"""A questionnaire's file out of somebody's browser: FHIR JSON or a table; what is hostile is refused in words."""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from werkzeug.datastructures import FileStorage

from bot.his.tables import UnreadableFile, read_table
from bot.services.sheets import Sheet

MAX_BYTES = 1024 * 1024
_UNPACKED = 16 * 1024 * 1024
"""Bytes of a workbook when unpacked: a packed file of 1 MB could hold a thousand times as much."""
_PARTS = 200
_MOST = (2000, 40)
_TABLES = (".xlsx", ".csv")
_BROKEN = (
    SyntaxError, TypeError, AttributeError, IndexError, KeyError, ValueError, EOFError, zlib.error, struct.error,
    NotImplementedError, RuntimeError, OSError, zipfile.BadZipFile,
)  # fmt: skip
"""What a spoilt workbook makes openpyxl and the zip reader raise."""


@dataclass(frozen=True, slots=True)
class Text:
    """A JSON file."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    words: str


def read(sent: FileStorage | None) -> Text | Sheet | Refused:
    """Its kind is told by its name; its content is looked at all the same."""
    name = (sent.filename or "").lower() if sent else ""
    if sent is None or not name:
        return Refused("请先选一个文件。")
    data = sent.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return Refused("文件超过 1 MB，请换一个小一点的文件。")
    suffix = Path(name).suffix
    if suffix == ".json":
        return _json(data)
    if suffix not in _TABLES:
        return Refused("只收 .json（FHIR 问卷）、.xlsx 和 .csv 文件。")
    if suffix == ".xlsx" and (wrong := _hostile(data)):
        return Refused(wrong)
    return _table(data, suffix)


def _json(data: bytes) -> Text | Refused:
    try:
        return Text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Refused("这个 .json 文件不是 UTF-8 编码，请另存为 UTF-8 再传。")


def _table(data: bytes, suffix: str) -> Sheet | Refused:
    with TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / f"问卷{suffix}"
        path.write_bytes(data)
        try:
            return read_table(path, most=_MOST)
        except UnreadableFile as error:
            return Refused(f"{error}。")
        except _BROKEN:
            return Refused("这个文件打不开，可能已经损坏。请用 Excel 打开、另存一份再传。")


def _hostile(data: bytes) -> str:
    """Before it is unpacked: how much it would become, and whether it brings its own definitions."""
    spoilt = "这不是一个 Excel 文件，或者已经损坏。"
    if not data.startswith(b"PK"):
        return spoilt
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                return "这个 Excel 文件展开后太大，没有打开。请另存一份只有问卷的再传。"
            for part in parts:
                with packed.open(part) as opened:  # whatever its name: the workbook says itself what is XML
                    text = opened.read(_UNPACKED + 1).replace(b"\0", b"")  # UTF-16 hides nothing
                if len(text) > _UNPACKED or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    return "这个 Excel 文件里有不该有的内容，没有打开。"
    except _BROKEN:
        return spoilt
    return ""
