"""The small hospital with its staff desk, on both databases."""

import pytest

from tests.integration.services.conftest import town
from tests.integration.services.town import Town
from tests.integration.tickets.desk import Desk

__all__ = ["desk", "town"]


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)
