"""What an address or a form asks for, read carefully: pages, days, lists; nonsense is a 400 in words, never a fault."""

from collections.abc import Collection
from datetime import date

from flask import request

from bot.web.console.problems import Problem

_FAR = 10_000
_DAY = "日期不对，应写成 2026-11-22 这样。"
YEARS = range(1900, 2101)
"""Of whatever a hospital writes down; a week before or after each is a date too."""


def whole(said: str) -> int | None:
    """A number that every column takes (PostgreSQL's integers end at ten digits); None: it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def page_number() -> int:
    """``page`` of the address; 1 without one."""
    found = whole(request.args.get("page", "1"))
    if found is None or not 1 <= found <= _FAR:
        raise Problem(400, "页码不对。")
    return found


def day(name: str) -> date | None:
    """A date field; None where it is empty."""
    return _date(request.args.get(name, ""))


def written_day(name: str) -> date | None:
    """The same of a form."""
    return _date(request.form.get(name, ""))


def word(name: str, longest: int = 80) -> str:
    """A text field of the address."""
    return _clean(request.args.get(name, ""), longest)


def version() -> int:
    """The version of what a form was opened on: every act that changes something says it."""
    found = whole(request.form.get("version", ""))
    if found is None:
        raise Problem(400)
    return found


def written(name: str, longest: int) -> str:
    """A text field of a form."""
    return _clean(request.form.get(name, ""), longest)


def reason(known: Collection[str]) -> str:
    """Why somebody wants to read what is masked."""
    said = request.form.get("reason", "")
    if said not in known:
        raise Problem(400, "请先选查看理由。")
    return said


def lines(name: str, longest: int = 64, most: int = 100) -> tuple[str, ...]:
    """A field with one entry a line (or set apart by 、，,)."""
    text = (
        request.form.get(name, "")
        .replace("\0", "")
        .replace("、", "\n")
        .replace("，", "\n")
        .replace(",", "\n")
    )
    found = dict.fromkeys(line.strip()[:longest] for line in text.splitlines() if line.strip())
    return tuple(found)[:most]


def _clean(text: str, longest: int) -> str:
    """Without the character that PostgreSQL takes in no text."""
    return text.replace("\0", "").strip()[:longest]


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Problem(400, _DAY) from None
    if found is not None and found.year not in YEARS:
        raise Problem(400, _DAY)
    return found
