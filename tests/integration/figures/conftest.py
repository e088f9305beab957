"""An office with rows of its own making."""

from random import Random

import pytest

from bot.services.hospital import Hospital
from bot.settings import load
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.figures.office import Office


@pytest.fixture
def office(db: Database, clock: FixedClock) -> Office:
    settings = load(hospital_name="试验医院")
    return Office(db, clock, Hospital(db, clock=clock, rng=Random(7), settings=settings, recheck=0))
