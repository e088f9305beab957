"""`/metrics` over a database with something to tell."""

import pytest
from flask import Flask
from sqlalchemy import insert

from bot.domain.states import AlertState, OutboxState, PushState
from bot.services import phone_tasks
from bot.services.accounts import make
from bot.services.tables import table
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.outbox import put
from bot.store.push_models import Alert, Push
from bot.web import metrics
from tests.conftest import MONDAY, FixedClock


@pytest.fixture
def told(db: Database, clock: FixedClock) -> dict[str, float]:
    """Two messages due for an hour, one dead; a push and a call due; an alert."""
    with db.write() as uow:
        make(uow, "wechat", "wx1", "o1", MONDAY, True)
        for key, priority in (("a", 0), ("b", 2), ("c", 2)):
            put(uow, key=key, kind="care", account_id=1, replies=(), priority=priority)
        uow.connection.execute(
            table(OutboxMessage).update().where(OutboxMessage.key == "c").values(state=OutboxState.DEAD)
        )
        push = {
            "key": "p", "kind": "visit_tomorrow", "scope": "appointment:1", "version": 1, "priority": 2,
            "state": PushState.PLANNED, "reason": "", "due_at": MONDAY, "expires_at": MONDAY, "created_at": MONDAY,
        }  # fmt: skip
        uow.connection.execute(insert(table(Push)).values(push))
        phone_tasks.open_task(
            uow, key="t", kind="suspension", scope="case:1", patient_id=None, account_id=None, reason="x",
            due_at=MONDAY,
        )  # fmt: skip
        alert = {"kind": "config_fault", "subject": "s", "code": "40013", "count": 1, "state": AlertState.OPEN,
                 "first_at": MONDAY, "last_at": MONDAY}  # fmt: skip
        uow.connection.execute(insert(table(Alert)).values(alert))
    clock.set(MONDAY.replace(hour=MONDAY.hour + 1))
    flask = Flask("test")
    flask.register_blueprint(metrics.blueprint(db, metrics.Metrics()))
    lines = flask.test_client().get("/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_what_waits_is_told(told: dict[str, float]) -> None:
    assert told['suizhen_outbox{state="pending"}'] == 2
    assert told['suizhen_outbox{state="dead"}'] == 1
    assert told['suizhen_outbox_due{priority="0"}'] == 1
    assert told['suizhen_outbox_wait_seconds{priority="2"}'] == 3600
    assert 'suizhen_outbox_wait_seconds{priority="1"}' not in told, "nothing waits there"
    assert told['suizhen_pushes_due{kind="visit_tomorrow"}'] == 1
    assert told['suizhen_phone_tasks_open{kind="suspension"}'] == 1
    assert told['suizhen_alerts_open{kind="config_fault"}'] == 1
    assert told["suizhen_inbox_open"] == 0


def test_what_is_stuck_is_told_as_pushes_stuck_tells_it(told: dict[str, float]) -> None:
    stuck = {name: value for name, value in told.items() if name.startswith("suizhen_stuck")}
    assert stuck == {
        'suizhen_stuck{what="outbox_overdue"}': 2,
        'suizhen_stuck{what="dead"}': 1,
        'suizhen_stuck{what="planned_overdue"}': 1,
        'suizhen_stuck{what="task_overdue"}': 1,
        'suizhen_stuck{what="alert"}': 1,
    }
