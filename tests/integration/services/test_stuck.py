"""没有悄悄失败：each thing that waits too long is on the list, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.domain.speech import Reply
from bot.domain.states import AlertState, CampaignState, OutboxState, PushState
from bot.services import phone_tasks
from bot.services.accounts import make
from bot.services.stuck import Stuck, stuck
from bot.services.tables import table
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.outbox import put
from bot.store.push_models import Alert, Campaign, Push
from tests.conftest import MONDAY, FixedClock

HOUR = timedelta(hours=1)


@pytest.fixture
def account(db: Database) -> int:
    with db.write() as uow:
        make(uow, "wechat", "wx1", "o1", MONDAY, True)
    return 1


def test_an_empty_house_is_quiet(db: Database) -> None:
    assert stuck(db) == ()


def _pushed(db: Database, **values: object) -> None:
    row = {
        "key": f"k{values}", "kind": "visit_tomorrow", "scope": "appointment:1", "version": 1, "priority": 2,
        "state": PushState.PLANNED, "reason": "", "due_at": MONDAY, "expires_at": MONDAY + 24 * HOUR,
        "created_at": MONDAY,
    }  # fmt: skip
    with db.write() as uow:
        uow.connection.execute(insert(table(Push)).values(row | values))


def test_a_planned_push_is_stuck_once_it_is_overdue(db: Database, clock: FixedClock) -> None:
    _pushed(db)
    clock.advance(timedelta(minutes=4))
    assert stuck(db) == ()
    clock.advance(timedelta(minutes=2))
    assert stuck(db) == (Stuck("planned_overdue", "visit_tomorrow", 1, MONDAY, (1,)),)


def test_a_paused_campaigns_pushes_are_not_stuck_but_it_is_after_a_day(
    db: Database, clock: FixedClock
) -> None:
    with db.write() as uow:
        campaign = {
            "key": "c1", "kind": "broadcast", "title": "通知", "body": b"", "audience": {}, "recipients": 1,
            "state": CampaignState.PAUSED, "created_by": "staff:1", "created_at": MONDAY, "confirmed_at": MONDAY,
        }  # fmt: skip
        uow.connection.execute(insert(table(Campaign)).values(campaign))
    _pushed(db, campaign_id=1)
    clock.advance(HOUR)
    assert stuck(db) == ()
    clock.advance(24 * HOUR)
    assert [each.what for each in stuck(db)] == ["campaign_waits"]


@pytest.mark.parametrize(
    ("values", "after", "found"),
    [
        ({}, 0.1, None),
        ({}, 0.3, ("outbox_overdue", "care")),
        ({"state": OutboxState.DEAD, "error": "48001"}, 1, ("dead", "48001")),
        ({"state": OutboxState.DEAD, "error": "48001"}, 24 * 8, None),
        ({"state": OutboxState.SENDING, "lease_until": MONDAY + HOUR, "lease_token": "t"}, 0.9, None),
        ({"state": OutboxState.SENDING, "lease_until": MONDAY + HOUR, "lease_token": "t"}, 1.1, ("lease_lost", "care")),
        ({"state": OutboxState.SENT, "road": "template", "sent_at": MONDAY}, 2, ("no_receipt", "template")),
        ({"state": OutboxState.SENT, "road": "custom", "sent_at": MONDAY}, 2, None),  # nobody tells of these
        ({"state": OutboxState.SENT, "road": "sms", "sent_at": MONDAY, "receipt": "delivered"}, 2, None),
        ({"state": OutboxState.PAUSED}, 2, None),
    ],
)  # fmt: skip
def test_a_message_is_stuck(
    db: Database, clock: FixedClock, account: int, values: dict[str, object], after: float,
    found: tuple[str, str] | None,
) -> None:  # fmt: skip
    with db.write() as uow:
        put(uow, key="m", kind="care", account_id=account, replies=(Reply("早日康复"),))
        if values:
            uow.connection.execute(table(OutboxMessage).update().values(**values))
    clock.advance(after * HOUR)
    assert [(each.what, each.detail) for each in stuck(db)] == ([] if found is None else [found])


def test_an_overdue_call_is_stuck_until_it_is_made(db: Database, clock: FixedClock) -> None:
    with db.write() as uow:
        asked = {
            "key": "phone:1", "kind": "suspension", "scope": "case:5", "patient_id": None, "account_id": None,
            "reason": "no_road", "due_at": uow.now + HOUR,
        }  # fmt: skip
        assert phone_tasks.open_task(uow, **asked)
        assert not phone_tasks.open_task(uow, **asked)
    assert stuck(db) == ()
    clock.advance(2 * HOUR)
    assert [(each.what, each.detail, each.count) for each in stuck(db)] == [("task_overdue", "suspension", 1)]
    [call] = phone_tasks.open_tasks(db)
    phone_tasks.finish(db, call.id, outcome="reached", staff_no="0012")
    assert stuck(db) == ()
    with pytest.raises(phone_tasks.Unknown):
        phone_tasks.finish(db, call.id, outcome="reached", staff_no="0012")


def test_calls_are_cancelled_when_the_matter_is_settled(db: Database) -> None:
    with db.write() as uow:
        for key, scope in (("a", "case:5"), ("b", "case:6")):
            phone_tasks.open_task(
                uow, key=key, kind="suspension", scope=scope, patient_id=None, account_id=None, reason="x",
                due_at=uow.now,
            )  # fmt: skip
        assert phone_tasks.cancel(uow, ["case:5"]) == 1
    assert [call.scope for call in phone_tasks.open_tasks(db)] == ["case:6"]


def test_an_open_alert_is_on_the_list_an_acknowledged_one_is_not(db: Database) -> None:
    with db.write() as uow:
        row = {"kind": "config_fault", "subject": "wechat:wx1:40013", "code": "40013", "count": 3,
               "first_at": MONDAY, "last_at": MONDAY, "state": AlertState.OPEN}  # fmt: skip
        uow.connection.execute(insert(table(Alert)).values(row))
    assert stuck(db) == (Stuck("alert", "wechat:wx1:40013", 1, MONDAY, (1,)),)
    with db.write() as uow:
        uow.connection.execute(table(Alert).update().values(state=AlertState.ACKNOWLEDGED))
    assert stuck(db) == ()


def test_only_a_few_numbers_are_told(db: Database, clock: FixedClock) -> None:
    for number in range(8):
        _pushed(db, key=f"k{number}", due_at=MONDAY + number * timedelta(seconds=1))
    clock.advance(HOUR)
    [each] = stuck(db)
    assert (each.count, each.ids) == (8, (1, 2, 3, 4, 5))
    assert each.since == MONDAY
