"""Due rows become messages once, and only if they are still true and wanted (docs/ways/push.md)."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.commands import Book, Cancel, Change, UnlinkPatient
from bot.domain.states import AppointmentState, OutboxState
from bot.domain.views import Period
from bot.services import facts, readers
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.pushes import Planned
from bot.store.db import UnitOfWork
from bot.store.models import Appointment, OutboxMessage
from bot.store.push_models import Push
from scheduler.planner import Planner
from tests.integration.planner.looks import died, due, notices, outbox, plan, prefer, states
from tests.integration.services.town import TODAY, TOMORROW, Town, at


def say_hello(uow: UnitOfWork, context: Context, rows: Sequence[Due]) -> dict[int, Answer]:
    return {row.id: Facts({"text": "您好"}) for row in rows}


@pytest.fixture
def caring(town: Town) -> Planner:
    """A planner for pushes whose facts never change."""
    return Planner(town.hospital, {"campaign": say_hello})


def test_a_booking_is_told_at_once_and_the_reminder_waits_for_its_evening(
    town: Town, planner: Planner
) -> None:
    account = town.account()
    town.book(account, town.clinic(seats=6)[1], town.register(account))
    assert planner.tick() == 2
    assert states(town) == {
        "booked v1": "queued", "booked_card v1": "queued", "visit_tomorrow v1": "planned", "visit_soon v1": "planned",
    }  # fmt: skip
    assert planner.tick() == 0
    town.clock.set(at(19))
    assert planner.tick() == 1
    town.clock.set(at(12, 30, TOMORROW))
    assert planner.tick() == 1
    rows = outbox(town)
    assert [(r.kind, r.priority, r.account_id) for r in rows] == [
        ("booked", 1, account.id), ("booked_card", 1, account.id), ("visit_tomorrow", 2, account.id),
        ("visit_soon", 2, account.id),
    ]  # fmt: skip
    assert all(r.state is OutboxState.PENDING and r.push_id and r.patient_id for r in rows)
    assert rows[3].expires_at == at(14, 30, TOMORROW)


def test_what_the_reminder_says(town: Town, planner: Planner) -> None:
    account = town.account()
    patient = town.register(account)
    booked = town.book(account, town.clinic(seats=6)[1], patient)
    town.clock.set(at(19))
    planner.tick()
    notice = notices(town)["visit_tomorrow"]
    assert notice.fields == {
        "hospital": "试验医院",
        "phone": town.hospital.settings.hospital_phone,
        "patient": "王*明",
        "department": "心血管内科",
        "doctor": "王建国 主任医师",
        "date": "11月24日（周二）",
        "day": "明天",
        "time": "14:30–15:00",
        "begins": "2026年11月24日 14:30",
        "place": "心血管内科候诊区",
        "code": booked.code,
        "number": "4",
        "fee": "50元",
        "notes": "心血管内科须知",
    }
    assert [(o.label, o.value) for o in notice.options] == [
        ("看凭证", f"open:voucher:appointment:{booked.id}"),
        ("改时间", f"open:change:appointment:{booked.id}"),
        ("退号", f"open:cancel:appointment:{booked.id}"),
    ]
    assert notice.phone == "13800000001"
    assert notice.order == f"A{booked.id}"


def test_a_change_tells_the_old_time_and_a_cancellation_the_refund(town: Town, planner: Planner) -> None:
    account = town.account()
    slots = town.clinic(seats=6)
    booked = town.book(account, slots[0], town.register(account))
    town.hospital.execute(Change("change-1", booked.id, slots[1]), account)
    planner.tick()
    told = notices(town)["changed"].fields
    assert (told["old_date"], told["old_time"], told["time"]) == (
        "11月24日（周二）", "14:00–14:30", "14:30–15:00",
    )  # fmt: skip
    town.hospital.execute(Cancel("cancel-1", booked.id), account)
    planner.tick()
    assert notices(town)["cancelled"].fields["refund"] == "50元"
    assert "booked" not in notices(town)


def test_what_changed_after_it_was_queued_is_taken_out_of_the_outbox(town: Town, planner: Planner) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    planner.tick()
    town.hospital.execute(Cancel("cancel-1", booked.id), account)
    planner.tick()
    assert [(r.kind, r.state.value, r.error) for r in outbox(town)] == [
        ("booked", "void", "cancelled"),
        ("booked_card", "void", "cancelled"),
        ("cancelled", "pending", ""),
    ]


def test_facts_are_looked_at_again_when_it_is_due(town: Town, planner: Planner) -> None:
    """Somebody changed the row past the services: an import, a repair."""
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    with town.db.write() as uow:
        uow.session.get_one(Appointment, booked.id).state = AppointmentState.NO_SHOW
    planner.tick()
    town.clock.set(at(19))
    planner.tick()
    assert states(town) == {
        "booked v1": "skipped no_show", "booked_card v1": "skipped no_show", "visit_tomorrow v1": "skipped no_show", "visit_soon v1": "planned",
    }  # fmt: skip


def test_an_old_version_is_never_told(town: Town, planner: Planner) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    with town.db.write() as uow:
        uow.session.get_one(Appointment, booked.id).version = 2
    planner.tick()
    assert states(town)["booked v1"] == "skipped changed"


def test_nobody_who_died_is_messaged(town: Town, planner: Planner) -> None:
    account = town.account()
    patient = town.register(account)
    town.book(account, town.clinic()[0], patient)
    died(town, patient.id)
    planner.tick()
    assert states(town)["booked v1"] == "skipped deceased"
    assert outbox(town) == []


def test_an_account_that_looks_after_the_patient_no_more_is_not_told(town: Town, planner: Planner) -> None:
    account = town.account()
    patient = town.register(account)
    town.book(account, town.clinic()[0], patient)
    town.hospital.execute(UnlinkPatient("unlink", patient.id), account)
    planner.tick()
    assert {row.account_id for row in outbox(town)} == {None}
    assert notices(town)["booked"].phone == "13800000001"


def test_staffs_booking_reaches_the_phone(town: Town, planner: Planner) -> None:
    patient = town.register(town.account())
    town.hospital.execute(Book("desk", town.clinic()[0], patient.id), None, actor="staff:0012")
    planner.tick()
    (row,) = outbox(town)
    assert (row.account_id, row.patient_id) == (None, patient.id)


def test_what_came_too_late_is_not_said(town: Town, planner: Planner) -> None:
    """The scheduler stood still from before the evening until after the visit."""
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    town.clock.set(at(15, 0, TOMORROW))
    planner.tick()
    assert set(states(town).values()) == {"skipped expired"}


def test_a_late_reminder_says_today(town: Town, planner: Planner) -> None:
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    town.clock.set(at(9, 0, TOMORROW))
    planner.tick()
    assert notices(town)["visit_tomorrow"].fields["day"] == "今天"


def test_a_reminder_that_meets_the_night_waits_for_the_morning(town: Town, planner: Planner) -> None:
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    town.clock.set(at(23))
    planner.tick()
    assert states(town)["visit_tomorrow v1"] == "planned"
    assert due(town, "visit_tomorrow") == at(8, 0, TOMORROW)
    town.clock.set(at(8, 0, TOMORROW))
    planner.tick()
    assert states(town)["visit_tomorrow v1"] == "queued"


def test_a_reminder_that_could_only_wake_people_is_left_out(town: Town, planner: Planner) -> None:
    account = town.account()
    town.book(account, town.clinic(period=Period.AM)[0], town.register(account))  # at eight
    town.clock.set(at(23))
    planner.tick()
    assert states(town)["visit_tomorrow v1"] == "skipped quiet"


def test_a_suspension_goes_at_night_too(town: Town, caring: Planner) -> None:
    account = town.account()
    plan(town, Planned("suspension", "campaign:1", 1, None, account.id, at(23)))
    town.clock.set(at(23))
    caring.tick()
    assert states(town) == {"suspension v1": "queued"}


def test_who_unsubscribed_gets_results_all_the_same(town: Town, planner: Planner) -> None:
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    prefer(town, account, reminder="off", booking="off")
    planner.tick()
    town.clock.set(at(19))
    planner.tick()
    assert states(town) == {
        "booked v1": "queued", "booked_card v1": "queued", "visit_tomorrow v1": "skipped unsubscribed", "visit_soon v1": "planned",
    }  # fmt: skip


def test_what_has_to_be_asked_for_goes_to_nobody_else(town: Town, caring: Planner) -> None:
    asked, silent = town.account("o-1"), town.account("o-2")
    prefer(town, asked, publication="on")
    plan(
        town,
        *(
            Planned("publication", "campaign:1", n, None, account.id, at(10))
            for n, account in enumerate((asked, silent), 1)
        ),
    )
    caring.tick()
    assert states(town) == {"publication v1": "queued", "publication v2": "skipped unsubscribed"}


def test_three_a_day_then_tomorrow(town: Town, caring: Planner) -> None:
    account, other = town.account("o-1"), town.account("o-2")
    five = [Planned("care", "campaign:1", n, None, account.id, at(9)) for n in range(1, 6)]
    plan(town, *five, Planned("care", "campaign:1", 6, None, other.id, at(9)))
    caring.tick()
    assert [row.account_id for row in outbox(town)] == [account.id] * 3 + [other.id]
    town.clock.set(at(9, 0, TOMORROW))
    caring.tick()
    assert len(outbox(town)) == 6


def test_the_cap_counts_what_other_ticks_queued(town: Town, caring: Planner) -> None:
    account = town.account()
    for n in range(1, 5):
        plan(town, Planned("care", "campaign:1", n, None, account.id, at(9)))
        caring.tick()
    assert list(states(town).values()) == ["queued", "queued", "queued", "planned"]


def test_the_cap_of_somebody_without_an_account(town: Town, caring: Planner) -> None:
    patient = town.register(town.account())
    for n in range(1, 5):
        plan(town, Planned("care", "campaign:1", n, patient.id, None, at(9)))
        caring.tick()
    assert list(states(town).values()) == ["queued", "queued", "queued", "planned"]


def test_what_the_cap_puts_off_beyond_its_time_is_left_out(town: Town, caring: Planner) -> None:
    account = town.account()
    plan(
        town,
        *(Planned("care", "campaign:1", n, None, account.id, at(9), expires_at=at(20)) for n in range(1, 5)),
    )
    caring.tick()
    assert list(states(town).values()) == ["queued", "queued", "queued", "skipped capped"]


def test_care_waits_for_a_working_day(town: Town, caring: Planner) -> None:
    saturday = TODAY + timedelta(days=5)
    account = town.account()
    plan(town, Planned("care", "campaign:1", 1, None, account.id, at(10, 0, saturday)))
    town.clock.set(at(10, 0, saturday))
    caring.tick()
    assert due(town, "care") == at(10, 0, saturday + timedelta(days=2))


def test_a_kind_the_hospital_dropped_and_a_scope_nobody_reads(town: Town, planner: Planner) -> None:
    account = town.account()
    plan(town, Planned("care", "elsewhere:1", 1, None, account.id, at(9)))
    plan(town, Planned("broadcast", "elsewhere:1", 1, None, account.id, at(9)))
    with town.db.write() as uow:
        uow.session.execute(update(Push).where(Push.kind == "broadcast").values(kind="pigeon"))
    planner.tick()
    assert states(town) == {"care v1": "skipped no_facts", "pigeon v1": "skipped unknown_kind"}


def test_one_that_cannot_be_read_does_not_hold_up_the_others(town: Town) -> None:
    def stumbles(uow: UnitOfWork, context: Context, rows: Sequence[Due]) -> dict[int, Answer]:
        if any(row.version == 2 for row in rows):
            raise KeyError("a mistake of ours")
        return {row.id: Gone("told") if row.version == 3 else Facts({}) for row in rows}

    account = town.account()
    plan(town, *(Planned("cancelled", "campaign:1", n, None, account.id, at(9)) for n in (1, 2, 3)))
    Planner(town.hospital, {"campaign": stumbles}).tick()
    assert states(town) == {
        "cancelled v1": "queued", "cancelled v2": "planned", "cancelled v3": "skipped told",
    }  # fmt: skip
    town.clock.advance(timedelta(minutes=6))
    Planner(town.hospital, {"campaign": say_hello}).tick()
    assert states(town)["cancelled v2"] == "queued"


@pytest.mark.parametrize("planners", [2, 4])
def test_several_planners_queue_each_row_once(town: Town, planners: int) -> None:
    accounts = [town.account(f"o-{n}") for n in range(20)]
    rows = [
        Planned("suspension", "campaign:1", 1, None, account.id, at(9), extra_key=f"{account.id}-{n}")
        for account in accounts
        for n in range(20)
    ]
    plan(town, *rows)
    start = threading.Barrier(planners)
    done: list[int] = []

    def work() -> None:
        start.wait()
        done.append(Planner(town.hospital, {"campaign": say_hello}, batch=30).tick())

    threads = [threading.Thread(target=work) for _ in range(planners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == len(rows)
    assert town.count(OutboxMessage) == len(rows)
    assert len({row.push_id for row in outbox(town)}) == len(rows)


def test_a_crash_between_queueing_and_commit_loses_nothing(town: Town, planner: Planner) -> None:
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))

    def crashes(uow: UnitOfWork, context: Context, rows: Sequence[Due]) -> dict[int, Answer]:
        raise SystemExit

    with pytest.raises(SystemExit):
        Planner(town.hospital, {"appointment": crashes}).tick()
    assert states(town)["booked v1"] == "planned"
    planner.tick()
    assert states(town)["booked v1"] == "queued"


def test_every_scope_has_a_reader_and_keys_keep_their_extra() -> None:
    assert "appointment" in readers.standard()
    assert facts.Found()[1] == facts.UNKNOWN
