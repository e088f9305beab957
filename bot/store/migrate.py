"""Brings a database to the newest schema, safely also when several processes start at once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text

from bot.store.engine import make_engine

_MIGRATIONS = Path(__file__).parent / "migrations"
_PG_LOCK = 0x5355495A  # "SUIZ"


def upgrade(url: str) -> str:
    """Run what is missing; gives the revision the database has now."""
    engine = make_engine(url, pool=1)
    try:
        with _alone(engine.url), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '60s'"))
                connection.execute(text("SET LOCAL statement_timeout = '10min'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PG_LOCK})
            command.upgrade(config(connection), "head")
        return head()
    finally:
        engine.dispose()


def current(url: str) -> str | None:
    """The database's revision; None if it is empty."""
    engine = make_engine(url, pool=1)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def head() -> str:
    """The newest revision there is."""
    revision = ScriptDirectory.from_config(config(None)).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


def config(connection: Connection | None) -> Config:
    """Alembic's configuration, without an ini file: the connection is given."""
    made = Config()
    made.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """One migration at a time on a SQLite file: the second process waits and finds nothing left to do."""
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    with Path(f"{url.database}.migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
