"""爽约 and what was marked by mistake: one visit, all of a clinic that is over, a check-in taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.roles import Role
from bot.domain.states import AppointmentState, PushState, SeatState
from bot.domain.views import AppointmentView
from bot.services.desk_booking import missed
from bot.services.desk_booking.visiting import NotNow
from bot.store.models import Appointment, AppointmentEvent, AuditEntry, Clinic, Seat
from bot.store.push_models import Push
from tests.integration.console.stand import Stand, Visitor
from tests.integration.services.town import TOMORROW, Town, at

AFTERNOON = at(14, 40, TOMORROW)
"""The first slot (14:00–14:30) is over, the second is not."""
S = AppointmentState


@pytest.fixture
def town(both: Stand) -> Town:
    return Town.found(both.db, both.clock)


@pytest.fixture
def visits(town: Town) -> list[AppointmentView]:
    """Two in the first slot, one in the second."""
    first, second = town.clinic(seats=6)
    booked = []
    for number, slot in enumerate((first, first, second), start=1):
        account = town.account(f"o-{number}")
        booked.append(town.book(account, slot, town.register(account, number)))
    return booked


def desk(stand: Stand, moment: object = AFTERNOON) -> Visitor:
    stand.clock.set(moment)  # type: ignore[arg-type]
    return stand.signed_in(Role.DESK, staff_no="9003")


def state(town: Town, visit: AppointmentView) -> AppointmentState:
    with town.db.read() as uow:
        return S(uow.session.get_one(Appointment, visit.id).state)


def do(visitor: Visitor, visit: AppointmentView, act: str) -> int:
    return visitor.post(f"/appointments/{visit.id}/{act}", version="1").status_code


def test_only_after_the_slot_is_over(both: Stand, town: Town, visits: list[AppointmentView]) -> None:
    visitor, (early, _, late) = desk(both), visits
    assert f"/appointments/{late.id}/no-show" not in visitor.get(f"/appointments/{late.id}").text
    assert do(visitor, late, "no-show") == 409
    assert visitor.last is not None
    assert "还没有结束" in visitor.last.text
    assert f"/appointments/{early.id}/no-show" in visitor.get(f"/appointments/{early.id}").text
    assert do(visitor, early, "no-show") == 303
    assert state(town, early) is S.NO_SHOW
    assert do(visitor, early, "no-show") == 409, "once"
    shown = visitor.get(f"/appointments/{early.id}").text
    assert "爽约" in shown
    assert town.count(AppointmentEvent, AppointmentEvent.kind == "no_show") == 1
    assert town.count(AuditEntry, AuditEntry.action == "appointment.no_show") == 1
    assert town.count(Seat, Seat.state == SeatState.BOOKED) == 3, "nobody else can have the seat any more"
    planned = Push.scope == f"appointment:{early.id}", Push.state == PushState.PLANNED
    assert town.count(Push, *planned) == 0, "nothing of the visit is to come"
    assert do(visitor, early, "came") == 303
    assert state(town, early) is S.BOOKED


def test_a_check_in_is_taken_back_that_day_only(
    both: Stand, town: Town, visits: list[AppointmentView]
) -> None:
    visitor, (visit, *_) = desk(both, at(13, day=TOMORROW)), visits
    with town.db.read() as uow:
        before = uow.session.execute(select(Push.key, Push.state).order_by(Push.id)).all()
    assert do(visitor, visit, "came") == 409
    assert do(visitor, visit, "check-in") == 303
    assert do(visitor, visit, "came") == 303
    assert state(town, visit) is S.BOOKED
    assert "撤销报到" in visitor.get(f"/appointments/{visit.id}").text
    both.clock.advance(timedelta(seconds=1))
    assert do(visitor, visit, "check-in") == 303, "and in again"
    with town.db.read() as uow:
        after = uow.session.execute(select(Push.key, Push.state).order_by(Push.id)).all()
    assert after == before, "its reminders are as they were"
    both.clock.advance(timedelta(days=1))
    again = both.visitor()
    again.sign_in("9003")
    assert do(again, visit, "came") == 409


def test_all_of_a_clinic_that_is_over(both: Stand, town: Town, visits: list[AppointmentView]) -> None:
    with town.db.read() as uow:
        clinic = uow.session.scalars(select(Clinic.id)).one()
    visitor, path = desk(both), f"/clinics/{clinic}/no-shows"
    do(visitor, visits[0], "check-in")
    assert visitor.post(path, agreed="2").status_code == 409, "it is going on"
    both.clock.set(at(15, 0, TOMORROW))
    assert "还有 2 位没有报到" in visitor.get(f"/clinics/{clinic}").text
    assert visitor.post(path, agreed="3").status_code == 409, "not as many as were told"
    assert visitor.post(path, agreed="2").status_code == 303
    assert [state(town, visit) for visit in visits] == [S.CHECKED_IN, S.NO_SHOW, S.NO_SHOW]
    page = visitor.get(f"/clinics/{clinic}").text
    assert "没有报到" not in page
    assert "可约" not in page, "it is over"
    assert page.count(">爽约<span") == 2, "still to be found where they had their number"
    assert town.count(AuditEntry, AuditEntry.action == "appointment.no_show") == 2
    assert town.count(AppointmentEvent, AppointmentEvent.kind == "no_show") == 2


def test_who_has_booked_again_is_not_there_twice(
    both: Stand, town: Town, visits: list[AppointmentView]
) -> None:
    visitor, visit = desk(both, at(14, 30, TOMORROW)), visits[0]
    do(visitor, visit, "no-show")
    context = both.console.hospital.acting("staff:1")
    with town.db.write() as uow:  # a later slot of the same clinic
        mine, other = (
            uow.session.get_one(Appointment, visit.id),
            uow.session.get_one(Appointment, visits[2].id),
        )
        other.patient_id = mine.patient_id
    assert town.db.run(lambda uow: missed.came(uow, context, visit.id, 1)) == NotNow("again")
    assert do(visitor, visit, "came") == 409
