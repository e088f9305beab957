"""Runs the real `python -m bot serve --demo` on a directory and a port of its own."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROLES = ("web", "worker", "scheduler", "valkey")
OURS = re.compile(r"^(SUIZHEN_|WECHAT_|WEB_|DATABASE_URL|REDIS_URL|PORT|HOST|PROMETHEUS_|PYTEST_)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without anything that configures us."""
    return {name: value for name, value in os.environ.items() if not OURS.match(name)} | more


def command(*words: str, data: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One command line, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=clean_environment(SUIZHEN_DATA_DIR=str(data), **environment),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


class House:
    """A running supervisor and its children."""

    def __init__(
        self, data: Path, port: int, console: int | None = None, demo: bool = True, **environment: str
    ) -> None:
        self.data, self.port = data, port
        self.url = f"http://127.0.0.1:{port}"
        data.mkdir(parents=True, exist_ok=True)
        self._log = (data / "console.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--tied", *(["--demo"] if demo else [])],
            cwd=ROOT,
            env=clean_environment(SUIZHEN_DATA_DIR=str(data), PORT=str(port), **environment),
            stdout=self._log if console is None else console,
            stderr=subprocess.STDOUT,
        )

    def console(self) -> str:
        return (self.data / "console.log").read_text()

    def wait_up(self, patience: float = 180) -> None:
        wait_until(self.healthy, patience, lambda: f"not up\n{self.console()[-3000:]}", self._alive)

    def healthy(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get("/healthz").status == 200
        return False

    def get(self, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        return connection.getresponse()

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.data / "serve.json").read_text())
        return state

    def pid(self, role: str) -> int:
        return int(self.state()["children"][role][0])

    def kill(self, role: str) -> int:
        """kill -9 of one child; gives the pid that is gone."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_replaced(self, role: str, old: int, patience: float = 180) -> None:
        def replaced() -> bool:
            with suppress(OSError, ValueError, KeyError):
                return self.pid(role) != old
            return False

        wait_until(replaced, patience, lambda: f"{role} is not back\n{self.console()[-3000:]}", self._alive)

    def processes(self) -> dict[int, str]:
        """Every living process that runs on this data directory, by its environment or its arguments."""
        return processes_of(self.data)

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            return self.process.wait(timeout=120)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self._log.close()

    def _alive(self) -> None:
        assert self.process.poll() is None, f"serve ended\n{self.console()[-3000:]}"


@contextmanager
def running(
    data: Path, port: int | None = None, console: int | None = None, demo: bool = True, **environment: str
) -> Iterator[House]:
    """A house that is up; stopped at the end whatever happens."""
    house = House(data, port or free_port(), console, demo, **environment)
    try:
        house.wait_up()
        yield house
    finally:
        house.stop()
        for pid in processes_of(data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def processes_of(data: Path) -> dict[int, str]:
    found = {}
    mark = f"SUIZHEN_DATA_DIR={data}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            # Valkey writes its title over its environment; the title names its socket.
            if mark in (folder / "environ").read_bytes().split(b"\0") or f"{data}/valkey".encode() in command:
                found[int(folder.name)] = command.replace(b"\0", b" ").decode()
    return found


def wait_until(true: Any, patience: float, otherwise: Any, meanwhile: Any = lambda: None) -> None:
    """Ask again and again; fail with ``otherwise()`` after ``patience`` seconds, which are far more than needed."""
    deadline = time.monotonic() + patience
    while not true():
        meanwhile()
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)
