"""What a patient may answer: the kept seat, another slot, no visit; each once, whatever else happens."""

from datetime import timedelta

from sqlalchemy import update

from bot.domain.commands import AcceptOffer, Change, ChooseOther, GiveUp
from bot.domain.outcomes import (
    AlreadyBooked,
    CaseClosed,
    Changed,
    GivenUp,
    NotYours,
    OfferGone,
    Rebooked,
    Refused,
    Taken,
)
from bot.domain.states import AppointmentState, PhoneTaskState, PushState, SeatState
from bot.domain.suspension import CaseState
from bot.services.phone_tasks import open_task
from bot.store.models import Appointment, AppointmentEvent, Seat
from bot.store.push_models import PhoneTask
from tests.integration.suspension.ward import DAY, TOMORROW, Ward


def test_one_tap_takes_the_kept_seat(ward: Ward) -> None:
    first, _ = ward.standard()
    started = ward.start()
    case = ward.cases()[0]
    outcome = ward.answer(AcceptOffer("k", case.id, case.offers), ward.accounts[0])
    assert isinstance(outcome, Rebooked)
    assert (outcome.appointment.day, outcome.appointment.doctor.name) == (TOMORROW + DAY, "王建国")
    assert outcome.before.id == first.id
    assert ward.visit(first.id) is AppointmentState.REBOOKED
    assert ward.visit(outcome.appointment.id) is AppointmentState.BOOKED
    assert ward.states() == [CaseState.REBOOKED, CaseState.OFFERED]
    assert ward.cases()[0].new_appointment_id == outcome.appointment.id
    assert ward.pushes("booked") == 1, "the new visit is told as any other"
    assert ward.pushes() == 1, "nothing more is said of the old one"
    assert ward.sound()
    assert ward.balanced(started.suspension_id)


def test_the_same_key_answers_once(ward: Ward) -> None:
    ward.standard()
    ward.start()
    case = ward.cases()[0]
    command = AcceptOffer("k", case.id, case.offers)
    first = ward.answer(command, ward.accounts[0])
    assert ward.answer(command, ward.accounts[0]) == first
    assert ward.town.count(Appointment) == 3
    give_up = GiveUp("g", ward.cases()[1].id)
    gone = ward.answer(give_up, ward.accounts[1])
    assert ward.answer(give_up, ward.accounts[1]) == gone
    assert ward.town.count(AppointmentEvent, AppointmentEvent.kind == "given_up") == 1


def test_another_key_after_the_answer_is_told_so(ward: Ward) -> None:
    ward.standard()
    ward.start()
    case = ward.cases()[0]
    ward.answer(GiveUp("g", case.id), ward.accounts[0])
    assert ward.answer(AcceptOffer("k", case.id, 1), ward.accounts[0]) == CaseClosed(case.id)


def test_giving_up_marks_the_fee_for_refund_whatever_the_time(ward: Ward) -> None:
    """R17's deadline is not the patient's to keep: the hospital could not."""
    first, _ = ward.standard()
    ward.start()
    ward.town.clock.set(first.starts_at - timedelta(minutes=5))
    outcome = ward.answer(GiveUp("g", ward.cases()[0].id), ward.accounts[0])
    assert isinstance(outcome, GivenUp)
    assert outcome.refund_fen == 5000
    assert ward.visit(first.id) is AppointmentState.REFUNDED
    assert ward.town.count(AppointmentEvent, AppointmentEvent.refund_fen == 5000) == 1
    assert ward.states()[0] is CaseState.REFUNDED
    assert ward.held() == 1, "the kept seat goes back"
    assert ward.sound()


def test_giving_up_a_free_visit_is_declined(ward: Ward) -> None:
    visit = ward.booked(ward.town.clinic(fee=0)[0])[0]
    ward.start()
    ward.answer(GiveUp("g", ward.cases()[0].id), ward.accounts[0])
    assert ward.states() == [CaseState.DECLINED]
    assert ward.visit(visit.id) is AppointmentState.DECLINED


