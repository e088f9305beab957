"""What an address or a form asks for, read carefully: pages, days, lists; nonsense is a 400 in words, never a fault."""

from datetime import date

from flask import request

from bot.web.console.problems import Problem

_FAR = 10_000


def page_number() -> int:
    """``page`` of the address; 1 without one."""
    said = request.args.get("page", "1")
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= _FAR):
        raise Problem(400, "页码不对。")
    return int(said)


def day(name: str) -> date | None:
    """A date field; None where it is empty."""
    said = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Problem(400, "日期不对，应写成 2026-11-22 这样。") from None


def word(name: str, longest: int = 80) -> str:
    """A text field of the address."""
    return _clean(request.args.get(name, ""), longest)


def version() -> int:
    """The version of what a form was opened on: every act that changes something says it."""
    said = request.form.get("version", "")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Problem(400)
    return int(said)


def written(name: str, longest: int) -> str:
    """A text field of a form."""
    return _clean(request.form.get(name, ""), longest)


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
