"""What a child process owes its supervisor: die with it, start when told, stop when asked."""

import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

GATE = "SUIZHEN_GATE_FD"
"""A pipe's read end: at its end of file the database is ready.  Lets a child import while others migrate."""
_PR_SET_PDEATHSIG = 1
LAST_RESORT = 8.0
"""Seconds after which a child that was asked to stop and hangs goes anyway."""


def die_with_parent(sig: signal.Signals = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel for ``sig`` when the parent goes, however it goes.  Elsewhere than on Linux: nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
    if parent is not None and os.getppid() != parent:  # it went before we could ask
        os.kill(os.getpid(), sig)


def wait_at_gate() -> bool:
    """Return True when the supervisor says that the database is ready; False at once where there is no gate."""
    gate = os.environ.pop(GATE, "")
    if not gate:
        return False
    with os.fdopen(int(gate), "rb") as pipe:
        pipe.read()
    return True


def run_until_stopped(work: Callable[[threading.Event], None]) -> None:
    """``work(stop)`` with ``stop`` set by SIGTERM or SIGINT; work that does not end then is cut off."""
    stop = threading.Event()

    def asked(_signum: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            last = threading.Timer(LAST_RESORT, os._exit, (1,))
            last.daemon = True
            last.start()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    work(stop)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there.  Asked first, because the web workers share a port (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def alive(pid: int) -> bool:
    """Whether a process of that number exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return started_at(pid) is not None if sys.platform == "linux" else True


def started_at(pid: int) -> str | None:
    """When a process began, in the kernel's own count: with the pid it names a process for good (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]
