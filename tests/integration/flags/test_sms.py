"""The alarm really arrives at the duty phone: outbox, delivery, the operator of the sandbox."""

import random

import pytest

from bot.channels.sms import vendors
from bot.domain.clock import SystemClock
from bot.domain.states import OutboxState
from bot.pushes.kinds import Kinds
from bot.pushes.templates import Templates
from bot.store.db import Database
from bot.store.outbox import Outbox
from bot.web.sms import recorder
from scheduler.delivery import Delivery
from tests.conftest import FixedClock
from tests.integration.flags.conftest import HEAD, NURSE, WARD, OnDuty
from tests.integration.sms.conftest import Make, Operator, make_operator

__all__ = ["make_operator"]


@pytest.fixture
def own(make_operator: Make, db: Database) -> Operator:
    operator = make_operator("sandbox", recorder(db))
    for code, text in vendors.approved(operator.settings, Templates.load()).items():
        operator.control("templates", {"code": code, "text": text})
    operator.control("fates", {"phone": "*", "stage": "hold"})
    return operator


@pytest.fixture
def delivery(own: Operator, db: Database, clock: FixedClock) -> Delivery:
    sms = vendors.road(own.settings, Templates.load(), own.http, None, SystemClock())
    return Delivery(
        Outbox(db), {}, clock=clock, rng=random.Random(1), roads={"sms": sms}, ladders=Kinds.load().ladders
    )


def test_the_nurse_and_then_the_head_nurse_get_an_sms(
    on_duty: OnDuty, own: Operator, delivery: Delivery
) -> None:
    flag_id = on_duty.raised()
    assert delivery.once() == 1
    on_duty.later(minutes=10)
    assert delivery.once() == 1
    assert [(sms["phone"], sms["text"].partition("】")[2]) for sms in own.sent()] == [
        (NURSE, f"随诊：{WARD}有 1 条紧急警报（F{flag_id}），请在 10:30 前处理"),
        (HEAD, f"随诊：{WARD}的紧急警报（F{flag_id}）还没有人接手，应在 10:30 前处理，请马上安排"),
    ]
    assert [message.state for message in on_duty.messages()] == [OutboxState.SENT] * 2


def test_at_night_it_does_not_wait_for_the_morning(
    on_duty: OnDuty, own: Operator, delivery: Delivery
) -> None:
    from tests.integration.services.town import at

    on_duty.clock.set(at(3))
    on_duty.raised()
    assert delivery.once() == 1
    assert [sms["phone"] for sms in own.sent()] == [NURSE]


def test_one_that_did_not_arrive_goes_to_the_head_nurse_at_once(
    on_duty: OnDuty, own: Operator, delivery: Delivery
) -> None:
    own.control("fates", {"phone": NURSE, "stage": "report", "reason": "MK:0001"})
    on_duty.raised()
    delivery.once()
    own.control("release", {"copies": 1})
    own.sent()
    delivery.once()
    assert on_duty.messages()[0].state is OutboxState.DEAD
    assert on_duty.later(seconds=10) == 1
    delivery.once()
    assert [sms["phone"] for sms in own.sent()] == [NURSE, HEAD]
