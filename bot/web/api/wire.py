"""Reading a request: its body, its parameters, its path, its key.  What is wrong is told by its path, in words."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from flask import request

from bot.web.api.problems import Problem
from bot.web.api.shapes.common import FieldError

S = TypeVar("S")
LARGEST = 64 * 1024
"""Bytes of a body."""
KEY = re.compile(r"[0-9A-Za-z._:-]{8,64}", re.ASCII)
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$?\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_FIELD = re.compile(r"^Object (?P<how>missing required|contains unknown) field `(?P<name>[^`]*)`$")
_TYPES = {
    "int": "整数", "str": "文字", "bool": "true 或 false", "array": "数组", "object": "对象", "float": "数字",
    "date": "日期，如 2026-11-24", "datetime": "带时区的时间，如 2026-11-24T14:00:00+08:00",
    "time": "时刻，如 08:30:00",
}  # fmt: skip
_WORDS: tuple[tuple[re.Pattern[str], Callable[["re.Match[str]"], str]], ...] = (
    (re.compile(r"^Expected `(?:str|bytes)` of length (\S+) (\d+)"), lambda found: f"长度应 {found[1]} {found[2]}"),
    (re.compile(r"^Expected `array` of length (\S+) (\d+)"), lambda found: f"项数应 {found[1]} {found[2]}"),
    (re.compile(r"^Expected `object` of length (\S+) (\d+)"), lambda found: f"项数应 {found[1]} {found[2]}"),
    (re.compile(r"^Expected `str` matching"), lambda found: "格式不对"),
    (re.compile(r"^Expected `(?:int|float)` (\S+) (-?\d+)"), lambda found: f"应 {found[1]} {found[2]}"),
    (re.compile(r"^Expected `datetime`"), lambda found: f"应为{_TYPES['datetime']}"),
    (re.compile(r"^Expected `(\w+)"), lambda found: f"应为{_TYPES.get(found[1], '别的类型')}"),
    (re.compile(r"^Invalid RFC3339 encoded (\w+)"), lambda found: f"应为{_TYPES.get(found[1], '时间')}"),
    (re.compile(r"^Invalid enum value"), lambda found: "不是可选的值"),
    (re.compile(r"out of range"), lambda found: "数字超出范围"),
)  # fmt: skip


def body(kind: type[S]) -> S:
    """The JSON body as ``kind``."""
    request.max_content_length = LARGEST + 1
    if request.mimetype != "application/json":
        raise Problem("not-json")
    raw = request.get_data(cache=False)
    if len(raw) > LARGEST:  # in chunks, whose length nobody told beforehand
        raise Problem("too-large")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Problem("bad-field", errors=(_told(error),)) from None
    except (msgspec.DecodeError, RecursionError):
        raise Problem("bad-json") from None


def parameters(kind: type[S]) -> S:
    """The address's parameters as ``kind``; one that comes twice is as wrong as one nobody knows."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Problem("bad-parameter", errors=(FieldError(path=name, reason="只能有一个"),))
        if values[0].lower() == "null":  # msgspec would take the word for nothing at all
            raise Problem("bad-parameter", errors=(FieldError(path=name, reason="没有的参数不要写"),))
    try:
        return msgspec.convert(request.args.to_dict(), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("bad-parameter", errors=(_told(error),)) from None


def path(values: Mapping[str, str], kinds: Mapping[str, Any]) -> dict[str, Any]:
    """What the address names; nothing has a name of another form."""
    try:
        return {name: msgspec.convert(value, kinds[name], strict=False) for name, value in values.items()}
    except msgspec.ValidationError:
        raise Problem("not-found") from None


def key() -> str:
    """The header that makes a repeated request one."""
    said = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(said):
        raise Problem("key-missing")
    return said


def _told(error: msgspec.ValidationError) -> FieldError:
    found = _AT.match(str(error))
    assert found is not None  # it takes everything
    what, where = found["what"], found["path"] or ""
    named = _FIELD.match(what)
    if named is not None:
        inner = f"{where}.{named['name']}" if where else named["name"]
        return FieldError(
            path=inner[:200], reason="缺少这个字段" if named["how"].startswith("missing") else "没有这个字段"
        )
    for pattern, words in _WORDS:
        if matched := pattern.search(what):
            return FieldError(path=where, reason=words(matched))
    return FieldError(path=where, reason="不对")
