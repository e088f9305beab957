"""One supervisor per data directory: a lock that dies with its holder, and beside it who runs where."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.processes import started_at


class AlreadyRunning(Exception):
    """A live supervisor holds the directory."""

    def __init__(self, pid: int, url: str) -> None:
        super().__init__(url)
        self.pid, self.url = pid, url


class RunFile:
    """Holds the directory as long as it is open.  ``serve.json`` is for people and for the next start."""

    def __init__(self, directory: Path, *, url: str) -> None:
        self._state = directory / "serve.json"
        self._url = url
        self._lock = (directory / "serve.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            state = self._read()
            raise AlreadyRunning(state.get("pid", 0), state.get("url", url)) from None
        self._left = self._read().get("children", {})
        self.note({})

    def note(self, children: Mapping[str, int]) -> None:
        """Write down who runs, by pid and start time, so that nobody else is ever mistaken for a child of ours."""
        named = {name: [pid, started_at(pid)] for name, pid in children.items()}
        draft = self._state.with_suffix(".new")
        draft.write_text(json.dumps({"pid": os.getpid(), "url": self._url, "children": named}))
        draft.replace(self._state)

    def clear_leftovers(self, patience: float = 6.0) -> None:
        """End what a killed supervisor left.  The kernel has told them to go; this waits, and insists."""
        left = {pid: began for pid, began in self._left.values() if began}
        for pid in _same(left):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while _same(left):
            if time.monotonic() > deadline:
                for pid in _same(left):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._state.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def __enter__(self) -> "RunFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state.unlink(missing_ok=True)
        self._lock.close()


def _same(left: Mapping[int, str]) -> list[int]:
    """Those that still run and are the same processes."""
    return [pid for pid, began in left.items() if started_at(pid) == began]
