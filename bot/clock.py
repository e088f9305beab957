"""The demo's movable clock: an offset in a small file, so that every process sees a move at once."""

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.clock import HOSPITAL_TZ

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(?:\d+[wdhms])+")


class BadTime(ValueError):
    """A span or a moment that cannot be read; the message is for the person who typed it."""


def parse_span(text: str) -> timedelta:
    """``1d2h`` → 26 hours.  Units: w d h m s."""
    words = text.strip().lower()
    if not _SPAN.fullmatch(words):
        raise BadTime(f"cannot read the span {text!r}: write it like 1d2h30m (w d h m s)")
    parts = re.findall(r"(\d+)([wdhms])", words)
    try:
        return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
    except OverflowError:
        raise BadTime(f"the span {text!r} is too long") from None


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is the hospital's wall clock."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadTime(f"cannot read the time {text!r}: write it like 2026-11-24T08:00:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=HOSPITAL_TZ)


class DemoClock:
    """The machine's clock plus an offset kept in ``path``; the file is looked at (one stat) on every call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[tuple[int, int, int], timedelta] | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    @property
    def offset(self) -> timedelta:
        """How far the demo is from real time; the database adds it to its own now()."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return timedelta()
        stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        seen = self._seen
        if seen is None or seen[0] != stamp:
            seen = self._seen = (stamp, _read(self._path))
        return seen[1]

    def advance(self, span: timedelta) -> datetime:
        """Move by ``span``; two processes that move at once both count."""
        with self._locked():
            return self._write(_read(self._path) + span)

    def set(self, moment: datetime) -> datetime:
        """Make it ``moment`` now; the clock goes on from there."""
        if moment.tzinfo is None:
            raise BadTime("the moment has no time zone")
        with self._locked():
            return self._write(moment - datetime.now(UTC))

    def reset(self) -> datetime:
        """Back to real time."""
        with self._locked():
            return self._write(timedelta())

    def _write(self, offset: timedelta) -> datetime:
        try:
            now = datetime.now(UTC) + offset
        except OverflowError:
            raise BadTime("that is beyond the calendar") from None
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".clock")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"offset_seconds": offset.total_seconds()}, file)
            Path(name).replace(self._path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        return now

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> timedelta:
    try:
        return timedelta(seconds=float(json.loads(path.read_text(encoding="utf-8"))["offset_seconds"]))
    except FileNotFoundError:
        return timedelta()
