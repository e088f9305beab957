"""The usual questions: an answer, the words by which it is asked for, and which answer a message gets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 400
"""Characters of an answer: more is no chat message."""
_PARTS = re.compile(r"[^,.!?;:，。！？；\n]+[?？]?")
_ASKS = re.compile(r"[吗么嘛呢?？不没]$|什么|怎么|哪|几|多少|多久|能|可以|可不|要不要|是不是|有没有|咋|啥")
"""What makes a part of a message a question of its own."""


class FaqError(ValueError):
    """What is wrong with an entry, in words for whoever edits its file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer.  ``words``: each is a set of parts that must all occur (取 报告); none: the answer is withdrawn."""

    id: str
    words: tuple[tuple[str, ...], ...]
    answer: str

    def score(self, said: str) -> int:
        """Characters of the longest alternative that occurs."""
        return max((sum(map(len, parts)) for parts in self.words if all(p in said for p in parts)), default=0)


Entries = tuple[Entry, ...]


def entry(item: Any, where: str) -> Entry:
    """An entry in the form of the file; raises `FaqError`, which begins with ``where``."""
    if not isinstance(item, Mapping) or not str(item.get("id") or "").strip():
        raise FaqError(f"{where}: id is missing")
    where = f"{where} ({item['id']})"
    if unknown := sorted(map(str, set(item) - {"id", "words", "answer"})):
        raise FaqError(f"{where}: unknown {'、'.join(unknown)}")
    words, answer = item.get("words") or [], item.get("answer") or ""
    if not isinstance(words, list) or not all(isinstance(w, str | int) and str(w).strip() for w in words):
        raise FaqError(f"{where}: words is a list, like [停车, 停车场]")
    if not isinstance(answer, str) or (words and not answer.strip()) or len(answer) > LONGEST:
        raise FaqError(f"{where}: answer is a text of at most {LONGEST} characters")
    return Entry(str(item["id"]), tuple(tuple(str(w).lower().split()) for w in words), answer)


def over(own: Sequence[Entry], base: Entries) -> Entries:
    """``own`` first; one of the same id takes the place of the one below, one without words only removes it."""
    replaced = {each.id for each in own}
    kept = tuple(each for each in base if each.id not in replaced)
    return (*(each for each in own if each.words), *kept)


def filled(answer: str, hospital: str, phone: str) -> str:
    """As it is said: an answer may name the hospital and its number."""
    return answer.replace("{hospital}", hospital).replace("{phone}", phone).strip()


def best(entries: Sequence[Entry], said: str) -> Entry | None:
    """The entry that knows most of what was said; the earlier of two equal ones."""
    found = max(entries, key=lambda each: each.score(said), default=None)
    return found if found and found.score(said) else None


def several(entries: Sequence[Entry], said: str, most: int = 3) -> Entries:
    """能停车吗？几点下班？  Each question's entry, unless the whole message is about another one."""
    whole = best(entries, said)
    asked = [part for part in _PARTS.findall(said) if _ASKS.search(part)]
    found = [each for part in asked if (each := best(entries, part))]
    if whole is None or whole not in found:
        return (whole,) if whole else ()
    return tuple(dict.fromkeys(found))[:most]
