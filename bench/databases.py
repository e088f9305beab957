"""An empty database for a bench, gone with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import servers


@contextmanager
def fresh(dialect: str, folder: Path) -> Iterator[str]:
    """Its address: a file in ``folder``, or a database of a PostgreSQL started for it."""
    if dialect == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with servers.postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield url.replace("/postgres?", "/bench?", 1)
