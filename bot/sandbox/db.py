"""The sandbox's own SQLite file: what the platform remembers, shared by every process and thread."""

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.sandbox import cards
from bot.sandbox.cards import Card


class SandboxDb:
    """One connection per thread; writers queue up behind BEGIN IMMEDIATE.  The file is made at first use."""

    def __init__(
        self, path: Path, menu: Mapping[str, Any] | None = None, approved: Sequence[Card] = ()
    ) -> None:
        """``menu``: what the account has published before anybody calls menu/create; ``approved``: its templates."""
        self._path, self._menu, self._approved = path, menu, approved
        self._local = threading.local()
        self._ready = False

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """For single statements that change nothing."""
        yield self._mine()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed at the end, rolled back by an exception."""
        connection = self._mine()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def wipe(self) -> None:
        """As on the first day; ids go on, so that no MsgId ever comes twice."""
        with self.write() as con:
            names = con.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            for (table,) in names.fetchall():
                con.execute(f"DELETE FROM {table}")
        self._prepare()

    def close(self) -> None:
        """Close this thread's connection."""
        mine: tuple[int, sqlite3.Connection] | None = getattr(self._local, "mine", None)
        if mine is not None:
            mine[1].close()
            self._local.mine = None

    def _mine(self) -> sqlite3.Connection:
        mine: tuple[int, sqlite3.Connection] | None = getattr(self._local, "mine", None)
        if mine is None or mine[0] != os.getpid():  # a connection must not cross a fork
            if not self._ready:
                self._prepare()
                self._ready = True
            mine = self._local.mine = (os.getpid(), self._connect())
        return mine[1]

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        with self._path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(
                lock, fcntl.LOCK_EX
            )  # several processes start at once; switching to WAL wants to be alone
            self._path.touch(mode=0o600)  # a demo's chats are nobody else's business either
            connection = self._connect()
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(schema)
            if self._menu is not None:
                words = json.dumps(self._menu, ensure_ascii=False)
                connection.execute(
                    "INSERT OR IGNORE INTO menu (id, body, version) VALUES (1, ?, 1)", (words,)
                )
            for card in self._approved:
                cards.register(connection, card)
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection
