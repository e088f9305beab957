"""Corrections are counted but never told (R14, R21); a patient taken off the list remains a patient."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.commands import CorrectPatient, UnlinkPatient
from bot.domain.outcomes import Corrected, InvalidField, NotYours, Refused, Registered, Unlinked
from bot.store.models import AuditEntry, Correction, Patient
from tests.integration.services.town import Town, phone_number, registration


def test_a_phone_is_corrected_and_found_under_the_new_number(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    outcome = town.hospital.execute(CorrectPatient("k", patient.id, "phone", "139 0000 0001"), account)
    assert outcome == Corrected(replace(patient, masked_phone="139****0001"), "phone")
    with town.db.read() as uow:
        row = uow.session.scalars(select(Patient)).one()
        assert row.phone_index == uow.keys.index("patients.phone", "13900000001")
    known = replace(registration(key="k2"), phone="13900000001")
    assert isinstance(town.hospital.execute(known, town.account("o-2")), Registered)


def test_a_name_is_corrected(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    outcome = town.hospital.execute(CorrectPatient("k", patient.id, "name", "王晓萌萌"), account)
    assert outcome == Corrected(replace(patient, masked_name="王**萌"), "name")


def test_the_log_says_which_field_never_what(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    town.hospital.execute(CorrectPatient("k", patient.id, "phone", phone_number(7)), account)
    with town.db.read() as uow:
        row = uow.session.scalars(select(Correction)).one()
        assert (row.key, row.field, row.patient_id) == ("k", "phone", patient.id)
        assert row.actor == f"account:{account.id}"
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "patient.corrected")).one()
        assert entry.detail == {"field": "phone"}


def test_the_same_key_corrects_once(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    command = CorrectPatient("k", patient.id, "phone", phone_number(7))
    first = town.hospital.execute(command, account)
    assert town.hospital.execute(command, account) == first
    assert town.count(Correction) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "12345"), ("name", "1"), ("id_number", "x"), ("", "")]
)
def test_what_cannot_be_is_refused(town: Town, field: str, value: str) -> None:
    account = town.account()
    patient = town.register(account)
    outcome = town.hospital.execute(CorrectPatient("k", patient.id, field, value), account)
    assert outcome == Refused(InvalidField(field))


def test_strangers_correct_and_unlink_nothing(town: Town) -> None:
    patient = town.register(town.account("o-1"))
    stranger = town.account("o-2")
    for command in (
        CorrectPatient("k", patient.id, "phone", phone_number(7)),
        UnlinkPatient("u", patient.id),
    ):
        assert town.hospital.execute(command, stranger) == Refused(NotYours())


def test_unlinked_is_off_the_list_and_unlinking_again_says_the_same(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    booked = town.book(account, town.clinic()[0], patient)
    command = UnlinkPatient("u", patient.id)
    assert town.hospital.execute(command, account) == Unlinked("王*明")
    assert town.hospital.execute(command, account) == Unlinked("王*明")
    with town.hospital.world(account) as world:
        assert world.patients() == ()
        assert world.appointment(booked.id) is None
    assert town.count(Patient) == 1
    assert town.consistent()


def test_who_comes_back_finds_everything_again(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    booked = town.book(account, town.clinic()[0], patient)
    town.hospital.execute(UnlinkPatient("u", patient.id), account)
    outcome = town.hospital.execute(registration(key="again"), account)
    assert outcome == Registered(patient, linked=True)
    with town.hospital.world(account) as world:
        assert world.appointments() == (booked,)
