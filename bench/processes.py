"""Processes that a bench starts: run until they answer, look at their memory, end them."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(
    command: Sequence[str], env: dict[str, str], ready: Callable[[], bool], patience: float = 20
) -> Iterator[int]:
    """The command's pid once ``ready``; it is asked to end afterwards."""
    process = subprocess.Popen(list(command), env=env, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + patience
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command} did not come up")
            time.sleep(0.02)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in family(int(child)))]


def memory(pid: int) -> int:
    """Resident MB of one process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
