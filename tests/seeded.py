"""The demo hospital, seeded once for each kind of database; every further test gets a copy of its rows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg
from psycopg import sql

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
)


class Seeded:
    """What was seeded first, for those that come after; its keys and its clock are the same in every test."""

    def __init__(self) -> None:
        self._sqlite: sqlite3.Connection | None = None
        self._postgres: tuple[dict[str, bytes], dict[str, int]] | None = None

    def into(self, url: str, seed: Callable[[], object]) -> None:
        """Fill the empty database at ``url``."""
        if url.startswith("sqlite"):
            self._into_file(url.removeprefix("sqlite:///"), seed)
        else:
            self._into_postgres(url, seed)

    def close(self) -> None:
        if self._sqlite is not None:
            self._sqlite.close()

    def _into_file(self, path: str, seed: Callable[[], object]) -> None:
        if self._sqlite is None:
            seed()
            self._sqlite = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(sqlite3.connect(path)) as seeded:
                seeded.backup(self._sqlite)
            return
        with closing(sqlite3.connect(path)) as empty:
            self._sqlite.backup(empty)

    def _into_postgres(self, url: str, seed: Callable[[], object]) -> None:
        if self._postgres is None:
            seed()
            with psycopg.connect(url) as seeded:
                tables = [name for (name,) in seeded.execute(_TABLES).fetchall()]
                rows = {name: _copied_out(seeded, name) for name in tables}
                self._postgres = (rows, dict(seeded.execute(_SEQUENCES).fetchall()))
            return
        rows, sequences = self._postgres
        with psycopg.connect(url) as empty:
            empty.execute("SET session_replication_role = replica")  # in any order
            for name, table in rows.items():
                with empty.cursor().copy(_COPY_IN.format(sql.Identifier(name))) as copy:
                    copy.write(table)
            for name, value in sequences.items():
                empty.execute("SELECT setval(format('%%I', %s::text)::regclass, %s)", (name, value))


_COPY_IN = sql.SQL("COPY {} FROM STDIN (FORMAT binary)")
_COPY_OUT = sql.SQL("COPY {} TO STDOUT (FORMAT binary)")


def _copied_out(connection: "psycopg.Connection[tuple[str]]", name: str) -> bytes:
    with connection.cursor().copy(_COPY_OUT.format(sql.Identifier(name))) as copy:
        return b"".join(bytes(part) for part in copy)
