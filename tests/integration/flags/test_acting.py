"""A nurse takes a flag, gives it back, closes it; of two at once the first has it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.domain.flags import FlagState
from bot.domain.states import OutboxState
from bot.services.flags import looking
from bot.services.flags.acting import ClosedBy, Done, NoFlag, NoOutcome, NotTaken, TakenBy
from bot.services.flags.looking import FlagView, Opened, Which
from tests.integration.flags.conftest import HEAD, NURSE, WARD, WORDS, OnDuty


def listed(on_duty: OnDuty, **which: object) -> tuple[FlagView, ...]:
    context = on_duty.hospital.acting("staff:0012")
    with on_duty.db.read() as uow:
        return looking.listing(uow, context, **which)  # type: ignore[arg-type]


def opened(on_duty: OnDuty, flag_id: int) -> Opened | None:
    context = on_duty.hospital.acting("staff:0012")
    return on_duty.db.run(lambda uow: looking.open_flag(uow, context, flag_id))


def test_the_second_is_told_who_was_first(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    assert on_duty.take(flag_id) == Done()
    assert on_duty.take(flag_id) == Done(), "pressed twice"
    assert on_duty.take(flag_id, "0099") == TakenBy("0012", on_duty.clock.now())
    flag = on_duty.flag(flag_id)
    assert (flag.state, flag.acknowledged_by, flag.escalates_at) == (FlagState.ACKNOWLEDGED, "0012", None)


def test_eight_at_once_and_one_has_it(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    with ThreadPoolExecutor(8) as nurses:
        answers = list(nurses.map(lambda n: on_duty.take(flag_id, f"00{n}"), range(10, 18)))
    taken = on_duty.flag(flag_id).acknowledged_by
    assert taken is not None
    assert answers.count(Done()) == 1
    assert answers.count(TakenBy(taken, on_duty.clock.now())) == 7
    assert [action for action, _, _ in on_duty.events()].count("flag.acknowledged") == 1


def test_taken_before_the_sms_is_sent_wakes_nobody(on_duty: OnDuty) -> None:
    on_duty.take(on_duty.raised())
    assert [message.state for message in on_duty.messages()] == [OutboxState.VOID]


def test_given_back_it_is_told_again_and_goes_up(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    assert on_duty.give_back(flag_id) == NotTaken()
    on_duty.take(flag_id)
    on_duty.clock.advance(timedelta(minutes=5))
    assert on_duty.give_back(flag_id) == Done()
    flag = on_duty.flag(flag_id)
    assert (flag.state, flag.acknowledged_by, flag.told) == (FlagState.OPEN, None, 2)
    assert [on_duty.later(minutes=9), on_duty.later(minutes=1)] == [0, 1]
    assert on_duty.phones() == [NURSE, NURSE, HEAD]
    assert [action for action, _, _ in on_duty.events()] == [
        "flag.raised", "flag.acknowledged", "flag.given_back", "flag.escalated",
    ]  # fmt: skip


def test_closed_with_what_was_done(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    assert on_duty.close(flag_id, "wonderful") == NoOutcome(
        ("came", "phone_back", "called_120", "doctor_told", "false_alarm", "unreachable")
    )
    assert on_duty.close(flag_id, "came", note="已到急诊") == Done()
    assert on_duty.close(flag_id, "false_alarm", staff="0099") == ClosedBy(
        "0012", on_duty.clock.now(), "came"
    )
    assert on_duty.take(flag_id, "0099") == ClosedBy("0012", on_duty.clock.now(), "came")
    found = opened(on_duty, flag_id)
    assert found is not None and found.note == "已到急诊"


def test_whoever_is_on_duty_may_close_what_another_took(on_duty: OnDuty) -> None:
    flag_id = on_duty.raised()
    on_duty.take(flag_id)
    assert on_duty.close(flag_id, staff="0099") == Done()
    assert on_duty.flag(flag_id).closed_by == "0099"


def test_there_is_no_such_flag(on_duty: OnDuty) -> None:
    assert (on_duty.take(7), on_duty.give_back(7), on_duty.close(7)) == (NoFlag(), NoFlag(), NoFlag())
    assert opened(on_duty, 7) is None


def test_only_staff_act(on_duty: OnDuty) -> None:
    context = on_duty.hospital.acting("system:scheduler")
    with pytest.raises(ValueError, match="only staff"):
        on_duty.db.run(lambda uow: looking_act(uow, context))


def looking_act(uow, context):  # type: ignore[no-untyped-def]
    from bot.services.flags.acting import acknowledge

    return acknowledge(uow, context, 1)


def test_the_list_counts_down_and_names_nobody(on_duty: OnDuty) -> None:
    on_duty.ward.register()
    on_duty.stay()
    soon = on_duty.raised("a", within=timedelta(hours=4))
    on_duty.say("turn-1")
    other = on_duty.raised("b", ward="骨科一病区")
    on_duty.clock.advance(timedelta(minutes=12))
    urgent = on_duty.flags()[1].id
    assert [(each.id, each.left, each.overdue) for each in listed(on_duty)] == [
        (urgent, timedelta(minutes=-2), True),
        (other, timedelta(minutes=18), False),
        (soon, timedelta(minutes=228), False),
    ]
    assert [each.id for each in listed(on_duty, which=Which(ward=WARD))] == [urgent, soon]
    assert "王小明" not in str(listed(on_duty)) and WORDS not in str(listed(on_duty))
    on_duty.close(other)
    assert [each.id for each in listed(on_duty, states=[FlagState.CLOSED])] == [other]


def test_the_list_says_whose_turn_it_is(on_duty: OnDuty) -> None:
    on_duty.raised()
    on_duty.say("turn-1")
    assert sorted(each.told for each in listed(on_duty)) == ["服务台", "病区护士"]
    on_duty.later(minutes=10)
    assert sorted(each.told for each in listed(on_duty)) == ["医务科", "护士长"]


def test_opening_one_is_written_down(on_duty: OnDuty) -> None:
    on_duty.ward.register()
    on_duty.stay()
    on_duty.say("turn-1")
    flag_id = on_duty.flags()[0].id
    found = opened(on_duty, flag_id)
    assert found is not None
    assert (found.patient, found.phone, found.words) == ("王小明", "13800000001", WORDS)
    assert on_duty.events()[-1][0] == "flag.revealed"


def test_one_who_is_not_registered_is_known_from_the_discharge(on_duty: OnDuty) -> None:
    on_duty.stay()
    flag_id = on_duty.raised(discharge_id=on_duty.ward.discharge().id)
    found = opened(on_duty, flag_id)
    assert found is not None and (found.patient, found.phone) == ("王小明", "13800000001")
