"""Files for the office: a workbook is written where nobody else can open it, and read from there while it is sent."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, send_file

from bot.services.figures.table import Table

MOST = 5_000
"""Rows of one file: more than that is asked for ward by ward."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(tables: Iterable[Table], name: str) -> Response:
    """Its directory is gone before the first byte leaves: nothing is left behind, whatever becomes of the browser."""
    from bot.services.figures.workbook import write  # openpyxl, which no start should wait for

    with TemporaryDirectory(prefix="xlsx-") as folder:
        path = Path(folder) / "book.xlsx"
        write(tables, path)
        file = path.open("rb")
    return send_file(
        file, mimetype=_XLSX, as_attachment=True, download_name=f"{_plain(name)}.xlsx", max_age=0
    )


def _plain(name: str) -> str:
    """A file's name of whatever was asked for."""
    return "".join(each if each.isprintable() and each not in '/\\"' else "-" for each in name)


def too_many(rows: int) -> str:
    """What is said of a file that would be longer; empty: it is not."""
    return f"一共 {rows:,} 行，一次最多 {MOST:,} 行。请选一个病区再下载。" if rows > MOST else ""
