"""The small hospital, and its discharges; and a house for the command line."""

from pathlib import Path

import pytest

from bot.clock import DemoClock
from bot.store.migrate import upgrade
from tests.conftest import MONDAY
from tests.integration.followup.discharged import Ward
from tests.integration.services.conftest import town
from tests.integration.services.town import Town

__all__ = ["town", "ward"]


@pytest.fixture
def ward(town: Town) -> Ward:
    return Ward(town)


@pytest.fixture
def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, and a migrated database of either kind, named by the environment; it is Monday the 23rd, 10:00."""
    upgrade(database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("SUIZHEN_DEMO", "true")
    DemoClock(tmp_path / "data" / "clock.json").set(MONDAY)
    return tmp_path
