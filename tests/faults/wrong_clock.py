"""A process whose wall clock is wrong by as many seconds as a file says, from one moment to the next.

The machine's own clock belongs to everybody on it.  What our modules and the scheduler's ask for the time is replaced;
the monotonic clock, and the database server's, go on as they are.
"""

import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

_OURS = ("bot", "scheduler", "handlers", "apscheduler")
_LOOK = 0.05


class _Offset:
    """Read from the file a few times a second."""

    def __init__(self, path: Path) -> None:
        self._path, self._value, self._until = path, 0.0, 0.0

    def __call__(self) -> float:
        if time.monotonic() > self._until:
            self._until = time.monotonic() + _LOOK
            self._value = float(self._path.read_text() or 0)
        return self._value


def install(path: str) -> None:
    """After everything has been imported."""
    import bot.app  # noqa: F401

    offset, told = _Offset(Path(path)), time.time
    time.time = lambda: told() + offset()
    shifted = _shifted(offset)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _OURS and getattr(module, "datetime", None) is datetime:
            module.datetime = shifted  # type: ignore[attr-defined]


def _shifted(offset: _Offset) -> type[datetime]:
    class Meta(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, datetime)

    class Shifted(datetime, metaclass=Meta):
        """Tells the wrong time; what it makes are ordinary datetimes."""

        def __new__(cls, *args: Any, **more: Any) -> Any:
            return datetime(*args, **more)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromtimestamp(time.time(), tz)

        fromtimestamp = datetime.fromtimestamp
        fromisoformat = datetime.fromisoformat
        combine = datetime.combine
        strptime = datetime.strptime

    return Shifted


def tell(path: Path, seconds: float) -> None:
    """At once, or not at all: nobody reads half a number."""
    draft = path.with_suffix(".draft")
    draft.write_text(str(seconds))
    draft.rename(path)
