"""The small hospital, and its discharges."""

import pytest

from tests.integration.followup.discharged import Ward
from tests.integration.services.conftest import town
from tests.integration.services.town import Town

__all__ = ["town", "ward"]


@pytest.fixture
def ward(town: Town) -> Ward:
    return Ward(town)
