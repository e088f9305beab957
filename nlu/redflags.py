"""Danger signs in any text, told apart from history, hearsay, negation and general questions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlu.data import load_yaml

_REACH = 30
"""Characters looked at: a clause never needs more, and patterns stay linear on a 64 KiB message."""
_NEAR = 40
"""Signs that only together mean danger stand within so many characters."""
_MAX = 2_000
_FRAGMENTS = 10
"""Characters of a message whose blanks may stand within a word: 意识 模糊, 胸口 疼."""
_APART = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_END = re.compile(r"[,。;!?\n]")
_STOP = re.compile(r"[。;!?\n]")
_TURN = re.compile(r"但是?|不过|现在|结果|可是|然后|突然|这次|刚才|今天")
_NAMED = re.compile(r"\{([a-z]+)\}")
Signs = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Flag:
    name: str
    certain: re.Pattern[str]
    soft: re.Pattern[str] | None
    together: tuple[Signs, ...]
    opening: re.Pattern[str] | None
    """Any first sign of `together`: without one, none of them is looked for."""

    def matches(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the text names the danger, mild or not."""
        yield from (match.span() for match in self.certain.finditer(text))
        if self.opening is None or not self.opening.search(text):
            return
        for signs in self.together:
            yield from _all(signs, text, _rules())


@dataclass(frozen=True, slots=True)
class _Rules:
    flags: tuple[_Flag, ...]
    mild: re.Pattern[str]
    denied: re.Pattern[str]
    history: re.Pattern[str]
    hearsay: re.Pattern[str]
    question: re.Pattern[str]
    figure: re.Pattern[str]
    present: re.Pattern[str]


@cache
def _rules() -> _Rules:
    data = load_yaml("redflags.yaml")
    terms = data["terms"]
    flags = tuple(_flag(flag, terms) for flag in data["flags"])
    context = {name: re.compile(pattern) for name, pattern in data["context"].items()}
    return _Rules(flags, re.compile(data["mild"]), **context)


def _flag(flag: dict[str, Any], terms: dict[str, str]) -> _Flag:
    def compiled(patterns: Sequence[str]) -> re.Pattern[str]:
        spelt = (_NAMED.sub(lambda name: str(terms[name[1]]), pattern) for pattern in patterns)
        return re.compile("|".join(f"(?:{pattern})" for pattern in spelt))

    together = flag.get("with", ())
    return _Flag(
        flag["id"],
        compiled(flag["any"]),
        compiled(flag["soft"]) if flag.get("soft") else None,
        tuple(tuple(compiled([sign]) for sign in signs) for signs in together),
        compiled([signs[0] for signs in together]) if together else None,
    )


def red_flag(text: str) -> str | None:
    """The name of the danger sign a normalised text reports, or None."""
    found = _reported_flag(text[:_MAX])
    if found is None and len(text) <= _FRAGMENTS and _APART.search(text):
        return _reported_flag(_APART.sub("", text))
    return found


def _reported_flag(text: str) -> str | None:
    rules = _rules()
    for flag in rules.flags:
        if any(_counts(text, start, end, rules) for start, end in flag.matches(text)):
            return flag.name
        if flag.soft is None or rules.mild.search(text):
            continue
        if any(_counts(text, match.start(), match.end(), rules) for match in flag.soft.finditer(text)):
            return flag.name
    return None


def _all(signs: Signs, text: str, rules: _Rules) -> Iterator[tuple[int, int]]:
    """Where every sign stands in one stretch of a sentence: (first beginning, its end)."""
    first, *others = signs
    for match in first.finditer(text):
        start = max((m.end() for m in _STOP.finditer(text, 0, match.start())), default=0)
        stop = _STOP.search(text, match.end())
        low = max(start, match.start() - _NEAR)
        high = min(stop.start() if stop else len(text), match.end() + _NEAR)
        if all(_reported(other, text, low, high, rules) for other in others):
            yield match.span()


def _reported(sign: re.Pattern[str], text: str, low: int, high: int, rules: _Rules) -> bool:
    """Whether the sign is there, neither denied nor of long ago: 没出血, 一年前脸歪过."""
    for match in sign.finditer(text, low, high):
        start = max((m.end() for m in _END.finditer(text, low, match.start())), default=low)
        clause = text[start : _clause_end(text, match.end())]
        if rules.denied.search(text[start : match.start()]):
            continue
        if not rules.history.search(clause) or rules.present.search(clause):
            return True
    return False


def _counts(text: str, start: int, end: int, rules: _Rules) -> bool:
    """Whether this is reported as happening now, to a person."""
    clause_start = max((m.end() for m in _END.finditer(text, max(0, start - _REACH), start)), default=0)
    before, clause = text[clause_start:start], text[clause_start : _clause_end(text, end)]
    if rules.denied.search(before) or rules.figure.search(before):
        return False
    if rules.hearsay.search(before) and "现在" not in before:
        return False
    if rules.present.search(clause):
        return not rules.question.search(clause) or "怎么办" in clause
    turn = max((m.end() for m in _TURN.finditer(text, 0, start)), default=0)
    told = text[max(turn, start - _REACH, 0) : _clause_end(text, end)]
    return not (rules.history.search(told) or rules.hearsay.search(told) or rules.question.search(text))


def _clause_end(text: str, start: int) -> int:
    match = _END.search(text, start)
    return match.start() if match else min(len(text), start + _REACH)