def test_another_slot_gives_the_kept_seat_back(ward: Ward) -> None:
    ward.standard()
    slots = ward.town.clinic("王海燕", day=TOMORROW + 3 * DAY)
    ward.start()
    outcome = ward.answer(ChooseOther("k", ward.cases()[0].id, slots[0]), ward.accounts[0])
    assert isinstance(outcome, Rebooked)
    assert outcome.appointment.slot_id == slots[0]
    assert ward.held() == 1
    assert ward.cases()[0].outcome == "other"
    assert ward.sound()


def test_choosing_the_very_slot_of_the_kept_seat_takes_that_seat(ward: Ward) -> None:
    """It may be the last one there."""
    ward.standard()
    ward.start()
    offer = ward.view(ward.accounts[0], ward.cases()[0].id).offer
    assert offer is not None
    with ward.town.db.write() as uow:
        uow.session.execute(
            update(Seat).where(Seat.slot_id == offer.slot_id, Seat.state == "free").values(state="locked")
        )
    outcome = ward.answer(ChooseOther("k", ward.cases()[0].id, offer.slot_id), ward.accounts[0])
    assert isinstance(outcome, Rebooked)
    assert outcome.appointment.number == offer.number
    assert ward.sound()


def test_a_slot_that_is_gone_is_told_and_nothing_is_lost(ward: Ward) -> None:
    ward.standard()
    slots = ward.town.clinic("王海燕", day=TOMORROW + 3 * DAY)
    ward.start()
    ward.town.sell_out(slots[0])
    assert isinstance(ward.answer(ChooseOther("k", ward.cases()[0].id, slots[0]), ward.accounts[0]), Taken)
    assert ward.states() == [CaseState.OFFERED] * 2
    assert ward.held() == 2


def test_an_expired_offer_is_told_and_replaced(ward: Ward) -> None:
    ward.town.rule("suspension_offer_minutes", 60)
    ward.standard()
    ward.start()
    case = ward.cases()[0]
    ward.town.clock.advance(timedelta(minutes=61))
    assert ward.answer(AcceptOffer("k", case.id, 1), ward.accounts[0]) == OfferGone(case.id)
    again = ward.view(ward.accounts[0], case.id)
    assert again.offer is not None
    assert again.offers == 2
    assert ward.answer(AcceptOffer("k", case.id, 1), ward.accounts[0]) == OfferGone(case.id), (
        "a tap on the old one"
    )
    assert ward.cases()[0].offers == 2, "a retry keeps no third seat"
    assert isinstance(ward.answer(AcceptOffer("k2", case.id, 2), ward.accounts[0]), Rebooked)
    ward.saga.work()
    assert ward.sound()


def test_an_unanswered_offer_goes_back_to_the_pool(ward: Ward) -> None:
    ward.town.rule("suspension_offer_minutes", 60)
    ward.booked(ward.town.clinic()[0])
    slot = ward.town.clinic(day=TOMORROW + DAY)[0]
    ward.start()
    assert ward.town.seats(slot).count(SeatState.HELD) == 1
    ward.town.clock.advance(timedelta(minutes=61))
    ward.saga.work()
    assert ward.town.seats(slot).count(SeatState.COOLING) == 1
    assert ward.cases()[0].offer_seat_id is None
    ward.town.clock.advance(timedelta(minutes=31))
    ward.town.hospital.release_due()
    assert SeatState.COOLING not in ward.town.seats(slot)


def test_nobody_answers_for_somebody_else(ward: Ward) -> None:
    ward.standard()
    ward.start()
    stranger = ward.town.account("stranger")
    for command in (AcceptOffer("a", 1, 1), GiveUp("g", 1), ChooseOther("c", 1, 1)):
        assert ward.answer(command, stranger) == Refused(NotYours())
    assert ward.answer(GiveUp("n", 999), stranger) == Refused(NotYours())
    assert ward.states() == [CaseState.OFFERED] * 2


def test_a_rule_may_stand_against_the_kept_seat(ward: Ward) -> None:
    """They have moved another visit to that half-day in the meantime; the case stays open."""
    ward.standard()
    later = ward.town.clinic("王海燕", day=TOMORROW + 5 * DAY)
    visit = ward.town.book(ward.accounts[0], later[0], ward.patients[0])
    ward.start()
    other = ward.town.clinic("王海燕", day=TOMORROW + DAY)
    assert isinstance(ward.answer(Change("c", visit.id, other[0]), ward.accounts[0]), Changed)
    outcome = ward.answer(AcceptOffer("k", ward.cases()[0].id, 1), ward.accounts[0])
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, AlreadyBooked)
    assert ward.states()[0] is CaseState.OFFERED


