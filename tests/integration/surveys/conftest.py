"""A ward whose patients answer."""

import pytest

from tests.integration.followup.discharged import Ward
from tests.integration.services.conftest import town
from tests.integration.services.town import Town
from tests.integration.surveys.asked import Asked

__all__ = ["asked", "town"]


@pytest.fixture
def asked(town: Town) -> Asked:
    """王小明 was discharged on the 20th, and looks after himself in the chat.  It is Wednesday the 25th, 10:00: due."""
    return Asked.of(Ward(town))
