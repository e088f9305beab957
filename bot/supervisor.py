"""Runs children, restarts what dies, stops them in order.  One thread, one loop: nothing here can race itself."""

import errno
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from bot.processes import die_with_parent

FIRST_WAIT, LONGEST_WAIT = 0.1, 15.0
STEADY = 10.0
"""Seconds a child must live for its next death to count as the first again."""

Say = Callable[[str, str], None]
"""(child's name, line)"""


@dataclass(frozen=True)
class Spec:
    """A child: what to run and when it stops (low ``stop_order`` first)."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    stop_order: int = 0
    stop_patience: float = 4.0
    once: bool = False
    """A job: its end is expected."""


@dataclass
class Child:
    """A spec and what became of it."""

    spec: Spec
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    due: float | None = 0.0
    """When to start it; None: not before it dies."""
    deaths: int = 0
    last_exit: int | None = None
    tail: bytes = b""
    keep_fds: tuple[int, ...] = field(default=())


class Supervisor:
    """The loop.  ``tick`` is called about ten times a second, from the same thread."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._children: dict[str, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._stopping = 0
        # Runs between fork and exec; safe, because this process has one thread.
        self._tie = partial(die_with_parent, signal.SIGTERM, os.getpid())

    def add(
        self, spec: Spec, *, keep_fds: tuple[int, ...] = (), extra_env: Mapping[str, str] | None = None
    ) -> None:
        """Start a child now.  ``keep_fds`` and ``extra_env`` are for its first life only."""
        child = self._children[spec.name] = Child(spec, keep_fds=keep_fds)
        self._start(child, extra_env or {})

    def child(self, name: str) -> Child:
        return self._children[name]

    def pids(self) -> dict[str, int]:
        return {name: each.process.pid for name, each in self._children.items() if each.process is not None}

    @property
    def stopping(self) -> bool:
        return self._stopping > 0

    def stop(self) -> None:
        """End `run` as a signal would."""
        self._stopping += 1

    def watch_signals(self) -> None:
        """SIGTERM, SIGINT and SIGHUP end `run`; a second one does not wait for the children."""

        def asked(_signum: int, _frame: FrameType | None) -> None:
            self._stopping += 1

        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, asked)

    def run(self, tick: Callable[[], None]) -> None:
        """Supervise until asked to stop, then stop every child."""
        try:
            while not self._stopping:
                self._pump(0.1)
                self._reap()
                self._restart_due()
                tick()
        finally:
            self.stop_all()

    def stop_all(self) -> None:
        """Each rank of children is asked, waited for, and in the end killed with all its own children."""
        ranks = sorted({child.spec.stop_order for child in self._children.values()})
        for rank in ranks:
            group = [
                c for c in self._children.values() if c.spec.stop_order == rank and c.process is not None
            ]
            for child in group:
                self._signal(child, signal.SIGTERM)
            deadline = time.monotonic() + max((c.spec.stop_patience for c in group), default=0.0)
            while any(c.process is not None for c in group):
                self._pump(0.02)
                self._reap(restart=False)
                if time.monotonic() > deadline or self._stopping > 1:
                    for child in group:
                        self._kill(child)

    # -- one child ---------------------------------------------------------------------------------

    def _start(self, child: Child, extra_env: Mapping[str, str]) -> None:
        child.process = subprocess.Popen(
            child.spec.argv,
            env={**child.spec.env, **extra_env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            pass_fds=child.keep_fds,
            preexec_fn=self._tie,
        )
        child.started, child.due, child.keep_fds = time.monotonic(), None, ()
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _reap(self, restart: bool = True) -> None:
        for child in self._children.values():
            if child.process is None or child.process.poll() is None:
                continue
            self._drain(child)
            self._kill(child)  # what it may have left in its group
            child.last_exit, child.process = child.process.returncode, None
            if restart and not child.spec.once:
                self._schedule(child)

    def _schedule(self, child: Child) -> None:
        now = time.monotonic()
        child.deaths = 1 if now - child.started > STEADY else child.deaths + 1
        wait = min(FIRST_WAIT * 2 ** (child.deaths - 1), LONGEST_WAIT)
        child.due = now + wait
        self._say(
            "serve", f"{child.spec.name} ended ({_how(child.last_exit)}); starting it again in {wait:.1f} s"
        )

    def _restart_due(self) -> None:
        for child in self._children.values():
            if child.process is None and child.due is not None and time.monotonic() >= child.due > 0:
                self._start(child, {})

    def _signal(self, child: Child, sig: signal.Signals) -> None:
        if child.process is not None:
            child.process.send_signal(sig)

    def _kill(self, child: Child) -> None:
        if child.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)

    # -- what they say -----------------------------------------------------------------------------

    def _pump(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            self._read(key.data)

    def _read(self, child: Child) -> bool:
        """One gulp of output; False at its end."""
        assert child.process is not None and child.process.stdout is not None
        try:
            data = os.read(child.process.stdout.fileno(), 65536)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return False
            data = b""
        if not data:
            with suppress(KeyError):
                self._selector.unregister(child.process.stdout)
            return False
        *lines, child.tail = (child.tail + data).split(b"\n")
        for line in lines:
            self._say(child.spec.name, line.decode(errors="replace"))
        return True

    def _drain(self, child: Child) -> None:
        assert child.process is not None and child.process.stdout is not None
        while self._read(child):
            pass
        with suppress(KeyError):
            self._selector.unregister(child.process.stdout)
        if child.tail:
            self._say(child.spec.name, child.tail.decode(errors="replace"))
            child.tail = b""
        child.process.stdout.close()


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
