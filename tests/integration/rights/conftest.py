"""王小明 with a visit, a stay, answers, a complaint and a chat; on both databases."""

import pytest

from tests.integration.followup.discharged import Ward
from tests.integration.rights.person import Person
from tests.integration.services.conftest import town
from tests.integration.services.town import Town
from tests.integration.surveys.asked import Asked

__all__ = ["person", "town"]


@pytest.fixture
def person(town: Town) -> Person:
    return Person.of(Ward(town))


@pytest.fixture
def asked(town: Town) -> Asked:
    """The same before anything was answered."""
    return Asked.of(Ward(town))
