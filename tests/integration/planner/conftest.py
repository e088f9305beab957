"""The small hospital, and the planner that works for it."""

import pytest

from bot.services import readers
from scheduler.planner import Planner
from tests.integration.services.conftest import town
from tests.integration.services.town import Town

__all__ = ["planner", "town"]


@pytest.fixture
def planner(town: Town) -> Planner:
    return Planner(town.hospital, readers.standard())
