"""The same SQL without SQLAlchemy: records what one purchase asks of the database, and repeats it on the driver."""

import queue
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from sqlalchemy import Dialect
from sqlalchemy.sql.expression import Executable

from bench.market import Buyer
from bot.store.db import Database
from bot.store.engine import open_sqlite
from bot.store.statement import Statement, Statements

Asked = tuple[str, Any]
"""SQL and its parameters."""


class _Noting(Statements):
    """Gives statements that write down what they are asked."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.seen: list[Asked] = []

    def get(self, statement: Executable, values: Mapping[str, Any]) -> Statement:
        ready = super().get(statement, values)
        self.seen.append((ready.sql, ready.bind(values)))
        return ready


def record(db: Database, purchase: Callable[[], object]) -> list[Asked]:
    """The statements and parameters of one purchase, without its BEGIN and COMMIT."""
    usual, db.statements = db.statements, _Noting(db.engine.dialect)
    try:
        purchase()
        return db.statements.seen
    finally:
        db.statements = usual


class Replay:
    """A purchase by other people at other slots: their values in place of the recorded ones."""

    def __init__(self, db: Database, statements: list[Asked], scout: Buyer, connections: int) -> None:
        self._statements, self._scout = statements, scout
        self._gate: AbstractContextManager[object] = nullcontext()
        self._begin = "BEGIN"
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        if db.dialect == "sqlite":
            self._gate, self._begin = threading.Lock(), "BEGIN IMMEDIATE"
        for _ in range(connections):
            self._idle.put(_connect(db))
        self._code = _code_in(statements)

    def buy(self, buyer: Buyer) -> bool:
        """False if the slot is full."""
        scout = self._scout
        known: dict[Any, Any] = {
            scout.account.id: buyer.account.id, scout.patient_id: buyer.patient_id, scout.slot_id: buyer.slot_id,
            scout.phone_index: buyer.phone_index, scout.key: buyer.key, self._code: secrets.token_hex(4),
        }  # fmt: skip
        with self._gate, self._connection() as connection:
            connection.execute(self._begin)
            for sql, parameters in self._statements:
                cursor = connection.execute(sql, _swapped(parameters, known))
                rows = cursor.fetchall() if cursor.description else []
                if sql.startswith("UPDATE seats"):
                    if not rows:
                        connection.execute("ROLLBACK")
                        return False
                    known[_seat_in(self._statements)] = rows[0][0]
            connection.execute("COMMIT")
        return True

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)


def _connect(db: Database) -> Any:
    if db.dialect == "sqlite":
        return open_sqlite(db.engine.url.database or "", durable=True)
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


def _swapped(parameters: Any, known: Mapping[Any, Any]) -> Any:
    if isinstance(parameters, dict):
        return {name: _one(value, known) for name, value in parameters.items()}
    return tuple(_one(value, known) for value in parameters)


def _one(value: Any, known: Mapping[Any, Any]) -> Any:
    return known.get(value, value) if isinstance(value, str | bytes | int | sqlite3.Binary) else value


def _insert_of(statements: list[Asked]) -> dict[str, Any]:
    """Columns and values of the recorded appointment."""
    sql, parameters = next(s for s in statements if s[0].startswith("INSERT INTO appointments"))
    if isinstance(parameters, dict):
        return parameters
    columns = sql[sql.index("(") + 1 : sql.index(")")].split(", ")
    return dict(zip(columns, parameters, strict=True))


def _code_in(statements: list[Asked]) -> str:
    return str(_insert_of(statements)["code"])


def _seat_in(statements: list[Asked]) -> int:
    return int(_insert_of(statements)["seat_id"])
