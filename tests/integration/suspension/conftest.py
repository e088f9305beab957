"""The small hospital with visits to suspend, on both databases."""

import pytest

from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.services.town import Town
from tests.integration.suspension.ward import Ward


@pytest.fixture
def ward(db: Database, clock: FixedClock) -> Ward:
    return Ward(Town.found(db, clock))
