"""`python -m bot serve`: everything on this machine under one supervisor.

Valkey first; then one child migrates and seeds while the web imports what it needs and waits at a gate, so that a
start takes as long as its slowest part and not as long as their sum.  Worker and scheduler follow.
"""

import http.client
import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.embedded import Valkey
from bot.logfiles import RollingFile
from bot.processes import GATE, port_is_free
from bot.runfile import AlreadyRunning, RunFile
from bot.settings import BadSettings, Settings
from bot.supervisor import Spec, Supervisor

ROLES = ("web", "worker", "scheduler")
GIVE_UP_AFTER = 5
"""Deaths of one child before the first `up`: then it is no accident."""
FIRST_ADMIN = "first-admin.txt"
"""Where `bot.first_admin` leaves the one-time password."""
LONG = 6.0
"""Seconds after which a start that hangs says what it waits for: a Redis or a database that is not there."""


class Failed(Exception):
    """The start did not succeed; the message says why in one line."""


def serve(settings: Settings, environment: dict[str, str], *, started: float) -> int:
    """Run until asked to stop; gives the exit code.  ``settings`` were read from ``environment``."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        runfile = RunFile(settings.data_dir, url=base_url(settings))
    except AlreadyRunning as running:
        print(f"随诊 is already running at {running.url} (pid {running.pid}, data in {settings.data_dir})")
        return 0
    with runfile:
        runfile.clear_leftovers()
        if not port_is_free(settings.host, settings.port):
            raise BadSettings(
                f"PORT: {settings.port} is in use by another program; take another, "
                f"for example PORT={settings.port + 1}"
            )
        house = House(settings, environment, runfile, started)
        try:
            house.run()
        except Failed as reason:
            print(f"随诊 did not start — {reason}", file=sys.stderr)
            return 1
        finally:
            house.close()
    return 0


def base_url(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"


class House:
    """The children and how far their start has come."""

    def __init__(
        self, settings: Settings, environment: dict[str, str], runfile: RunFile, started: float
    ) -> None:
        self._settings, self._runfile, self._started = settings, runfile, started
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._logs = settings.data_dir / "logs"
        self._files: dict[str, RollingFile] = {}
        self._supervisor = Supervisor(self._say)
        self._gate: int | None = None
        self._step: Callable[[], None] = self._await_database
        self._noted: dict[str, int] = {}
        self._next_probe = 0.0
        self._told = ""

    def run(self) -> None:
        self._supervisor.watch_signals()
        if not self._environment.get("REDIS_URL") or self._is_embedded():
            self._start_valkey()
        gate, self._gate = os.pipe()
        self._supervisor.add(self._spec("prepare", once=True))
        self._start_role("web", gate)
        os.close(gate)
        try:
            self._supervisor.run(self._tick)
        finally:
            self._say("serve", "stopped; the data stays in " + str(self._settings.data_dir))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    # -- the start, step by step -------------------------------------------------------------------

    def _tick(self) -> None:
        pids = self._supervisor.pids()
        if pids != self._noted:
            self._noted = pids
            self._runfile.note(pids)
        self._step()

    def _await_database(self) -> None:
        """The gate opens when `prepare` has succeeded."""
        prepare = self._supervisor.child("prepare")
        if prepare.process is not None:
            return
        if prepare.last_exit != 0:
            raise Failed(f"the database could not be prepared; see {self._logs / 'prepare.log'}")
        self._open_gate()
        self._step = self._await_web

    def _await_web(self) -> None:
        """`up` is said when a request is answered."""
        for role in ("valkey", *ROLES):
            if role in self._noted and self._supervisor.child(role).deaths >= GIVE_UP_AFTER:
                raise Failed(f"{role} keeps ending; see {self._logs / (role + '.log')}")
        if time.monotonic() < self._next_probe:
            return
        self._next_probe = time.monotonic() + 0.1
        said = _health(self._settings)
        if said == "ok":
            self._announce()
            self._step = lambda: None
        elif said != self._told and time.monotonic() - self._started > LONG:
            self._told = said
            self._say("serve", f"waiting: /healthz says {said}")

    def _announce(self) -> None:
        url = base_url(self._settings)
        pages = {"webhook": "/wechat", "health": "/healthz", "metrics": "/metrics"}
        if self._settings.demo:
            pages = {"phone": "/phone", **pages}
        pages = {"console": "/console/", **pages}
        self._say("serve", f"随诊 is up after {time.monotonic() - self._started:.1f} s — Ctrl-C stops it")
        for name, path in pages.items():
            self._say("serve", f"  {name:<8} {url}{path}")
        if self._settings.demo:
            from bot.demo import staff_password

            password = staff_password(self._settings.data_dir)
            self._say("serve", f"  staff    工号 9001（管理员）… 9009（监督员），密码 {password}")
        elif (waiting := self._settings.data_dir / FIRST_ADMIN).exists():
            self._say(
                "serve", f"  staff    the first administrator's number and one-time password: {waiting}"
            )
        self._say("serve", f"  data     {self._settings.data_dir}")

    def _open_gate(self) -> None:
        """Let the web answer.  Only now the others start: two processors import two programs in the time of one."""
        closed, opened = os.pipe()
        os.close(opened)  # a gate that is open already
        for role in ROLES[1:]:
            self._start_role(role, closed)
        os.close(closed)
        if self._gate is not None:
            os.close(self._gate)

    def _start_role(self, role: str, gate: int) -> None:
        patience = 5.5 if role == "web" else 3.0
        spec = self._spec(role, stop_order=0 if role == "web" else 1, stop_patience=patience)
        self._supervisor.add(spec, keep_fds=(gate,), extra_env={GATE: str(gate)})

    def _spec(self, name: str, **more: Any) -> Spec:
        return Spec(name, (sys.executable, "-m", "bot", name), self._environment, **more)

    def _is_embedded(self) -> bool:
        return self._environment["REDIS_URL"] == Valkey(self._settings.data_dir).url

    def _start_valkey(self) -> None:
        valkey = Valkey(self._settings.data_dir)
        self._environment["REDIS_URL"] = valkey.url
        if valkey.answers() and not valkey.shut_down():  # left behind by a supervisor that was killed
            raise Failed(f"another Valkey holds {valkey.directory} and does not go")
        try:
            command = valkey.command()
        except FileNotFoundError as missing:
            raise Failed(str(missing)) from None
        self._supervisor.add(Spec("valkey", command, self._environment, stop_order=2, stop_patience=2.0))

    # -- what is said ------------------------------------------------------------------------------

    def _say(self, name: str, line: str) -> None:
        if name not in self._files:
            self._files[name] = RollingFile(self._logs / f"{name}.log")
        self._files[name].write(line)
        if name != "valkey":  # its start-up advice is for its own log; its end is told by us
            _to_console(f"{name:<9}│ {line}\n")


def _to_console(text: str) -> None:
    """Print unless nobody reads: a full pipe must not stop the house, and the log files have it all."""
    with suppress(OSError, ValueError):
        out = sys.stdout.fileno()
        if select.select([], [out], [], 0)[1]:
            os.write(out, text.encode(errors="replace")[:4096])


def _health(settings: Settings) -> str:
    """``ok``, or what is wrong."""
    connection = http.client.HTTPConnection(base_url(settings).removeprefix("http://"), timeout=1.5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return "ok" if answer.status == 200 else answer.read().decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return f"nothing ({type(error).__name__})"
    finally:
        connection.close()
