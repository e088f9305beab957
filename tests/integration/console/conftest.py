"""The console on both databases, or on SQLite alone where the database makes no difference."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot.settings import Settings
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.console.stand import Stand, make_stand


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(demo=True, console_codes="optional", data_dir=tmp_path)


@pytest.fixture
def stand(
    sqlite_db: Database, clock: FixedClock, redis_client: "Redis", settings: Settings
) -> Iterator[Stand]:
    made = make_stand(sqlite_db, clock, redis_client, settings)
    yield made
    assert all(made.done.values()), f"not in the audit log: {made.done}"


@pytest.fixture
def both(db: Database, clock: FixedClock, redis_client: "Redis", settings: Settings) -> Iterator[Stand]:
    made = make_stand(db, clock, redis_client, settings)
    yield made
    assert all(made.done.values()), f"not in the audit log: {made.done}"
