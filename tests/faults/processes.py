"""Processes that a proof starts, kills, freezes and starts again: always by pid, and gone when the proof is."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.processes import alive, die_with_parent
from tests.house import ROOT, clean_environment

PATIENCE = 10.0


def spawn(
    module: str, *arguments: str, log: Path | None = None, **environment: str
) -> "subprocess.Popen[str]":
    """``python -m module``: spoken to over its standard input and output, unless these are its ``log``."""
    command = [sys.executable, "-m", module, *arguments]
    if log is None:
        return subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(**environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=_tied,
        )  # fmt: skip
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(**environment), stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, text=True, preexec_fn=_tied,
        )  # fmt: skip


def _tied() -> None:
    die_with_parent(signal.SIGKILL)


@dataclass
class Running:
    """One of our own processes."""

    role: str
    pid: int
    popen: "subprocess.Popen[str] | None" = None
    """None: its parent is the nursery, which takes care of its remains."""

    def gone(self) -> bool:
        if self.popen is not None:
            return self.popen.poll() is not None
        return not alive(self.pid)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Asked, or with SIGKILL not even that; returns when it is gone."""
        deadline = time.monotonic() + PATIENCE
        while not self.gone():
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)
            time.sleep(0.01)
            if time.monotonic() > deadline:
                how = signal.SIGKILL

    def freeze(self) -> None:
        """It takes connections (the kernel does) and says nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)


class Controlled:
    """A helper process that answers each line it is told with one line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def say(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.heard()

    def heard(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"{self._process.args!r} is gone"
        return line.strip()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
