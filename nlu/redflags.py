"""Danger signs in any text, told apart from history, hearsay, negation and general questions."""

import re
from dataclasses import dataclass
from functools import cache

from nlu.data import load_yaml

_REACH = 30
"""Characters looked at: a clause never needs more, and patterns stay linear on a 64 KiB message."""
_MAX = 2_000
_END = re.compile(r"[,。;!?\n]")
_TURN = re.compile(r"但是?|不过|现在|结果|可是|然后|突然|这次|刚才|今天")


@dataclass(frozen=True, slots=True)
class _Flag:
    name: str
    certain: re.Pattern[str]
    soft: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Rules:
    flags: tuple[_Flag, ...]
    mild: re.Pattern[str]
    denied: re.Pattern[str]
    history: re.Pattern[str]
    hearsay: re.Pattern[str]
    question: re.Pattern[str]
    present: re.Pattern[str]


@cache
def _rules() -> _Rules:
    data = load_yaml("redflags.yaml")
    flags = tuple(
        _Flag(
            flag["id"],
            re.compile("|".join(f"(?:{p})" for p in flag["any"])),
            re.compile("|".join(flag["soft"])) if flag.get("soft") else None,
        )
        for flag in data["flags"]
    )
    context = {name: re.compile(pattern) for name, pattern in data["context"].items()}
    return _Rules(flags, re.compile(data["mild"]), **context)


def red_flag(text: str) -> str | None:
    """The name of the danger sign a normalised text reports, or None."""
    text = text[:_MAX]
    rules = _rules()
    for flag in rules.flags:
        for match in flag.certain.finditer(text):
            if _counts(text, match.start(), match.end(), rules):
                return flag.name
        if flag.soft is None:
            continue
        for match in flag.soft.finditer(text):
            if not rules.mild.search(text) and _counts(text, match.start(), match.end(), rules):
                return flag.name
    return None


def _counts(text: str, start: int, end: int, rules: _Rules) -> bool:
    """Whether this is reported as happening now."""
    clause_start = max((m.end() for m in _END.finditer(text, max(0, start - _REACH), start)), default=0)
    before, clause = text[clause_start:start], text[clause_start : _clause_end(text, end)]
    if rules.denied.search(before):
        return False
    if rules.present.search(clause):
        return not rules.question.search(clause) or "怎么办" in clause
    turn = max((m.end() for m in _TURN.finditer(text, 0, start)), default=0)
    told = text[max(turn, start - _REACH, 0) : _clause_end(text, end)]
    return not (rules.history.search(told) or rules.hearsay.search(told) or rules.question.search(text))


def _clause_end(text: str, start: int) -> int:
    match = _END.search(text, start)
    return match.start() if match else min(len(text), start + _REACH)
