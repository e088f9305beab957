"""常见问题的答案：控制台里发布的，医院数据目录里的 faq.yaml，再是 texts/faq.yaml；改了就生效，写坏了照旧用原来的。"""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import yaml

from bot.domain import faq
from bot.domain.faq import Entries, Entry, FaqError

__all__ = ["Entries", "Entry", "FaqBook", "FaqError", "parse", "shipped"]

log = logging.getLogger(__name__)

_LARGEST = 1 << 20
"""Bytes of the hospital's file."""


class Written(Protocol):
    """An edition that is in force, as the console keeps it."""

    @property
    def body(self) -> Mapping[str, Any]: ...


Editions = Callable[[], Mapping[str, Written]]
"""Those in force, by name: the same object until one is published or retired."""


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
    found = tuple(faq.entry(item, f"entry {number}") for number, item in enumerate(raw, start=1))
    names = [entry.id for entry in found]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise FaqError(f"id used twice: {'、'.join(doubled)}")
    return found


@cache
def shipped() -> Entries:
    """The answers that come with the program."""
    return parse(files("handlers.texts").joinpath("faq.yaml").read_text(encoding="utf-8"))


class FaqBook:
    """Looks at the hospital's file and editions with every question and reads anew what has changed."""

    def __init__(self, own: Path | None = None, editions: Editions = dict) -> None:
        self._own, self._editions = own, editions
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._base: Entries = shipped()
        self._entries: tuple[Entries, Mapping[str, Written], Entries] | None = None

    def entries(self) -> Entries:
        """The console's editions first, then the hospital's file, then the shipped ones."""
        written = self._editions()  # before the lock: it may look at the database
        with self._lock:
            base, known = self._reread(), self._entries
            if known is None or known[0] is not base or (known[1] is not written and known[1] != written):
                known = self._entries = (base, written, faq.over(_of(written), base))
            return known[2]

    def base(self) -> Entries:
        """Without the console's editions: what holds again where one is retired."""
        with self._lock:
            return self._reread()

    def best(self, said: str) -> Entry | None:
        return faq.best(self.entries(), said)

    def several(self, said: str, most: int = 3) -> Entries:
        return faq.several(self.entries(), said, most)

    def _reread(self) -> Entries:
        if self._own is not None and (stamp := _stamp(self._own)) != self._seen:
            self._seen = stamp
            self._reload(self._own, stamp)
        return self._base

    def _reload(self, path: Path, stamp: tuple[int, int] | None) -> None:
        if stamp is None:
            self._base = shipped()
            return
        try:
            if stamp[1] > _LARGEST:
                raise FaqError(f"larger than {_LARGEST} bytes")
            own = parse(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, FaqError) as error:
            log.error("faq.refused file=%s error=%s: the answers stay as they were", path, error)
            return
        self._base = faq.over(own, shipped())
        log.info("faq.loaded file=%s entries=%d", path, len(own))


def _of(written: Mapping[str, Written]) -> list[Entry]:
    found = []
    for name, edition in written.items():
        try:
            found.append(faq.entry({"id": name, **edition.body}, "edition"))
        except FaqError as error:  # checked before it was published: an older program's, perhaps
            log.error("faq.refused %s: the answer below it holds", error)
    return found


def _stamp(path: Path) -> tuple[int, int] | None:
    """None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
