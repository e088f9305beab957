"""Pushes on both databases: rung after rung, each try written down, until somebody is reached or staff are told."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.base import Busy, Receipt, Recipient, SendError, Unavailable
from bot.domain.notice import Notice
from bot.domain.states import CampaignState, OutboxState, PhoneTaskState, PushState
from bot.store import outbox
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.outbox import Message, Outbox
from bot.store.push_models import Attempt, Campaign, PhoneTask, Push
from bot.store.words import seal_notice
from scheduler.delivery import Delivery
from scheduler.verdicts import Later, Recheck, Verdict, Void, all_true
from tests.conftest import MONDAY, FixedClock
from tests.integration.delivery.conftest import row, running, until
from tests.integration.store import people

Answer = Callable[[], Receipt]
LADDERS = {
    "suspension": ("assistant", "template", "sms", "phone"),
    "care": ("template", "sms"),
    "news": ("template",),
}


def taken() -> Receipt:
    return Receipt("p1", cost_fen=5)


def fails(code: str, **how: object) -> Answer:
    def answer() -> Receipt:
        raise SendError(code, **{"permanent": False, **how})  # type: ignore[arg-type]

    return answer


def unavailable() -> Receipt:
    raise Unavailable("no_template")


closed = fails("43101", permanent=True, elsewhere=True)
used_up = fails("45009", elsewhere=True, retry_after=3600.0)
broken = fails("-1", unknown_outcome=True)


class Way:
    """A road that answers as it is told."""

    def __init__(self, name: str, answer: Answer = taken) -> None:
        self.name, self.answer = name, answer
        self.sent: list[tuple[Notice, Recipient, str, bool]] = []

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        self.sent.append((notice, to, key, urgent))
        return self.answer()

    def keys(self) -> list[str]:
        return [key for _, _, key, _ in self.sent]


class Stage:
    """A delivery over roads that the test commands."""

    def __init__(self, db: Database, clock: FixedClock) -> None:
        self.db, self.clock, self.outbox = db, clock, Outbox(db)
        self.roads = {name: Way(name) for name in ("assistant", "template", "sms")}
        self.told: list[tuple[str, str]] = []

    def answer(self, **answers: Answer) -> None:
        for name, answer in answers.items():
            self.roads[name].answer = answer

    def delivery(self, recheck: Recheck = all_true, **how: Any) -> Delivery:
        return Delivery(
            self.outbox, {}, clock=self.clock, rng=random.Random(1), roads=self.roads, ladders=LADDERS, idle=0.01,
            recheck=recheck, alert=lambda error, about: self.told.append((error.code, about)), **how,
        )  # fmt: skip

    def put(
        self, kind: str = "suspension", *, key: str = "", priority: int = 0, patient: str = "o-1", **more: Any
    ) -> int:
        key = key or f"{kind}:appointment:7:1"
        account = people.account(self.db, patient) if patient else None
        with self.db.write() as uow:
            push = Push(
                key=key, kind=kind, scope="appointment:7", account_id=account, priority=priority, due_at=uow.now,
                state=PushState.QUEUED, expires_at=uow.now + timedelta(hours=9), created_at=uow.now,
            )  # fmt: skip
            uow.session.add(push)
            uow.session.flush()
            assert outbox.put(
                uow, key=key, kind=kind, account_id=account, priority=priority, push_id=push.id,
                notice=Notice(kind, {"patient": "王**"}, phone="13800138000"), expires_at=push.expires_at, **more,
            )  # fmt: skip
            found: int = uow.session.scalars(select(OutboxMessage.id).where(OutboxMessage.key == key)).one()
            return found

    def row(self, message: int) -> OutboxMessage:
        return row(self.db, message)

    def state(self, message: int) -> tuple[OutboxState, str, int]:
        found = self.row(message)
        return found.state, found.error, found.rung

    def attempts(self, message: int) -> list[tuple[int, str, str, str]]:
        with self.db.read() as uow:
            tried = uow.session.scalars(
                select(Attempt).where(Attempt.outbox_id == message).order_by(Attempt.number)
            )
            return [(one.number, one.road, one.client_id, one.code) for one in tried]

    def calls(self) -> list[PhoneTask]:
        with self.db.read() as uow:
            return list(uow.session.scalars(select(PhoneTask)))

    def campaign(self, state: CampaignState) -> int:
        with self.db.write() as uow:
            campaign = Campaign(
                key="c", kind="news", title="t", body=seal_notice(uow.keys, Notice("news", {}), "x"), state=state,
                audience={}, recipients=0, created_by="0001", created_at=uow.now,
            )  # fmt: skip
            uow.session.add(campaign)
            uow.session.flush()
            return campaign.id


@pytest.fixture
def stage(db: Database, clock: FixedClock) -> Stage:
    return Stage(db, clock)


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


# -- receipts and staff ------------------------------------------------------------------------------


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


# -- facts -------------------------------------------------------------------------------------------


def told(verdicts: Mapping[str, Verdict]) -> Recheck:
    return lambda batch: {one.id: verdicts[one.key] for one in batch if one.key in verdicts}


def test_facts_are_looked_at_before_a_batch_is_sent(stage: Stage, clock: FixedClock) -> None:
    morning = MONDAY + timedelta(hours=3)
    gone, later, true = (
        stage.put("care", key=key, patient=key, priority=2) for key in ("gone", "later", "true")
    )
    recheck = told({"gone": Void("cancelled"), "later": Later(morning)})
    stage.delivery(recheck).once()
    assert stage.state(gone)[:2] == (OutboxState.VOID, "cancelled")
    assert (stage.row(later).state, stage.row(later).due_at, stage.row(later).attempts) == (
        OutboxState.PENDING,
        morning,
        0,
    )
    assert stage.row(true).state is OutboxState.SENT
    assert len(stage.roads["template"].sent) == 1
    clock.set(morning)
    stage.delivery().once()
    assert stage.row(later).state is OutboxState.SENT


def test_later_than_its_end_is_never(stage: Stage) -> None:
    message = stage.put("care", priority=2)
    stage.delivery(told({"care:appointment:7:1": Later(MONDAY + timedelta(days=1))})).once()
    assert stage.state(message)[:2] == (OutboxState.VOID, "expired")


def test_facts_that_cannot_be_read_delay_no_neighbour(stage: Stage, clock: FixedClock) -> None:
    def recheck(batch: Sequence[outbox.Leased]) -> Mapping[int, Verdict]:
        if any(one.key == "poison" for one in batch):
            raise LookupError
        return {}

    poison, other = (
        stage.put("care", key="poison", priority=2),
        stage.put("care", key="b", patient="o-2", priority=2),
    )
    delivery = stage.delivery(recheck)
    delivery.once()
    assert stage.row(other).state is OutboxState.SENT
    assert stage.state(poison)[:2] == (OutboxState.PENDING, "recheck LookupError")
    for _ in range(9):
        clock.advance(timedelta(hours=2) if stage.row(poison).attempts > 5 else timedelta(minutes=30))
        delivery.once()
    assert stage.row(poison).state is not OutboxState.SENT


def test_a_paused_broadcast_stands_still_and_a_withdrawn_one_is_over(stage: Stage, clock: FixedClock) -> None:
    """Also for what is just being sent, and fails."""
    for state, becomes in (
        (CampaignState.PAUSED, OutboxState.PAUSED),
        (CampaignState.WITHDRAWN, OutboxState.VOID),
    ):
        with stage.db.write() as uow:
            uow.session.query(OutboxMessage).update({"campaign_id": None, "state": OutboxState.VOID})
            uow.session.query(Campaign).delete()
        campaign = stage.campaign(state)
        message = stage.put(
            "news", key=becomes.value, patient=becomes.value, priority=3, campaign_id=campaign
        )
        stage.answer(template=fails("503"))
        stage.delivery().once()
        assert stage.row(message).state is becomes
        clock.advance(timedelta(minutes=1))
        assert stage.delivery().once() == 0


# -- many --------------------------------------------------------------------------------------------


def test_surveys_leave_slots_for_a_suspension(stage: Stage) -> None:
    gate, slots = threading.Event(), 8
    stage.answer(template=lambda: (gate.wait(20), taken())[1])
    for n in range(30):
        stage.put("news", key=f"survey{n}", patient=f"o-{n}", priority=3)
    with running(stage.delivery(threads=slots)):
        until(lambda: len(stage.roads["template"].sent) == 6)
        suspension = stage.put(patient="o-s")
        until(lambda: stage.row(suspension).state is OutboxState.SENT)
        assert len(stage.roads["template"].sent) == 6, "three quarters of the slots, and no more"
        gate.set()
        until(lambda: len(stage.roads["template"].sent) == 30)


def test_a_bulk_of_rows_is_written_once(stage: Stage) -> None:
    accounts = [people.account(stage.db, f"o-{n}") for n in range(50)]
    rows = [
        Message(f"k{n}", "care", accounts[n], notice=Notice("care", {"n": str(n)}), priority=3)
        for n in range(50)
    ]
    for expected in (50, 0):
        with stage.db.write() as uow:
            assert outbox.put_many(uow, rows) == expected
    with running(stage.delivery(threads=16)):
        until(lambda: len(stage.roads["template"].sent) == 50)
    assert {notice.fields["n"] for notice, *_ in stage.roads["template"].sent} == {str(n) for n in range(50)}
    with stage.db.read() as uow:
        assert uow.session.query(Attempt).count() == 50
        assert uow.session.query(OutboxMessage).filter_by(state=OutboxState.SENT).count() == 50


def test_a_lost_leases_result_is_dropped(stage: Stage, clock: FixedClock) -> None:
    """The first worker was slow: somebody else has the message now, and its word alone counts."""
    message = stage.put()
    delivery = stage.delivery()
    (slow,) = stage.outbox.claim(10, timedelta(seconds=60))
    said = delivery.deliver(slow)
    clock.advance(timedelta(seconds=61))
    assert stage.outbox.reap() == 1
    clock.advance(timedelta(seconds=4))
    (quick,) = stage.outbox.claim(10, timedelta(seconds=60))
    assert stage.outbox.settle([said]) == set()
    assert stage.attempts(message) == []
    assert stage.outbox.settle([delivery.deliver(quick)]) == {message}
    assert stage.roads["assistant"].keys() == [f"{message}.0"] * 2


def test_who_kills_ten_workers_is_dead(stage: Stage, clock: FixedClock) -> None:
    message = stage.put()
    for _ in range(10):
        assert len(stage.outbox.claim(10, timedelta(seconds=60))) == 1
        clock.advance(timedelta(seconds=61))
        assert stage.outbox.reap() == 1
        clock.advance(timedelta(seconds=60))
    assert stage.state(message)[:2] == (OutboxState.DEAD, "unknown_outcome")


def test_who_died_together_is_taken_apart(stage: Stage, clock: FixedClock) -> None:
    """The one that kills its workers meets few of the others again: they come back one by one, within four seconds."""
    for n in range(20):
        stage.put(key=f"k{n}", patient=f"o-{n}")
    assert len(stage.outbox.claim(20, timedelta(seconds=60))) == 20
    clock.advance(timedelta(seconds=61))
    stage.outbox.reap()
    together = []
    for _ in range(40):
        clock.advance(timedelta(seconds=0.1))
        together.append(len(stage.outbox.claim(20, timedelta(seconds=60))))
    assert sum(together) == 20
    assert max(together) < 5


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
