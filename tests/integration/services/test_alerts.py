"""Alerts: one open row for each subject, counted; taken and closed by staff."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.domain.states import AlertState, IllegalTransition
from bot.services import alerts
from bot.services.alerts import AlertView, Disabled
from bot.store.db import Database
from tests.conftest import FixedClock


def ring(
    db: Database, kind: str = "config_fault", subject: str = "wechat:wx1:40013", code: str = "40013"
) -> None:
    db.run(lambda uow: alerts.raise_alert(uow, kind, subject, code))


def shown(db: Database, *, everything: bool = False) -> list[AlertView]:
    with db.read() as uow:
        return list(alerts.listing(uow, everything=everything))


def test_the_same_fault_is_counted(db: Database, clock: FixedClock) -> None:
    first = clock.now()
    ring(db)
    clock.advance(timedelta(minutes=5))
    ring(db)
    (alert,) = shown(db)
    assert (alert.kind, alert.subject, alert.code, alert.count) == (
        "config_fault", "wechat:wx1:40013", "40013", 2,
    )  # fmt: skip
    assert (alert.first_at, alert.last_at, alert.state) == (first, clock.now(), AlertState.OPEN)


def test_from_many_sides_at_once(db: Database) -> None:
    with ThreadPoolExecutor(8) as sides:
        list(sides.map(lambda _: ring(db), range(16)))
    assert [alert.count for alert in shown(db)] == [16]


def test_another_subject_is_another_alert(db: Database) -> None:
    ring(db)
    ring(db, "template_disabled", "template:T1", "40037")
    assert len(shown(db)) == 2
    with db.read() as uow:
        assert alerts.subjects(uow, "template_disabled") == {"template:T1"}


def test_staff_take_it_and_close_it(db: Database) -> None:
    ring(db)
    (alert,) = shown(db)
    taken = db.run(lambda uow: alerts.acknowledge(uow, alert.id, "0012"))
    assert taken is not None and (taken.state, taken.staff_no) == (AlertState.ACKNOWLEDGED, "0012")
    ring(db)
    assert [(each.state, each.count) for each in shown(db)] == [(AlertState.ACKNOWLEDGED, 2)]
    for _ in range(2):  # pressed twice
        db.run(lambda uow: alerts.close(uow, alert.id, "0012"))
    assert shown(db) == []
    ring(db)
    assert [each.count for each in shown(db)] == [1], "the fault is back: a new one"
    assert len(shown(db, everything=True)) == 2


def test_what_is_closed_is_not_taken_any_more(db: Database) -> None:
    ring(db)
    (alert,) = shown(db)
    db.run(lambda uow: alerts.close(uow, alert.id, "0012"))
    with pytest.raises(IllegalTransition):
        db.run(lambda uow: alerts.acknowledge(uow, alert.id, "0012"))
    assert db.run(lambda uow: alerts.close(uow, 999, "0012")) is None


def test_a_disabled_template_is_known_soon_and_used_again_once_closed(sqlite_db: Database) -> None:
    now = 0.0
    disabled = Disabled(sqlite_db, monotonic=lambda: now)
    assert "template:booked" not in disabled
    ring(sqlite_db, "template_disabled", "template:booked", "40037")
    assert "template:booked" not in disabled, "not asked for every message"
    now = 5.0
    assert "template:booked" in disabled
    (alert,) = shown(sqlite_db)
    sqlite_db.run(lambda uow: alerts.close(uow, alert.id, "0012"))
    now = 10.0
    assert "template:booked" not in disabled