def test_limits_do_not_stand_in_the_way(ward: Ward) -> None:
    """As with a change: it replaces a visit, it adds none (R2)."""
    ward.town.rule("per_account_open", 1)
    ward.town.rule("per_patient_open", 1)
    ward.standard()
    ward.start()
    assert isinstance(ward.answer(AcceptOffer("k", ward.cases()[0].id, 1), ward.accounts[0]), Rebooked)


def test_who_answers_before_their_turn_is_served_at_once(ward: Ward) -> None:
    ward.standard()
    ward.start(work=False)
    assert isinstance(ward.answer(GiveUp("g", 1), ward.accounts[0]), GivenUp)
    ward.saga.work()
    assert ward.states() == [CaseState.REFUNDED, CaseState.OFFERED]
    assert ward.sound()


def test_unanswered_is_reminded_then_called(ward: Ward) -> None:
    far = ward.town.clinic(day=TOMORROW + 6 * DAY)
    ward.town.clinic(day=TOMORROW + 8 * DAY)
    ward.booked(far[0])
    ward.start(ward.scope(first=TOMORROW + 6 * DAY))
    ward.town.clock.advance(timedelta(hours=4))
    ward.saga.work()
    assert ward.states() == [CaseState.REMINDED]
    assert ward.pushes("suspension_reminder") == 1
    assert ward.pushes() == 0, "the notice before it is void"
    ward.town.clock.advance(timedelta(hours=4))
    ward.saga.work()
    assert ward.states() == [CaseState.PHONE]
    assert ward.calls() == 1
    ward.town.clock.advance(timedelta(days=1))
    ward.saga.work()
    assert ward.calls() == 1
    assert ward.sound()


def test_a_near_visit_is_called_before_it_would_begin(ward: Ward) -> None:
    visit = ward.booked(ward.town.clinic()[0])[0]
    ward.start()
    ward.town.clock.set(visit.starts_at - timedelta(hours=1))
    ward.saga.work()
    assert ward.states() == [CaseState.PHONE]


def test_a_call_that_is_to_be_made_already_is_enough(ward: Ward) -> None:
    """The notice reached nobody: its ladder has ended in a call before."""
    visit = ward.booked(ward.town.clinic()[0])[0]
    ward.start()
    with ward.town.db.write() as uow:
        open_task(
            uow, key="suspension:case:1:1", kind="suspension", scope="case:1", patient_id=ward.patients[0].id,
            account_id=None, reason="no_road", due_at=uow.now,
        )  # fmt: skip
    ward.town.clock.set(visit.starts_at - timedelta(hours=1))
    ward.saga.work()
    assert ward.states() == [CaseState.PHONE]
    assert ward.calls() == 1


def test_an_answer_cancels_the_call(ward: Ward) -> None:
    visit = ward.booked(ward.town.clinic()[0])[0]
    ward.start()
    ward.town.clock.set(visit.starts_at - timedelta(hours=1))
    ward.saga.work()
    ward.answer(GiveUp("g", ward.cases()[0].id), ward.accounts[0])
    assert ward.town.count(PhoneTask, PhoneTask.state == PhoneTaskState.CANCELLED) == 1
    assert ward.pushes(state=PushState.PLANNED) == 0


def test_reached_by_phone_rebooks_for_the_patients_account(ward: Ward) -> None:
    ward.standard()
    started = ward.start()
    outcome = ward.saga.reached(ward.cases()[0].id, "accepted", actor="staff:0007")
    assert isinstance(outcome, Rebooked)
    assert ward.states()[0] is CaseState.REACHED
    with ward.town.db.read() as uow:
        new = uow.session.get_one(Appointment, outcome.appointment.id)
        assert new.account_id == ward.accounts[0].id
    assert isinstance(ward.saga.reached(ward.cases()[1].id, "gave_up", actor="staff:0007"), GivenUp)
    assert ward.states() == [CaseState.REACHED] * 2
    assert isinstance(ward.saga.reached(ward.cases()[1].id, "gave_up", actor="x", key="other"), CaseClosed)
    assert ward.balanced(started.suspension_id)
    assert ward.sound()
