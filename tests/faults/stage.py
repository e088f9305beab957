"""What every proof runs on: real PostgreSQL or SQLite, a Valkey, a gateway, our own processes, patients and messages."""

import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import psycopg
import redis
from sqlalchemy import func, insert, select

from bot.domain.clock import Clock, SystemClock
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.settings import Settings
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from bot.store.models import Account, OutboxMessage
from bot.store.outbox import Message, put_many
from tests import servers, wechat
from tests.faults.gateway import Gateway
from tests.faults.nursery import Nursery
from tests.faults.processes import Running, spawn

ACCOUNT = {
    "WECHAT_APP_ID": wechat.APP_ID,
    "WECHAT_SECRET": "secret",
    "WECHAT_TOKEN": wechat.TOKEN,
    "WECHAT_AES_KEY": wechat.AES_KEY,
    "WECHAT_MODE": "safe",
}
CHUNK = 5000
T = TypeVar("T")


class Ground:
    """The servers, started when first needed, for one proof or for many; what a proof breaks it mends."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._numbers = count(1)

    def __enter__(self) -> "Ground":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def folder(self) -> Path:
        made = Path(tempfile.mkdtemp(prefix="sz-faults-"))
        self._stack.callback(shutil.rmtree, made, ignore_errors=True)
        return made

    @cached_property
    def nursery(self) -> Nursery:
        return self._stack.enter_context(closing(Nursery()))

    @cached_property
    def valkey(self) -> servers.Server:
        return self._stack.enter_context(servers.valkey_server())

    @cached_property
    def postgres(self) -> servers.Server:
        """Durable: an immediate stop must not cost commits."""
        server = self._stack.enter_context(servers.postgres_server(durable=True))
        server.stop = signal.SIGQUIT  # nothing to keep: no last checkpoint
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        upgrade(server.url.replace("/postgres?", "/migrated?", 1))
        return server

    @cached_property
    def _sqlite(self) -> Path:
        path = self.folder / "migrated.db"
        upgrade(f"sqlite:///{path}")
        return path

    def _database(self, dialect: str, folder: Path, name: str) -> str:
        if dialect == "sqlite":
            shutil.copyfile(self._sqlite, folder / "suizhen.db")
            return f"sqlite:///{folder / 'suizhen.db'}"
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        return self.postgres.url.replace("/postgres?", f"/{name}?", 1)

    @contextmanager
    def stage(self, dialect: str, *, full: bool = False) -> Iterator["Stage"]:
        """An empty database, an empty Valkey, a gateway; everything started on it ends with it."""
        name = f"p{next(self._numbers)}"
        folder = self.folder / name
        folder.mkdir()
        with redis.Redis.from_url(self.valkey.url) as client:
            client.flushall()
        with closing(Gateway()) as gateway:
            stage = Stage(self, full, dialect, folder, self._database(dialect, folder, name), gateway)
            try:
                yield stage
            finally:
                stage.close()


@dataclass
class Stage:
    """One proof's."""

    ground: Ground
    full: bool
    dialect: str
    folder: Path
    database_url: str
    gateway: Gateway
    clock: Clock = field(default_factory=SystemClock)
    environment: dict[str, str] = field(default_factory=dict)
    """What the processes get on top."""
    processes: list[Running] = field(default_factory=list)

    def scale(self, small: int, full: int) -> int:
        return full if self.full else small

    @cached_property
    def settings(self) -> Settings:
        return wechat.settings(data_dir=self.folder)

    @cached_property
    def db(self) -> Database:
        """The proof's own look at the database, past any proxy."""
        return Database(self.database_url, self.clock, KeyRing.load(self.settings))

    # -- processes --------------------------------------------------------------------------------

    def start(self, role: str, *, forked: bool | None = None, **waits: float | str) -> Running:
        """``python -m bot ROLE``; with ``waits`` (`tests.faults.hasty`) the same with shorter ones.  At small scale
        it is forked from a process that has imported it all."""
        told = {
            "SUIZHEN_DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.ground.valkey.url,
            "WECHAT_API_BASE": self.gateway.url,
            **ACCOUNT,
            **self.environment,
            **{f"FAULTS_{name.upper()}": str(value) for name, value in waits.items()},
        }
        _ = self.db  # its keys are there before anybody looks for them
        log = self.folder / f"{role}.log"
        if not self.full if forked is None else forked:
            running = Running(role, self.ground.nursery.start(role, log, told))
        else:
            popen = spawn("tests.faults.hasty" if waits else "bot", role, log=log, **told)
            running = Running(role, popen.pid, popen)
        self.processes.append(running)
        return running

    def kill(self, running: Running) -> None:
        """kill -9."""
        running.end(signal.SIGKILL)
        self.processes.remove(running)

    def log(self, role: str) -> str:
        return (self.folder / f"{role}.log").read_text(errors="replace")

    def close(self) -> None:
        for process in self.processes:
            process.thaw()
            process.end(signal.SIGKILL)
        if "db" in vars(self):
            self.db.close()

    # -- patients and messages --------------------------------------------------------------------

    def accounts(self, number: int, prefix: str = "o") -> list[int]:
        """So many followers, who wrote a moment ago: ``o000000``, ``o000001`` …; their ids."""
        now = self.clock.now()
        rows = [
            {"channel": "wechat", "app_id": wechat.ACCOUNT, "openid": f"{prefix}{n:06d}", "following": True,
             "created_at": now, "last_message_at": now, "preferences": {}}
            for n in range(number)
        ]  # fmt: skip
        for chunk in _chunks(rows):
            with self.db.write() as uow:
                uow.connection.execute(insert(Account), chunk)
        with self.db.read() as uow:
            wanted = select(Account.id).where(Account.openid.startswith(prefix)).order_by(Account.id)
            return list(uow.connection.execute(wanted).scalars())

    def messages(
        self, accounts: Sequence[int], *, name: str = "n", priority: int = 2, text: str = "通知"
    ) -> None:
        """One message for each, due now."""
        rows = [
            Message(f"{name}:{n}", "late_reply", account, (Reply(f"{text}{n}"),), priority=priority)
            for n, account in enumerate(accounts)
        ]
        for chunk in _chunks(rows):
            with self.db.write() as uow:
                put_many(uow, chunk)

    # -- looking ----------------------------------------------------------------------------------

    def until(self, true: Callable[[], bool], seconds: float, what: str, every: float = 0.1) -> float:
        """Wait until ``true``; how long it took.  `TimeoutError` after far longer than needed, or when one of our
        processes died of itself."""
        began = time.monotonic()
        while not true():
            dead = [process.role for process in self.processes if process.gone()]
            if dead or time.monotonic() - began > seconds:
                logs = "".join(path.read_text(errors="replace")[-2000:] for path in self.folder.glob("*.log"))
                raise TimeoutError(f"not {what} after {seconds} s; died: {dead}; {self.states()}\n{logs}")
            time.sleep(every)
        return time.monotonic() - began

    def settled(self, seconds: float, **only: object) -> float:
        return self.until(lambda: self.open(**only) == 0, seconds, "settled")

    def states(self, **only: object) -> Counter[OutboxState]:
        wanted = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state).filter_by(**only)
        with self.db.read() as uow:
            return Counter({row[0]: row[1] for row in uow.connection.execute(wanted)})

    def open(self, **only: object) -> int:
        """Messages not settled yet."""
        states = self.states(**only)
        return states[OutboxState.PENDING] + states[OutboxState.SENDING]

    def rows(self) -> list[OutboxMessage]:
        with self.db.read() as uow:
            return list(uow.session.scalars(select(OutboxMessage)))


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]
