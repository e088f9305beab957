"""建档: once per identity, consent first, linked only for who knows name and phone (R6, R14, R15)."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from bot.domain.commands import Guardian, UnlinkPatient
from bot.domain.outcomes import (
    IdentityConflict,
    InvalidField,
    LimitReached,
    NotYours,
    Refused,
    Registered,
)
from bot.domain.views import Relation, Sex
from bot.store.models import AuditEntry, Consent, Guardianship, LegalGuardian, Patient
from tests.integration.services.town import TODAY, Town, id_number, phone_number, registration


def test_a_new_patient_is_shown_masked(town: Town) -> None:
    account = town.account()
    outcome = town.hospital.execute(registration(1), account)
    assert isinstance(outcome, Registered)
    patient = outcome.patient
    assert not outcome.linked
    assert (patient.masked_name, patient.masked_phone) == ("王*明", "138****0001")
    assert patient.masked_id_number == id_number(1)[:4] + "*" * 10 + id_number(1)[-4:]
    assert (patient.sex, patient.birth_date, patient.age) == (Sex.MALE, date(1990, 3, 7), 36)
    with town.hospital.world(account) as world:
        assert world.patients() == (patient,)


def test_nothing_personal_lies_readable_in_the_database(town: Town) -> None:
    town.register(town.account())
    with town.db.read() as uow:
        row = uow.session.scalars(select(Patient)).one()
        for blob in (
            row.name,
            row.id_number,
            row.phone,
            row.name_index,
            row.id_number_index,
            row.phone_index,
        ):
            for secret in ("王小明", id_number(1), phone_number(1)):
                assert secret.encode() not in blob
        assert uow.keys.decrypt(row.phone, f"patients.phone:{row.id}").decode() == phone_number(1)


def test_consents_are_recorded_with_version_and_message(town: Town) -> None:
    account = town.account()
    patient = town.register(account, key="msg-7")
    with town.db.read() as uow:
        rows = uow.session.scalars(select(Consent).order_by(Consent.kind)).all()
        assert [(r.kind, r.evidence, r.patient_id, r.account_id) for r in rows] == [
            ("health_data", "msg-7", patient.id, account.id),
            ("privacy", "msg-7", patient.id, account.id),
        ]
        assert all(r.text_version and r.given_at == town.clock.now() for r in rows)
    with town.hospital.world(account) as world:
        assert world.consented("privacy")
        assert not world.consented("marketing")


def test_without_consent_nobody_is_registered(town: Town) -> None:
    account = town.account()
    for consents in ((), ("privacy",)):
        outcome = town.hospital.execute(replace(registration(), consents=consents), account)
        assert outcome == Refused(InvalidField("consents"))
    assert town.count(Patient) == 0


def test_consent_once_given_counts_for_the_next_patient(town: Town) -> None:
    account = town.account()
    town.register(account, 1)
    outcome = town.hospital.execute(replace(registration(2), consents=()), account)
    assert isinstance(outcome, Registered)


def test_the_same_key_registers_once_and_answers_alike(town: Town) -> None:
    account = town.account()
    first = town.hospital.execute(registration(), account)
    assert town.hospital.execute(registration(), account) == first
    assert town.count(Patient) == town.count(Guardianship) == 1
    assert town.count(Consent) == 2


def test_a_known_person_is_linked_for_who_knows_them(town: Town) -> None:
    father, daughter = town.account("o-1"), town.account("o-2")
    patient = town.register(father)
    command = replace(registration(key="other"), relation=Relation.PARENT)
    outcome = town.hospital.execute(command, daughter)
    assert isinstance(outcome, Registered)
    assert outcome.linked
    assert outcome.patient == replace(patient, relation=Relation.PARENT)
    assert town.hospital.execute(command, daughter) == outcome
    assert town.count(Patient) == 1


def test_who_does_not_know_name_and_phone_learns_nothing(town: Town) -> None:
    town.register(town.account("o-1"))
    stranger = town.account("o-2")
    for guess in (
        replace(registration(), phone=phone_number(2)),
        replace(registration(), name="王大明"),
    ):
        assert town.hospital.execute(guess, stranger) == Refused(IdentityConflict())
    with town.hospital.world(stranger) as world:
        assert world.patients() == ()


def test_numbers_are_compared_as_numbers_not_as_typed(town: Town) -> None:
    town.register(town.account("o-1"))
    spaced = replace(
        registration(key="k2"),
        id_number=f" {id_number(1)[:6]} {id_number(1)[6:]}",
        phone=f"+86 {phone_number(1)}",
        name="王 小明",
    )
    outcome = town.hospital.execute(spaced, town.account("o-2"))
    assert isinstance(outcome, Registered)
    assert outcome.linked


def test_five_patients_are_enough(town: Town) -> None:
    account = town.account()
    for number in range(1, 6):
        town.register(account, number, relation=Relation.OTHER)
    outcome = town.hospital.execute(registration(6), account)
    assert outcome == Refused(LimitReached("patients_per_account", 5))
    assert isinstance(town.hospital.execute(registration(5), account), Registered), "already on the list"
    with town.hospital.world(account) as world:
        town.hospital.execute(UnlinkPatient("u", world.patients()[0].id), account)
    assert isinstance(town.hospital.execute(registration(6), account), Registered)


def test_a_child_comes_with_a_guardian(town: Town) -> None:
    account = town.account()
    child = replace(registration(), relation=Relation.CHILD, id_number=id_number(1, "20200101"))
    assert town.hospital.execute(child, account) == Refused(InvalidField("guardian"))
    guardian = Guardian("王建军", id_number(9, "19800101"), phone_number(9))
    outcome = town.hospital.execute(replace(child, guardian=guardian), account)
    assert isinstance(outcome, Registered)
    assert outcome.patient.age == 6
    with town.db.read() as uow:
        row = uow.session.scalars(select(LegalGuardian)).one()
        aad = f"legal_guardians.name:{outcome.patient.id}"
        assert uow.keys.decrypt(row.name, aad).decode() == "王建军"


def test_another_document_needs_sex_and_birth(town: Town) -> None:
    account = town.account()
    command = replace(registration(), id_kind="passport", id_number="E12345678", name="John Smith")
    assert town.hospital.execute(command, account) == Refused(InvalidField("birth_date"))
    outcome = town.hospital.execute(replace(command, sex=Sex.MALE, birth_date=date(1985, 5, 1)), account)
    assert isinstance(outcome, Registered)
    assert outcome.patient.masked_id_number == "E1*****78"


def test_the_service_checks_again_what_dialogs_checked(town: Town) -> None:
    account = town.account()
    wrong = id_number(1)[:-1] + ("0" if id_number(1)[-1] != "0" else "1")
    outcome = town.hospital.execute(replace(registration(), id_number=wrong), account)
    assert outcome == Refused(InvalidField("id_number"))


def test_the_audit_knows_who_but_not_what(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    with town.db.read() as uow:
        entry = uow.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject) == ("patient.registered", f"patient:{patient.id}")
        assert entry.actor == f"account:{account.id}"
        assert id_number(1) not in str(entry.detail)


def test_staff_have_no_list_to_register_on(town: Town) -> None:
    assert town.hospital.execute(registration(), None, actor="staff:1") == Refused(NotYours())


def test_self_is_listed_first(town: Town) -> None:
    account = town.account()
    town.register(account, 1, relation=Relation.PARENT)
    town.register(account, 2, relation=Relation.SELF)
    with town.hospital.world(account) as world:
        assert [p.relation for p in world.patients()] == [Relation.SELF, Relation.PARENT]
        assert world.now.date() == TODAY
