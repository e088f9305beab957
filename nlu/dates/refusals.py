"""Whether a piece is wanted or ruled out: 除了周二, 周三不行, 周二周三都没空."""

import re

from nlu.dates.atom import Atom
from nlu.dates.cues import DENIED, DENIES, REFUSES_NEXT

_JOINS = "、和跟或 "
_HALF = re.compile(r"的?(?:(上午|早上|早晨)|下午|晚上)")
_AM, _PM = re.compile(r"上午|早上|早晨"), re.compile(r"下午|晚上|中午")


def shared(between: str) -> bool:
    """Two pieces joined without a clause between them are wanted, or refused, together."""
    return not between.strip(_JOINS)


def refused(text: str, atom: Atom, before: Atom | None, gap: str, following: Atom | None) -> bool:
    """``gap`` is what stands between the piece before and this one."""
    if DENIES.search(gap) or (before is not None and before.negated and shared(gap)):
        return True
    denied = DENIED.match(text, atom.end)
    if (
        denied
        and following
        and re.fullmatch(r"(?:的话)?,?就(?:挂|约|选|要)?", text[denied.end() : following.start])
    ):
        return False  # 周一不行就周三: either will do, the first one first
    if denied is None or (following and not text[atom.end : following.start].strip(_JOINS + ",")):
        return False
    if following is None and _other_half(text, atom.end, denied.end()):
        return False
    return not refuses_next(denied.group(), denied.end(), following)


def _other_half(text: str, start: int, end: int) -> bool:
    """明天下午不行，上午可以: the day is wanted still."""
    half, rest = _HALF.match(text, start), text[end:]
    return half is not None and bool((_PM if half.group(1) else _AM).search(rest))


def refuses_next(denial: str, end: int, following: Atom | None) -> bool:
    """要下午不要上午: the denial that stands between is of what follows."""
    return bool(following and end == following.start and REFUSES_NEXT.search(denial))
