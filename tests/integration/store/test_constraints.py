"""The database itself refuses what may not be true, whatever a service believes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.store.db import Database
from bot.store.models import Account, Appointment, Guardianship, Handoff, PolicyRule, Seat, Slot
from tests.integration.store import people
from tests.integration.store.people import NOW, appointment


class Rows:
    """A clinic of one slot with three seats, two patients."""

    def __init__(self, db: Database) -> None:
        self.db = db
        (self.slot,) = people.clinic(db)
        self.patients = people.patients(db, 2)
        with db.read() as uow:
            self.seats = list(uow.session.scalars(select(Seat.id).order_by(Seat.number)))
            self.clinic = uow.session.scalars(select(Slot.clinic_id)).one()

    def book(self, seat: int, patient: int, key: str, state: str = "booked", **other: Any) -> None:
        row = appointment(self.seats[seat], self.slot, self.clinic, self.patients[patient], key, state)
        with self.db.write() as uow:
            uow.session.execute(insert(Appointment), [row | other])


@pytest.fixture
def rows(db: Database) -> Rows:
    return Rows(db)


def refused(db: Database, statement: str) -> None:
    with pytest.raises(IntegrityError), db.write() as uow:
        uow.session.execute(text(statement))


@pytest.mark.parametrize("first", ["held", "booked", "checked_in"])
def test_one_live_appointment_a_seat(rows: Rows, first: str) -> None:
    rows.book(0, 0, "a", first)
    with pytest.raises(IntegrityError):
        rows.book(0, 1, "b")


@pytest.mark.parametrize("first", ["cancelled", "expired", "no_show", "rebooked"])
def test_a_seat_given_back_can_be_sold_again(rows: Rows, first: str) -> None:
    rows.book(0, 0, "a", first)
    rows.book(0, 0, "b")


def test_one_live_appointment_a_patient_doctor_and_clinic(rows: Rows) -> None:
    rows.book(0, 0, "a")
    with pytest.raises(IntegrityError):
        rows.book(1, 0, "b", "held")
    rows.book(1, 1, "c")


def test_one_appointment_a_key_and_a_code(rows: Rows) -> None:
    rows.book(0, 0, "a", code="SAME")
    with pytest.raises(IntegrityError):
        rows.book(1, 1, "a")
    with pytest.raises(IntegrityError):
        rows.book(1, 1, "b", code="SAME")


def test_a_hold_has_an_end_and_only_a_hold(rows: Rows) -> None:
    with pytest.raises(IntegrityError):
        rows.book(0, 0, "a", "held", hold_expires_at=None)
    with pytest.raises(IntegrityError):
        rows.book(0, 0, "b", "booked", hold_expires_at=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seats SET state = 'sold'",
        "UPDATE seats SET state = 'FREE'",
        "UPDATE clinics SET state = 'maybe'",
        "UPDATE clinics SET fee_fen = -1",
        "UPDATE slots SET minutes = 31",
        "UPDATE slots SET minutes = 0",
        "UPDATE seats SET number = 1",
        "UPDATE seats SET slot_id = 999",
        "UPDATE patients SET name = NULL",
        "DELETE FROM doctors",
    ],
)
def test_what_may_not_be(rows: Rows, statement: str) -> None:
    refused(rows.db, statement)


def test_an_unknown_state_of_an_appointment(rows: Rows) -> None:
    rows.book(0, 0, "a")
    refused(rows.db, "UPDATE appointments SET state = 'sold'")


def test_a_naive_moment(rows: Rows) -> None:
    with pytest.raises(Exception, match="naive"), rows.db.write() as uow:
        uow.session.execute(update(Slot).values(starts_at=NOW.replace(tzinfo=None)))


def test_moments_come_back_aware_and_in_order(rows: Rows) -> None:
    with rows.db.write() as uow:
        uow.session.execute(update(Slot).values(starts_at=NOW + timedelta(microseconds=1)))
    with rows.db.read() as uow:
        assert uow.session.scalars(
            select(Slot.starts_at).where(Slot.starts_at > NOW)
        ).one() == NOW + timedelta(microseconds=1)
        assert uow.session.scalars(select(Slot.starts_at)).one().tzinfo is not None


def test_one_account_a_person_and_app(db: Database) -> None:
    people.account(db)
    with pytest.raises(IntegrityError):
        people.account(db)


def test_a_patient_is_linked_once_at_a_time(rows: Rows) -> None:
    account = people.account(rows.db)
    link = {"account_id": account, "patient_id": rows.patients[0], "relation": "self", "created_at": NOW}
    with rows.db.write() as uow:
        uow.session.execute(insert(Guardianship), [link | {"ended_at": NOW}, link | {"ended_at": None}])
    with pytest.raises(IntegrityError), rows.db.write() as uow:
        uow.session.execute(insert(Guardianship), [link])


def test_one_open_handoff_an_account(db: Database) -> None:
    account = people.account(db)
    row = {"account_id": account, "opened_at": NOW}
    with db.write() as uow:
        uow.session.execute(insert(Handoff), [row | {"key": "a", "state": "closed"}, row | {"key": "b"}])
    with pytest.raises(IntegrityError), db.write() as uow:
        uow.session.execute(insert(Handoff), [row | {"key": "c"}])


def test_a_rule_is_for_somebody(db: Database) -> None:
    rule = {"name": "booking_window_days", "value": 7, "effective_from": NOW.date()}
    with pytest.raises(IntegrityError), db.write() as uow:
        uow.session.execute(insert(PolicyRule), [rule | {"scope": "everybody"}])


def test_accounts_need_a_moment(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as uow:
        uow.session.execute(insert(Account), [{"channel": "wechat", "app_id": "g", "openid": "o"}])
