"""Reports from the operator into the database: repeated, out of order, too early, failed."""

import time

import pytest

from bot.domain.states import OutboxState
from bot.services import receipts
from bot.store.db import Database
from bot.web.sms import recorder
from tests.integration.services import sent
from tests.integration.sms.conftest import PHONE, Make, Operator, message


@pytest.fixture(params=["sandbox", "tencent", "alibaba"])
def operator(request: pytest.FixtureRequest, make_operator: Make, sqlite_db: Database) -> Operator:
    return make_operator(request.param, recorder(sqlite_db))


@pytest.fixture
def own(make_operator: Make, db: Database) -> Operator:
    return make_operator("sandbox", recorder(db))


def send(operator: Operator, db: Database, phone: str = PHONE) -> int:
    """As a worker does; its outbox row."""
    made = sent.queued(db, key=f"push {phone}", user=f"user {phone}")
    taken = operator.gateway().send(message(phone, key=f"{made}.3"))
    sent.acknowledge(db, made, "sms", taken, rung=3)
    return made


def hold(operator: Operator) -> None:
    operator.control("fates", {"phone": "*", "stage": "hold"})


def test_it_arrived(operator: Operator, sqlite_db: Database) -> None:
    hold(operator)
    row = send(operator, sqlite_db)
    operator.control("release", {})
    assert sent.receipts(sqlite_db) == ["delivered"]
    assert sent.row(sqlite_db, row).receipt == "delivered"


def test_it_did_not_arrive_so_the_next_rung_is_due(operator: Operator, sqlite_db: Database) -> None:
    hold(operator)
    operator.control("fates", {"phone": PHONE, "stage": "report", "reason": "MK:0001"})
    row = send(operator, sqlite_db)
    operator.control("release", {})
    assert sent.receipts(sqlite_db) == ["failed:MK:0001"]
    assert (sent.row(sqlite_db, row).state, sent.row(sqlite_db, row).rung) == (OutboxState.PENDING, 4)


@pytest.mark.parametrize("together", [False, True])
def test_three_times_and_backwards_is_once(own: Operator, db: Database, together: bool) -> None:
    hold(own)
    own.control("fates", {"phone": "13800138001", "stage": "report", "reason": "MK:0001"})
    rows = [send(own, db, f"1380013800{n}") for n in range(4)]
    own.control("release", {"reversed": True, "copies": 3, "together": together})
    assert sent.receipts(db) == ["delivered", "failed:MK:0001", "delivered", "delivered"]
    assert [sent.row(db, row).rung for row in rows] == [3, 4, 3, 3]
    assert {found["tries"] for found in own.sent()} == {3}


def test_a_report_that_is_sent_again_and_again_changes_nothing(own: Operator, db: Database) -> None:
    send(own, db)
    (row,) = own.sent()
    own.control("repeat", {"sms": row["id"], "copies": 5})
    while own.sent()[0]["tries"] < 6:
        time.sleep(0.02)
    receipts.match(db)
    assert sent.receipts(db) == ["delivered"]


def test_a_report_may_come_before_the_worker_has_written_that_it_sent(own: Operator, db: Database) -> None:
    made = sent.queued(db)
    taken = own.gateway().send(message(key=f"{made}.3"))
    assert own.sent()
    sent.acknowledge(db, made, "sms", taken, rung=3)
    assert receipts.match(db) == 1
    assert sent.receipts(db) == ["delivered"]
