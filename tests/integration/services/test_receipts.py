"""What became of a message: any order, any number of times, before its acknowledgement too."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.states import OutboxState
from bot.services.receipts import Became, Report, match, record
from bot.store.db import Database
from bot.store.push_models import EarlyReceipt
from tests.conftest import FixedClock
from tests.integration.services import sent

ARRIVED = Report("template", "901", True)
BLOCKED = Report("template", "901", False, "user_block")


def tell(db: Database, report: Report) -> Became:
    return db.run(lambda uow: record(uow, report))


def waiting(db: Database) -> int:
    with db.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(EarlyReceipt)) or 0


@pytest.fixture
def message(db: Database) -> int:
    """Taken by the platform as a template message."""
    made = sent.queued(db)
    sent.acknowledge(db, made, "template", "901", rung=1)
    return made


def test_it_arrived(db: Database, message: int) -> None:
    assert tell(db, ARRIVED) is Became.DELIVERED
    assert sent.receipts(db) == ["delivered"]
    row = sent.row(db, message)
    assert (row.state, row.receipt, row.rung) == (OutboxState.SENT, "delivered", 1)


def test_it_did_not_so_the_next_rung_is_tried_at_once(db: Database, message: int, clock: FixedClock) -> None:
    assert tell(db, BLOCKED) is Became.FAILED
    assert sent.receipts(db) == ["failed:user_block"]
    row = sent.row(db, message)
    assert (row.state, row.receipt, row.rung, row.attempts) == (OutboxState.PENDING, "failed", 2, 0)
    assert row.due_at == clock.now()


@pytest.mark.parametrize("report", [ARRIVED, BLOCKED])
def test_three_times_at_once_is_once(db: Database, message: int, report: Report) -> None:
    with ThreadPoolExecutor(3) as copies:
        became = list(copies.map(lambda _: tell(db, report), range(3)))
    assert sorted(became).count(Became.KNOWN) == 2
    assert sent.row(db, message).rung == (1 if report.ok else 2)


@pytest.mark.parametrize("order", list(itertools.permutations([ARRIVED, BLOCKED, ARRIVED])))
def test_in_any_order_an_arrival_stays_an_arrival(
    db: Database, message: int, order: tuple[Report, ...]
) -> None:
    for report in order:
        tell(db, report)
    assert sent.receipts(db) == ["delivered"]


def test_a_message_that_has_moved_on_needs_nothing(db: Database, message: int) -> None:
    """The receipt of an earlier road comes after a later road has taken it."""
    sent.acknowledge(db, message, "sms", "s-1", rung=4)
    tell(db, BLOCKED)
    row = sent.row(db, message)
    assert (row.state, row.rung, row.road) == (OutboxState.SENT, 4, "sms")
    assert sent.receipts(db) == ["failed:user_block", ""]


def test_the_same_id_on_another_road_is_another_message(db: Database, message: int) -> None:
    assert tell(db, Report("subscribe", "901", True)) is Became.EARLY
    assert sent.receipts(db) == [""]


@pytest.mark.parametrize(("report", "rung"), [(ARRIVED, 1), (BLOCKED, 2)])
def test_before_the_acknowledgement_it_waits(db: Database, report: Report, rung: int) -> None:
    made = sent.queued(db)
    assert [tell(db, report) for _ in range(2)] == [Became.EARLY, Became.EARLY]
    assert (match(db), waiting(db)) == (0, 1)
    sent.acknowledge(db, made, "template", "901", rung=1)
    assert (match(db), waiting(db)) == (1, 0)
    assert sent.row(db, made).rung == rung
    assert sent.receipts(db) == [report.receipt]
    assert match(db) == 0


def test_two_early_ones_an_arrival_wins(db: Database) -> None:
    made = sent.queued(db)
    for report in (BLOCKED, ARRIVED, BLOCKED):
        tell(db, report)
    sent.acknowledge(db, made, "template", "901")
    match(db)
    assert sent.receipts(db) == ["delivered"]


def test_what_others_sent_in_the_accounts_name_is_forgotten(db: Database, clock: FixedClock) -> None:
    tell(db, ARRIVED)
    clock.advance(timedelta(days=3, seconds=1))
    match(db)
    assert waiting(db) == 0


def test_a_report_without_an_id_is_nobodys(db: Database, message: int) -> None:
    assert tell(db, Report("template", "", False, "x")) is Became.KNOWN
