"""A flag that nobody takes goes up, each tier told once, at the minute."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.states import OutboxState
from bot.services.flags import escalating, telling
from bot.store.models import OutboxMessage
from bot.web import metrics
from tests.integration.flags.conftest import (
    DESK,
    DIRECTOR,
    DUTY,
    HEAD,
    NURSE,
    OFFICE,
    WARD,
    OnDuty,
    hospital_of,
)


def test_every_tier_in_its_turn(on_duty: OnDuty) -> None:
    """The whole of one that nobody takes, minute by minute."""
    flag_id = on_duty.raised()
    gone_up = [minute for minute in range(1, 61) if on_duty.later(minutes=1)]
    assert gone_up == [10, 20, 30]
    assert on_duty.told() == [
        ("red_flag", NURSE, "10:30"), ("red_flag_late", HEAD, "10:30"), ("red_flag_late", DIRECTOR, "10:30"),
        ("red_flag_late", OFFICE, "10:30"),
    ]  # fmt: skip
    assert [(action, at, detail.get("tier")) for action, at, detail in on_duty.events()] == [
        ("flag.raised", "02:00", "0"), ("flag.escalated", "02:10", "1"), ("flag.escalated", "02:20", "2"),
        ("flag.overdue", "02:30", None), ("flag.escalated", "02:30", "3"),
    ]  # fmt: skip
    flag = on_duty.flag(flag_id)
    assert (flag.tier, flag.told, flag.escalates_at) == (3, 4, None)
    assert flag.overdue_at == flag.deadline_at


def test_what_is_less_urgent_waits_longer(on_duty: OnDuty) -> None:
    on_duty.raised(level=FlagLevel.SOON, within=timedelta(hours=4))
    gone_up = [ten for ten in range(1, 61) if on_duty.later(minutes=10)]
    assert gone_up == [6, 18, 42]
    assert on_duty.phones() == [NURSE, HEAD, DIRECTOR, OFFICE]


def test_a_time_on_another_day_is_told_with_its_day(on_duty: OnDuty) -> None:
    on_duty.raised(level=FlagLevel.SOON, within=timedelta(hours=24))
    assert on_duty.told() == [("red_flag", NURSE, "11月24日（周二）10:00")]


def test_who_takes_it_ends_it(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    on_duty.later(minutes=9)
    on_duty.take(flag_id)
    assert [on_duty.later(minutes=30) for _ in range(3)] == [0, 0, 0]
    assert len(on_duty.messages()) == 1
    assert on_duty.flag(flag_id).overdue_at is not None, "taken is not closed: its deadline still counts"


def test_what_is_closed_in_time_is_never_overdue(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    on_duty.close(flag_id)
    on_duty.later(hours=2)
    assert on_duty.flag(flag_id).overdue_at is None


def test_two_schedulers_tell_once(on_duty: OnDuty) -> None:
    ids = [on_duty.raised(f"response:r{n}:x") for n in range(5)]
    on_duty.clock.advance(timedelta(minutes=31))
    with ThreadPoolExecutor(4) as schedulers:
        done = list(schedulers.map(lambda _: escalating.escalate(on_duty.hospital), range(8)))
    assert sum(done) == len(ids)
    assert sorted(on_duty.phones()) == sorted([NURSE] * 5 + [HEAD] * 5)
    actions = [action for action, _, _ in on_duty.events()]
    assert (actions.count("flag.escalated"), actions.count("flag.overdue")) == (5, 5)


def test_after_the_schedulers_were_away_every_tier_still_gets_its_time(on_duty: OnDuty) -> None:
    on_duty.raised()
    assert [on_duty.later(hours=2), on_duty.later(minutes=9), on_duty.later(minutes=1)] == [1, 0, 1]


def test_an_sms_that_is_dead_goes_up_at_once(on_duty: OnDuty) -> None:
    on_duty.raised()
    with on_duty.db.write() as uow:
        uow.session.execute(update(OutboxMessage).values(state=OutboxState.DEAD, error="undelivered"))
    assert [on_duty.later(seconds=10), on_duty.later(seconds=10)] == [1, 0]
    assert on_duty.phones() == [NURSE, HEAD]


def test_a_tier_without_a_phone_is_passed_over(on_duty: OnDuty, tmp_path: Path) -> None:
    duty = DUTY | {"wards": {WARD: {"nurse": NURSE, "director": DIRECTOR}}}
    on_duty.hospital = hospital_of(on_duty.db, on_duty.clock, tmp_path / "gap", duty)
    flag_id = on_duty.raised()
    assert [on_duty.later(minutes=10), on_duty.later(minutes=10), on_duty.later(minutes=60)] == [1, 1, 0]
    assert on_duty.phones() == [NURSE, DIRECTOR, OFFICE]
    assert on_duty.alerts() == [("flag_untold", f"ward:{WARD}:1", "no_phone")]
    assert on_duty.flag(flag_id).tier == 3


def test_the_desk_has_no_head_nurse(on_duty: OnDuty) -> None:
    on_duty.say("turn-1")
    assert [on_duty.later(minutes=10), on_duty.later(minutes=60)] == [1, 0]
    assert (on_duty.phones(), on_duty.alerts()) == ([DESK, OFFICE], [])


def test_one_that_cannot_be_told_does_not_silence_the_others(
    on_duty: OnDuty, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = on_duty.raised("a"), on_duty.raised("b")
    real = escalating.tell

    def tell(uow, context, call, tier):  # type: ignore[no-untyped-def]
        if call.flag_id == broken:
            raise RuntimeError("broken")
        return real(uow, context, call, tier)

    monkeypatch.setattr(escalating, "tell", tell)
    assert on_duty.later(minutes=10) == 1
    monkeypatch.undo()
    assert (on_duty.flag(broken).tier, on_duty.flag(fine).tier) == (0, 1)
    assert on_duty.later(seconds=10) == 1, "rolled back as a whole: told and counted together"
    assert on_duty.flag(broken).state is FlagState.OPEN
    assert on_duty.phones() == [NURSE, NURSE, HEAD, HEAD]


class Killed(BaseException):
    """kill -9: nothing after it happens."""


@pytest.mark.parametrize("when", ["before the SMS is queued", "after it, before the commit"])
def test_a_scheduler_killed_between_the_two_leaves_one_sms(
    on_duty: OnDuty, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    flag_id = on_duty.raised()
    real = telling.put

    def put(*args: object, **kwargs: object) -> bool:
        if when.startswith("after"):
            real(*args, **kwargs)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(telling, "put", put)
    with pytest.raises(Killed):
        on_duty.later(minutes=10)
    monkeypatch.undo()
    assert (on_duty.flag(flag_id).tier, on_duty.phones()) == (0, [NURSE]), "not told, and not counted as told"
    assert [on_duty.later(seconds=10), on_duty.later(seconds=10)] == [1, 0]
    assert on_duty.phones() == [NURSE, HEAD]


def test_it_stays_loud_in_the_metrics_until_it_is_closed(on_duty: OnDuty) -> None:
    first, second = on_duty.raised("a"), on_duty.raised("b", level=FlagLevel.SOON, within=timedelta(hours=4))
    on_duty.later(minutes=40)
    assert measured(on_duty) == {
        'open{level="urgent"}': 1,
        'open{level="soon"}': 1,
        "wait_seconds": 2400,
        "overdue": 1,
    }
    on_duty.take(first)
    on_duty.close(second)
    assert measured(on_duty) == {
        'open{level="urgent"}': 0,
        'open{level="soon"}': 0,
        "wait_seconds": 0,
        "overdue": 1,
    }
    on_duty.close(first)
    assert measured(on_duty)["overdue"] == 0


def measured(on_duty: OnDuty) -> dict[str, float]:
    flask = Flask("test")
    flask.register_blueprint(metrics.blueprint(on_duty.db, metrics.Metrics()))
    lines = flask.test_client().get("/metrics").text.splitlines()
    pairs = (
        line.removeprefix("suizhen_flags_").rsplit(" ", 1)
        for line in lines
        if line.startswith("suizhen_flags_")
    )
    return {name: float(value) for name, value in pairs}


def test_one_patients_dangers_are_one_sms_a_tier(on_duty: OnDuty) -> None:
    """胸口疼得喘不上气 is three flags: each keeps its tier and time, the phone rings once."""
    patient = on_duty.ward.register()
    of = {"patient_id": patient}
    ids = [on_duty.raised(f"response:r1:{rule}", **of) for rule in ("chest", "breath", "words-胸痛")]
    assert on_duty.phones() == [NURSE]
    assert [on_duty.flag(each).escalates_at for each in ids] == [
        on_duty.clock.now() + timedelta(minutes=10)
    ] * 3
    assert on_duty.later(minutes=10) == 3
    assert on_duty.phones() == [NURSE, HEAD]
    assert [(on_duty.flag(each).tier, on_duty.flag(each).told) for each in ids] == [(1, 2)] * 3
    assert on_duty.later(minutes=10) == 3
    assert on_duty.phones() == [NURSE, HEAD, DIRECTOR]


def test_another_level_patient_or_hour_is_told_of_itself(on_duty: OnDuty) -> None:
    patient = on_duty.ward.register()
    on_duty.raised("response:r1:a", patient_id=patient)
    on_duty.raised("response:r1:b", patient_id=patient, level=FlagLevel.SOON)
    on_duty.raised("response:r2:a")
    assert on_duty.phones() == [NURSE] * 3
    on_duty.clock.advance(timedelta(minutes=10))
    on_duty.raised("response:r1:c", patient_id=patient)
    assert on_duty.phones() == [NURSE] * 4


def test_the_first_one_taken_leaves_none_untold(on_duty: OnDuty) -> None:
    """The others go up at their own time, and what tells of them too is sent all the same."""
    patient = on_duty.ward.register()
    first = on_duty.raised("response:r1:a", patient_id=patient)
    second = on_duty.raised("response:r1:b", patient_id=patient)
    on_duty.take(first)
    assert [message.state for message in on_duty.messages()] == [OutboxState.PENDING]
    third = on_duty.raised("response:r1:c", patient_id=patient)
    assert on_duty.phones() == [NURSE, NURSE], "nobody is waiting at the first one's SMS any more"
    assert on_duty.later(minutes=10) == 2
    assert on_duty.phones() == [NURSE, NURSE, HEAD]
    assert (on_duty.flag(second).tier, on_duty.flag(third).tier) == (1, 1)


def test_an_sms_that_is_dead_told_nobody_of_the_others(on_duty: OnDuty) -> None:
    patient = on_duty.ward.register()
    on_duty.raised("response:r1:a", patient_id=patient)
    with on_duty.db.write() as uow:
        uow.connection.execute(update(OutboxMessage).values(state=OutboxState.DEAD))
    on_duty.raised("response:r1:b", patient_id=patient)
    assert on_duty.phones() == [NURSE, NURSE]
