"""One parser with the demo hospital's names, and a Monday morning."""

from datetime import datetime

import pytest

from nlu.lexicon import Lexicon
from nlu.parser import ZONE, Nlu

MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZONE)


@pytest.fixture(scope="session")
def nlu() -> Nlu:
    return Nlu(Lexicon.demo())


@pytest.fixture
def now() -> datetime:
    return MONDAY
