"""The small hospital with people who have visits, on both databases."""

import pytest

from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.services.town import Town


@pytest.fixture
def town(db: Database, clock: FixedClock) -> Town:
    return Town.found(db, clock)
