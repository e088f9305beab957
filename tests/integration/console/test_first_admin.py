"""The first start's administrator: one, with a one-time password in a file that goes once it is of no more use."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot import first_admin
from bot.domain.roles import Role
from tests.conftest import FixedClock
from tests.integration.console.stand import Stand


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


def test_the_first_administrator_signs_in_and_the_file_goes(
    both: Stand, clock: FixedClock, data_dir: Path
) -> None:
    first_admin.prepare(both.db, data_dir, clock.now())
    (file,) = data_dir.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    number, password = (line.split()[1] for line in file.read_text().splitlines()[:2])
    first_admin.prepare(both.db, data_dir, clock.now())  # started again before anybody came
    assert password in file.read_text()
    visitor = both.visitor()
    assert visitor.sign_in(number, password).status_code == 303
    visitor.get("/password")
    own = "sturdy umbrella 42 teapots"
    assert visitor.post("/password", old=password, new=own, repeated=own).status_code == 303
    first_admin.prepare(both.db, data_dir, clock.now())
    assert not file.exists()


def test_it_goes_when_the_password_is_expired(stand: Stand, clock: FixedClock, data_dir: Path) -> None:
    first_admin.prepare(stand.db, data_dir, clock.now())
    clock.advance(timedelta(hours=24))
    first_admin.prepare(stand.db, data_dir, clock.now())
    assert list(data_dir.iterdir()) == []


def test_where_somebody_is_nobody_is_made(stand: Stand, clock: FixedClock, data_dir: Path) -> None:
    stand.person("8001", Role.NURSE)
    first_admin.prepare(stand.db, data_dir, clock.now())
    assert list(data_dir.iterdir()) == []
