"""Planner rows: planned once, voided by version, together with what waits in the outbox."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from bot.domain.commands import Book, Cancel, Change
from bot.domain.states import AppointmentState, OutboxState, PushState
from bot.domain.views import Period
from bot.pushes.kinds import Kinds
from bot.services import pushes
from bot.services.pushes import Planned
from bot.services.tables import table
from bot.store.models import Appointment, OutboxMessage
from bot.store.push_models import Push
from tests.integration.services.town import TODAY, TOMORROW, Town, at

KINDS = Kinds.load()


def plan(town: Town, version: int = 1, scope: str = "appointment:1", kind: str = "visit_soon") -> bool:
    with town.db.write() as uow:
        return pushes.plan(
            uow, KINDS, town.clock.now(), kind=kind, scope=scope, version=version, patient_id=None,
            account_id=None, due_at=at(12),
        )  # fmt: skip


def rows(town: Town) -> dict[str, tuple[PushState, str]]:
    with town.db.read() as uow:
        return {row.key: (row.state, row.reason) for row in uow.session.scalars(select(Push))}


def test_the_same_push_is_planned_once(town: Town) -> None:
    assert plan(town)
    assert not plan(town)
    assert plan(town, version=2)
    with town.db.read() as uow:
        first = uow.session.scalars(select(Push).order_by(Push.id)).first()
        assert first is not None
        assert (first.key, first.priority, first.state) == (
            "visit_soon:appointment:1:1",
            2,
            PushState.PLANNED,
        )
        assert first.expires_at == at(12) + timedelta(hours=2)
        assert first.created_at == town.clock.now()


def test_ten_thousand_at_once(town: Town) -> None:
    many = [
        Planned("broadcast", "campaign:1", 1, None, None, at(12), extra_key=str(n)) for n in range(10_000)
    ]
    with town.db.write() as uow:
        assert pushes.plan_many(uow, KINDS, town.clock.now(), many) == 10_000
        assert pushes.plan_many(uow, KINDS, town.clock.now(), many[:777]) == 0
    assert town.count(Push) == 10_000


def test_a_newer_version_voids_what_was_planned_before_it(town: Town) -> None:
    plan(town, version=1)
    plan(town, version=2)
    plan(town, scope="appointment:2")
    with town.db.write() as uow:
        pushes.void(uow, "appointment:1", below_version=2, reason="changed")
    assert rows(town) == {
        "visit_soon:appointment:1:1": (PushState.VOID, "changed"),
        "visit_soon:appointment:1:2": (PushState.PLANNED, ""),
        "visit_soon:appointment:2:1": (PushState.PLANNED, ""),
    }


def test_what_waits_in_the_outbox_is_voided_and_what_was_sent_stays_sent(town: Town) -> None:
    kinds = ("booked", "visit_tomorrow", "visit_soon", "cancelled")
    for kind in kinds:
        plan(town, kind=kind)
    states = dict(
        zip(
            kinds,
            (OutboxState.SENT, OutboxState.PENDING, OutboxState.PAUSED, OutboxState.SENDING),
            strict=True,
        )
    )
    with town.db.write() as uow:
        for push in uow.session.scalars(select(Push)):
            push.state = PushState.QUEUED
            uow.session.execute(
                insert(table(OutboxMessage)).values(
                    key=push.key, kind=push.kind, push_id=push.id, body=b"", state=states[push.kind],
                    due_at=at(12), expires_at=at(14), created_at=at(9),
                )
            )  # fmt: skip
    with town.db.write() as uow:
        pushes.void(uow, "appointment:1", reason="cancelled")
    with town.db.read() as uow:
        outbox = {row.kind: row.state for row in uow.session.scalars(select(OutboxMessage))}
    assert outbox == {
        "booked": OutboxState.SENT,
        "visit_tomorrow": OutboxState.VOID,
        "visit_soon": OutboxState.VOID,
        "cancelled": OutboxState.SENDING,
    }
    assert {key.split(":")[0]: state for key, (state, _) in rows(town).items()} == {
        "booked": PushState.QUEUED,
        "visit_tomorrow": PushState.VOID,
        "visit_soon": PushState.VOID,
        "cancelled": PushState.QUEUED,
    }


# -- what a visit plans ---------------------------------------------------------------------------


def planned(town: Town, state: PushState = PushState.PLANNED) -> dict[str, datetime]:
    """Keys without the scope's id, with their due time."""
    with town.db.read() as uow:
        query = select(Push).where(Push.state == state).order_by(Push.id)
        return {f"{row.kind} v{row.version}": row.due_at for row in uow.session.scalars(query)}


