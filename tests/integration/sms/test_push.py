"""A push to somebody without WeChat, through delivery: by SMS, and where that does not arrive, by a call of staff."""

from sqlalchemy import select

from bot.domain.notice import Notice
from bot.domain.states import OutboxState
from bot.pushes.vocabulary import EXAMPLES
from bot.store import outbox
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.push_models import Attempt
from scheduler.delivery import Delivery
from tests.conftest import FixedClock
from tests.integration.sms.conftest import PHONE, Operator


def push(db: Database, kind: str) -> None:
    with db.write() as uow:
        notice = Notice(kind, dict(EXAMPLES), phone=PHONE)
        assert outbox.put(uow, key=f"{kind}:1", kind=kind, account_id=None, notice=notice, priority=0)


def message(db: Database) -> OutboxMessage:
    with db.read() as uow:
        return uow.session.scalars(select(OutboxMessage)).one()


def attempts(db: Database) -> list[tuple[str, str, int]]:
    with db.read() as uow:
        found = uow.session.scalars(select(Attempt).order_by(Attempt.number))
        return [(each.road, each.receipt, each.cost_fen) for each in found]


def test_a_booking_is_told_by_sms_with_the_visits_notes(
    holding: Operator, db: Database, delivery: Delivery
) -> None:
    """R6."""
    push(db, "booked")
    assert delivery.once() == 1
    (sms,) = holding.sent()
    assert sms["phone"] == PHONE
    for fact in ("notes", "code", "place", "time"):
        assert EXAMPLES[fact] in sms["text"]
    assert attempts(db) == [("sms", "", 10)]
    holding.control("release", {"copies": 2})
    assert attempts(db) == [("sms", "delivered", 10)]
    assert message(db).state is OutboxState.SENT


def test_an_sms_that_did_not_arrive_becomes_a_call(
    holding: Operator, db: Database, delivery: Delivery
) -> None:
    holding.control("fates", {"phone": PHONE, "stage": "report", "reason": "MK:0001"})
    push(db, "suspension")
    assert delivery.once() == 1
    assert message(db).state is OutboxState.SENT
    holding.control("release", {"copies": 2})
    assert delivery.once() == 1
    assert message(db).state is OutboxState.STAFF
    assert [(road, receipt) for road, receipt, _ in attempts(db)] == [("sms", "failed:MK:0001")]
    assert len(holding.sent()) == 1


def test_out_of_credit_nothing_is_lost(
    holding: Operator, db: Database, delivery: Delivery, clock: FixedClock
) -> None:
    holding.control("fates", {"phone": "*", "stage": "send", "reason": "balance", "times": 1})
    push(db, "booked")
    delivery.once()
    waiting = message(db)
    assert waiting.state is OutboxState.PENDING
    clock.set(waiting.due_at)
    delivery.once()
    assert message(db).state is OutboxState.SENT
    assert len(holding.sent()) == 1
