"""Pushes on both databases: rung after rung, each try written down, until somebody is reached or staff are told."""

from datetime import timedelta

from bot.channels.base import Busy, Receipt
from bot.domain.states import OutboxState, PhoneTaskState
from bot.store import outbox
from tests.conftest import MONDAY, FixedClock
from tests.integration.delivery.ladder import Stage, broken, closed, fails, taken, unavailable, used_up


def test_the_first_road_that_takes_it_is_the_last(stage: Stage) -> None:
    message = stage.put()
    stage.delivery().once()
    sent = stage.row(message)
    assert (sent.state, sent.road, sent.platform_id, sent.rung) == (OutboxState.SENT, "assistant", "p1", 0)
    assert stage.attempts(message) == [(1, "assistant", f"{message}.0", "")]
    (notice, to, key, urgent) = stage.roads["assistant"].sent[0]
    assert (notice.fields, to.phone, key, urgent) == (
        {"patient": "王**"},
        "13800138000",
        f"{message}.0",
        True,
    )
    assert to.account and to.account.openid == "o-1"
    assert not stage.roads["template"].sent


def test_a_closed_road_leads_to_the_next_at_once(stage: Stage) -> None:
    message = stage.put()
    stage.answer(assistant=closed, template=used_up)
    stage.delivery().once()
    assert stage.row(message).road == "sms"
    assert stage.attempts(message) == [
        (1, "assistant", f"{message}.0", "43101"),
        (2, "template", f"{message}.1", "45009"),
        (3, "sms", f"{message}.2", ""),
    ]


def test_a_road_that_does_not_exist_is_no_attempt(stage: Stage) -> None:
    message = stage.put()
    del stage.roads["assistant"]
    stage.answer(template=unavailable)
    stage.delivery().once()
    assert stage.attempts(message) == [(1, "sms", f"{message}.2", "")]


def test_our_own_limit_is_waited_for_and_is_no_attempt(stage: Stage, clock: FixedClock) -> None:
    def busy() -> Receipt:
        raise Busy(1.5)

    message = stage.put()
    stage.answer(assistant=busy)
    stage.delivery().once()
    waiting = stage.row(message)
    assert (waiting.state, waiting.rung, waiting.attempts) == (OutboxState.PENDING, 0, 1)
    assert timedelta(seconds=1.5) <= waiting.due_at - clock.now() <= timedelta(seconds=6.5)
    assert stage.attempts(message) == []


def test_who_has_no_account_is_reached_all_the_same(stage: Stage) -> None:
    """Staff booked for a caller.  Nobody's messages wait for nobody's."""
    one, other = stage.put(patient="", key="a"), stage.put(patient="", key="b")
    stage.answer(assistant=unavailable, template=unavailable)
    assert stage.delivery().once() == 2
    assert [stage.row(message).road for message in (one, other)] == ["sms", "sms"]
    assert [to.account for _, to, _, _ in stage.roads["sms"].sent] == [None, None]


def test_the_last_rung_is_a_call(stage: Stage, clock: FixedClock) -> None:
    message = stage.put()
    stage.answer(assistant=closed, template=unavailable, sms=closed)
    stage.delivery().once()
    assert stage.state(message) == (OutboxState.STAFF, "no_road", 3)
    (call,) = stage.calls()
    assert (call.key, call.kind, call.scope) == (
        f"phone:{stage.row(message).key}",
        "suspension",
        "appointment:7",
    )
    assert (call.state, call.reason, call.due_at) == (PhoneTaskState.OPEN, "no_road", MONDAY)
    assert len(stage.attempts(message)) == 2


def test_a_ladder_without_a_call_ends_dead(stage: Stage) -> None:
    message = stage.put("care", priority=3)
    stage.answer(template=closed, sms=fails("limit", permanent=True))
    stage.delivery().once()
    assert stage.state(message)[:2] == (OutboxState.DEAD, "limit")
    assert stage.calls() == []


def test_the_only_road_is_waited_for_when_it_opens_again(stage: Stage, clock: FixedClock) -> None:
    message = stage.put("news", priority=2)
    stage.answer(template=used_up)
    stage.delivery().once()
    waiting = stage.row(message)
    assert (waiting.state, waiting.rung) == (OutboxState.PENDING, 0)
    assert timedelta(hours=1) <= waiting.due_at - clock.now() <= timedelta(hours=1, seconds=5)


def test_what_fails_for_now_stays_on_its_rung(stage: Stage, clock: FixedClock) -> None:
    message = stage.put("care", priority=2)
    stage.answer(template=broken)
    stage.delivery().once()
    assert stage.state(message) == (OutboxState.PENDING, "-1", 0)
    clock.advance(timedelta(seconds=6))
    stage.answer(template=taken)
    stage.delivery().once()
    assert stage.roads["template"].keys() == [f"{message}.0"] * 2, "the platform knows it again"
    assert [number for number, *_ in stage.attempts(message)] == [1, 2]


def test_a_suspension_does_not_wait_hours_for_a_broken_road(stage: Stage, clock: FixedClock) -> None:
    message = stage.put()
    stage.answer(assistant=broken, template=unavailable)
    for _ in range(3):
        stage.delivery().once()
        assert stage.state(message) == (OutboxState.PENDING, "-1", 0)
        clock.advance(timedelta(minutes=2))
    stage.delivery().once()
    assert (stage.row(message).state, stage.row(message).road) == (OutboxState.SENT, "sms")


