"""An empty database for a bench, gone with it."""

import tempfile
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


@contextmanager
def sqlite() -> Iterator[str]:
    """A file in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def postgres() -> Iterator[str]:
    """A server whose commits survive a power cut."""
    with servers.postgres(durable=True) as url:
        yield url