def test_a_booking_plans_its_reminders(town: Town) -> None:
    account = town.account()
    slots = town.clinic(seats=6)
    town.book(account, slots[1], town.register(account))
    assert planned(town) == {
        "booked v1": at(10),
        "booked_card v1": at(10),
        "visit_tomorrow v1": at(19),
        "visit_soon v1": at(12, 30, TOMORROW),
    }
    with town.db.read() as uow:
        soon = uow.session.scalars(select(Push).where(Push.kind == "visit_soon")).one()
        assert soon.expires_at == at(14, 30, TOMORROW)
        assert soon.account_id == account.id


def test_the_same_key_plans_nothing_twice(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    for _ in range(2):
        town.book(account, slots[0], patient, key="again")
    assert town.count(Push) == 4


def test_who_books_for_today_is_reminded_of_nothing_that_is_over(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    late, early = town.clinic(day=TODAY)[-1], town.clinic("张敏", day=TODAY)[0]
    town.book(account, late, patient)
    assert "visit_tomorrow v1" not in planned(town)
    town.clock.set(at(12, 45))
    town.book(account, early, patient)  # at two: two hours before has passed
    assert town.count(Push, Push.kind == "visit_soon") == 1


def test_an_early_visit_is_not_announced_twice_in_one_evening(town: Town) -> None:
    account = town.account()
    first = town.clinic(period=Period.AM)[0]  # at eight: two hours before is night
    town.book(account, first, town.register(account))
    assert planned(town) == {"booked v1": at(10), "booked_card v1": at(10), "visit_tomorrow v1": at(19)}


def test_who_books_an_early_visit_late_is_reminded_before_the_night(town: Town) -> None:
    account = town.account()
    patient, first = town.register(account), town.clinic(period=Period.AM)[0]
    town.clock.set(at(20))
    town.book(account, first, patient)
    assert planned(town) == {"booked v1": at(20), "booked_card v1": at(20), "visit_soon v1": at(21, 30)}


def test_a_change_voids_the_old_and_plans_the_new(town: Town) -> None:
    account = town.account()
    slots = town.clinic(seats=6)
    booked = town.book(account, slots[0], town.register(account))
    town.hospital.execute(Change("change-1", booked.id, slots[1]), account)
    assert set(planned(town, PushState.VOID)) == {
        "booked v1",
        "booked_card v1",
        "visit_tomorrow v1",
        "visit_soon v1",
    }
    assert planned(town) == {
        "changed v2": at(10),
        "visit_tomorrow v2": at(19),
        "visit_soon v2": at(12, 30, TOMORROW),
    }


def test_a_cancelled_visit_is_reminded_of_no_more(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    for _ in range(2):
        town.hospital.execute(Cancel("cancel-1", booked.id), account)
    assert set(planned(town)) == {"cancelled v1"}
    assert len(planned(town, PushState.VOID)) == 4


def test_a_refused_booking_plans_nothing(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic()
    town.sell_out(*slots)
    town.hospital.execute(Book("no-seat", slots[0], patient.id), account)
    assert town.count(Push) == 0


def test_a_hold_that_ran_out_is_not_announced(town: Town) -> None:
    account = town.account()
    booked = town.book(account, town.clinic()[0], town.register(account))
    with town.db.write() as uow:
        seen = uow.session.get_one(Appointment, booked.id)
        seen.state, seen.hold_expires_at = AppointmentState.HELD, town.clock.now()
    assert town.hospital.release_due() == 1
    assert planned(town) == {}


def test_staff_book_for_somebody_who_only_has_a_phone(town: Town) -> None:
    patient = town.register(town.account())
    slot = town.clinic()[0]
    town.hospital.execute(Book("desk", slot, patient.id), None, actor="staff:0012")
    with town.db.read() as uow:
        assert {(p.account_id, p.patient_id) for p in uow.session.scalars(select(Push))} == {
            (None, patient.id)
        }