def test_while_our_set_up_is_wrong_a_suspension_takes_another_road(stage: Stage, clock: FixedClock) -> None:
    message, caller = stage.put(), stage.put(key="b", patient="o-2")
    wrong = fails("40013", fault=True, retry_after=300.0)
    stage.answer(assistant=wrong, template=wrong, sms=unavailable)
    stage.delivery().once()
    assert stage.calls() == [], "staff mend one thing sooner than they make all those calls"
    for each in (message, caller):
        assert stage.state(each) == (OutboxState.PENDING, "40013", 0)
    clock.advance(timedelta(seconds=306))
    stage.answer(sms=taken)
    stage.delivery().once()
    assert stage.row(message).road == "sms"


def test_a_survey_of_unknown_outcome_takes_no_other_road(stage: Stage) -> None:
    message = stage.put("care", priority=3)
    stage.answer(template=broken)
    stage.delivery().once()
    assert (stage.row(message).state, stage.roads["sms"].sent) == (OutboxState.DEAD, [])


def test_a_road_with_a_bug_is_retried_and_then_left(stage: Stage, clock: FixedClock) -> None:
    def bug() -> Receipt:
        raise ZeroDivisionError

    message = stage.put()
    stage.answer(assistant=bug)
    for _ in range(4):
        stage.delivery().once()
        clock.advance(timedelta(minutes=2))
    assert stage.row(message).road == "template"
    assert [code for *_, code in stage.attempts(message)] == ["internal"] * 4 + [""]


def test_staff_are_told_of_faults_once_for_many(stage: Stage) -> None:
    for n in range(5):
        stage.put("care", key=f"k{n}", patient=f"o-{n}", priority=3)
    stage.answer(
        template=fails("47003", permanent=True, fault=True), sms=fails("40013", fault=True, retry_after=300.0)
    )
    stage.delivery().once()
    assert stage.told == [("47003", "template:care"), ("40013", "sms")]


def test_what_did_not_arrive_goes_on_to_the_next_rung(stage: Stage) -> None:
    message = stage.put()
    delivery = stage.delivery()
    delivery.once()
    assert stage.outbox.undelivered(message, "failed:user block", platform_id="p1")
    assert stage.state(message) == (OutboxState.PENDING, "failed:user block", 1)
    assert stage.row(message).receipt == "failed"
    stage.answer(template=lambda: Receipt("p2"))
    delivery.once()
    assert not stage.outbox.undelivered(message, "told twice", platform_id="p1"), "of the message before"
    sent = stage.row(message)
    assert (sent.state, sent.road, sent.receipt) == (OutboxState.SENT, "template", "")
    assert [number for number, *_ in stage.attempts(message)] == [1, 2]


def test_undelivered_over_the_last_road_is_a_call(stage: Stage) -> None:
    message = stage.put()
    stage.answer(assistant=closed, template=closed)
    delivery = stage.delivery()
    delivery.once()
    stage.outbox.undelivered(message, "failed:off")
    delivery.once()
    assert stage.state(message)[:2] == (OutboxState.STAFF, "undelivered")
    assert [call.reason for call in stage.calls()] == ["undelivered"]


def test_a_dead_letter_is_sent_again_from_the_top_and_as_a_new_message(
    stage: Stage, clock: FixedClock
) -> None:
    message, late = stage.put("care", priority=3), stage.put("news", priority=3, patient="o-2")
    stage.answer(template=closed, sms=closed)
    delivery = stage.delivery()
    delivery.once()
    stage.answer(template=taken)
    assert stage.db.run(lambda uow: outbox.resend(uow, [message])) == 1
    delivery.once()
    assert (stage.row(message).state, stage.row(message).road) == (OutboxState.SENT, "template")
    keys = stage.roads["template"].keys()
    assert len(set(keys)) == 3, "no client_msg_id of the first round"
    clock.advance(timedelta(hours=9))
    assert stage.db.run(lambda uow: outbox.resend(uow, [late, message, 999])) == 0, (
        "out of time, sent, unknown"
    )
    assert stage.row(late).state is OutboxState.DEAD


def test_what_the_chat_has_said_needs_no_road(stage: Stage) -> None:
    """A hospital without SMS: each booking's SMS would be a dead letter that staff can do nothing about."""
    echo, care = (
        stage.put("news", key="echo", priority=1),
        stage.put("care", key="care", priority=2, patient="o-2"),
    )
    stage.answer(template=unavailable, sms=unavailable)
    stage.delivery(echoes={"news"}).once()
    assert stage.row(echo).state is OutboxState.VOID
    assert stage.row(care).state is OutboxState.DEAD
    failed = stage.put("news", key="failed", priority=1, patient="o-3")
    stage.answer(template=fails("47003", permanent=True, fault=True))
    stage.delivery(echoes={"news"}).once()
    assert stage.state(failed)[:2] == (OutboxState.DEAD, "47003"), "what was tried and failed is seen"


def test_while_our_set_up_is_wrong_a_ladder_without_a_phone_waits(stage: Stage) -> None:
    message = stage.put("care", priority=1)
    stage.answer(template=unavailable, sms=fails("balance", fault=True, retry_after=300.0))
    stage.delivery().once()
    assert stage.state(message)[:2] == (OutboxState.PENDING, "balance")
