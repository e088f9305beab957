"""常见问题的答案：texts/faq.yaml 里的，加上医院自己放在数据目录里的 faq.yaml；改了就生效，写坏了照旧用原来的。"""

import logging
import re
import threading
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

log = logging.getLogger(__name__)

_LONGEST = 400
"""Characters of an answer: more is no chat message."""
_PARTS = re.compile(r"[^,.!?;:，。！？；\n]+[?？]?")
_ASKS = re.compile(r"[吗么嘛呢?？不没]$|什么|怎么|哪|几|多少|多久|能|可以|可不|要不要|是不是|有没有|咋|啥")
"""What makes a part of a message a question of its own."""
_LARGEST = 1 << 20
"""Bytes of the hospital's file."""


class FaqError(ValueError):
    """What is wrong with a file, in words for whoever edits it."""


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


def parse(text: str) -> Entries:
    """The entries of a file; raises `FaqError`."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FaqError(f"not YAML: {' '.join(str(error).split())}") from error
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise FaqError("expected a list of entries, each beginning with 「- id:」")
    found = tuple(_entry(item, number) for number, item in enumerate(raw, start=1))
    names = [entry.id for entry in found]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise FaqError(f"id used twice: {'、'.join(doubled)}")
    return found


def _entry(item: Any, number: int) -> Entry:
    where = f"entry {number}"
    if not isinstance(item, dict) or not str(item.get("id") or "").strip():
        raise FaqError(f"{where}: id is missing")
    where = f"{where} ({item['id']})"
    if unknown := sorted(map(str, set(item) - {"id", "words", "answer"})):
        raise FaqError(f"{where}: unknown {'、'.join(unknown)}")
    words, answer = item.get("words") or [], item.get("answer") or ""
    if not isinstance(words, list) or not all(isinstance(w, str | int) and str(w).strip() for w in words):
        raise FaqError(f"{where}: words is a list, like [停车, 停车场]")
    if not isinstance(answer, str) or (words and not answer.strip()) or len(answer) > _LONGEST:
        raise FaqError(f"{where}: answer is a text of at most {_LONGEST} characters")
    return Entry(str(item["id"]), tuple(tuple(str(w).lower().split()) for w in words), answer)


@cache
def shipped() -> Entries:
    """The answers that come with the program."""
    return parse(files("handlers.texts").joinpath("faq.yaml").read_text(encoding="utf-8"))


class FaqBook:
    """Looks at the hospital's file with every question and reads it anew when it has changed."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._entries: Entries = shipped()

    def entries(self) -> Entries:
        """The hospital's own first; one of the same id takes the place of the shipped one."""
        if self._own is None:
            return self._entries
        with self._lock:
            stamp = _stamp(self._own)
            if stamp != self._seen:
                self._seen = stamp
                self._reload(stamp)
            return self._entries

    def best(self, said: str) -> Entry | None:
        """The entry that knows most of what was said; the earlier of two equal ones."""
        found = max(self.entries(), key=lambda entry: entry.score(said), default=None)
        return found if found and found.score(said) else None

    def several(self, said: str, most: int = 3) -> tuple[Entry, ...]:
        """能停车吗？几点下班？  Each question's entry, unless the whole message is about another one."""
        whole = self.best(said)
        asked = [part for part in _PARTS.findall(said) if _ASKS.search(part)]
        found = [entry for part in asked if (entry := self.best(part))]
        if whole is None or whole not in found:
            return (whole,) if whole else ()
        return tuple(dict.fromkeys(found))[:most]

    def _reload(self, stamp: tuple[int, int] | None) -> None:
        if stamp is None or self._own is None:
            self._entries = shipped()
            return
        try:
            if stamp[1] > _LARGEST:
                raise FaqError(f"larger than {_LARGEST} bytes")
            own = parse(self._own.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, FaqError) as error:
            log.error("faq.refused file=%s error=%s: the answers stay as they were", self._own, error)
            return
        replaced = {entry.id for entry in own}
        kept = tuple(entry for entry in shipped() if entry.id not in replaced)
        self._entries = (*(entry for entry in own if entry.words), *kept)
        log.info("faq.loaded file=%s entries=%d", self._own, len(own))


def _stamp(path: Path) -> tuple[int, int] | None:
    """None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
