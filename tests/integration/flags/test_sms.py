"""The alarm really arrives at the duty phone: outbox, delivery, the operator of the sandbox."""

from bot.domain.states import OutboxState
from scheduler.delivery import Delivery
from tests.integration.flags.conftest import HEAD, NURSE, WARD, OnDuty
from tests.integration.sms.conftest import Operator, delivery, holding, make_operator

__all__ = ["delivery", "holding", "make_operator"]


def test_the_nurse_and_then_the_head_nurse_get_an_sms(
    on_duty: OnDuty, holding: Operator, delivery: Delivery
) -> None:
    flag_id = on_duty.raised()
    assert delivery.once() == 1
    on_duty.later(minutes=10)
    assert delivery.once() == 1
    assert [(sms["phone"], sms["text"].partition("】")[2]) for sms in holding.sent()] == [
        (NURSE, f"随诊：{WARD}有 1 条紧急警报（F{flag_id}），请在 10:30 前处理"),
        (HEAD, f"随诊：{WARD}的紧急警报（F{flag_id}）还没有人接手，应在 10:30 前处理，请马上安排"),
    ]
    assert [message.state for message in on_duty.messages()] == [OutboxState.SENT] * 2


def test_at_night_it_does_not_wait_for_the_morning(
    on_duty: OnDuty, holding: Operator, delivery: Delivery
) -> None:
    from tests.integration.services.town import at

    on_duty.clock.set(at(3))
    on_duty.raised()
    assert delivery.once() == 1
    assert [sms["phone"] for sms in holding.sent()] == [NURSE]


def test_one_that_did_not_arrive_goes_to_the_head_nurse_at_once(
    on_duty: OnDuty, holding: Operator, delivery: Delivery
) -> None:
    holding.control("fates", {"phone": NURSE, "stage": "report", "reason": "MK:0001"})
    on_duty.raised()
    delivery.once()
    holding.control("release", {"copies": 1})
    holding.sent()
    delivery.once()
    assert on_duty.messages()[0].state is OutboxState.DEAD
    assert on_duty.later(seconds=10) == 1
    delivery.once()
    assert [sms["phone"] for sms in holding.sent()] == [NURSE, HEAD]
