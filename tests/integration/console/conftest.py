"""The console on both databases, or on SQLite alone where the database makes no difference."""

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
def stand(sqlite_db: Database, clock: FixedClock, redis_client: "Redis", settings: Settings) -> Stand:
    return make_stand(sqlite_db, clock, redis_client, settings)


@pytest.fixture
def both(db: Database, clock: FixedClock, redis_client: "Redis", settings: Settings) -> Stand:
    return make_stand(db, clock, redis_client, settings)
