"""建档: a 就诊人 is registered once (实名制) and linked to the accounts that look after them (R6, R14)."""

from uuid import uuid4

from sqlalchemy import bindparam, func, insert, select

from bot.domain.commands import RegisterPatient
from bot.domain.identity import Identity, normalise_id_number, normalise_name, normalise_phone, same_name
from bot.domain.outcomes import (
    IdentityConflict,
    InvalidField,
    LimitReached,
    NotYours,
    Outcome,
    Refused,
    Registered,
)
from bot.domain.registration import REQUIRED_CONSENTS, check
from bot.services.consents import give, live_consents
from bot.services.context import Context, audit
from bot.services.followup.linking import link_patient
from bot.services.people import PATIENT, A, G, P, patient_row, patient_view, plain, sealed
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import LegalGuardian

_LOCK_ACCOUNT = select(A.c.id).where(A.c.id == bindparam("account")).with_for_update(key_share=True)
_KNOWN = select(*PATIENT, P.c.merged_into).where(
    P.c.id_kind == bindparam("kind"), P.c.id_number_index == bindparam("number")
)
_LINKS = select(G.c.patient_id, G.c.id).where(G.c.account_id == bindparam("account"), G.c.ended_at.is_(None))

_FIRST = select(func.min(G.c.id)).where(G.c.patient_id == bindparam("patient"))


def register(command: RegisterPatient, uow: UnitOfWork, context: Context) -> Outcome:
    """Idempotent by nature: whoever is on the account's list already is simply given back."""
    if context.account_id is None:
        return Refused(NotYours())
    policy = context.directory.policy(context.today)
    person = check(command, context.today, policy.guardian_under_years)
    if isinstance(person, InvalidField):
        return Refused(person)
    connection, account = uow.connection, {"account": context.account_id}
    connection.execute(_LOCK_ACCOUNT, account)
    if set(REQUIRED_CONSENTS) - set(command.consents) - live_consents(uow, context.account_id):
        return Refused(InvalidField("consents"))
    number = number_index(uow, person)
    known = connection.execute(_KNOWN, {"kind": person.kind, "number": number}).first()
    same = () if known is None else _same_person(uow, known)
    if known is not None and not any(_agrees(each, command, uow) for each in same):
        audit(uow, context, "patient.conflict", f"patient:{known.patient_id}")
        return Refused(IdentityConflict())
    known = same[-1] if same else None
    links = {row.patient_id: row.id for row in connection.execute(_LINKS, account)}
    if known is not None and known.patient_id in links:
        made_by_us = links[known.patient_id] == _first_link(uow, known.patient_id)
        return _registered(uow, context, known.patient_id, linked=not made_by_us)
    if policy.patients_per_account and len(links) >= policy.patients_per_account:
        return Refused(LimitReached("patients_per_account", policy.patients_per_account))
    patient_id = insert_patient(command, person, number, uow, context) if known is None else known.patient_id
    _link(command, uow, context, patient_id)
    link_patient(uow, context, patient_id, number, command.name)
    return _registered(uow, context, patient_id, linked=known is not None)


def number_index(uow: UnitOfWork, person: Identity) -> bytes:
    """The blind index by which a document is found again."""
    return uow.keys.index("patients.id_number", f"{person.kind}:{person.number}")


def _same_person(uow: UnitOfWork, known: Record) -> tuple[Record, ...]:
    """The record of the document, and the one it was merged into: who knows either of them is the person."""
    if known.merged_into is None:
        return (known,)
    survivor = patient_row(uow, None, known.merged_into)
    assert survivor is not None  # who survives is merged into nobody
    return (known, survivor)


def _agrees(known: Record, command: RegisterPatient, uow: UnitOfWork) -> bool:
    """Only who knows name and phone as well is linked; what does not agree is never told."""
    name = plain(uow.keys, "name", known.patient_id, known.patient_name)
    phone = plain(uow.keys, "phone", known.patient_id, known.patient_phone)
    return same_name(name, command.name) and phone == normalise_phone(command.phone)


def _first_link(uow: UnitOfWork, patient_id: str) -> int | None:
    """The link that came with the patient's registration."""
    return uow.connection.execute(_FIRST, {"patient": patient_id}).scalar()


def insert_patient(
    command: RegisterPatient, person: Identity, number: bytes, uow: UnitOfWork, context: Context
) -> str:
    patient_id, keys = uuid4().hex, uow.keys
    name, phone = normalise_name(command.name), normalise_phone(command.phone)
    row = {
        "id": patient_id,
        "name": sealed(keys, "name", patient_id, name),
        "name_index": keys.index("patients.name", name),
        "id_kind": person.kind,
        "id_number": sealed(keys, "id_number", patient_id, person.number),
        "id_number_index": number,
        "phone": sealed(keys, "phone", patient_id, phone),
        "phone_index": keys.index("patients.phone", phone),
        "sex": person.sex,
        "birth_date": person.birth_date,
        "created_at": context.now,
    }
    uow.connection.execute(insert(P).inline(), row)
    _insert_guardian(command, patient_id, uow, context)
    return patient_id


def _insert_guardian(command: RegisterPatient, patient_id: str, uow: UnitOfWork, context: Context) -> None:
    guardian = command.guardian
    if guardian is None:
        return
    values = {"name": normalise_name(guardian.name), "phone": normalise_phone(guardian.phone)}
    values["id_number"] = normalise_id_number(guardian.id_number)
    hidden = {
        column: sealed(uow.keys, column, patient_id, value, "legal_guardians")
        for column, value in values.items()
    }
    row = {"patient_id": patient_id, "created_at": context.now, **hidden}
    uow.connection.execute(insert(table(LegalGuardian)).inline(), row)


def _link(command: RegisterPatient, uow: UnitOfWork, context: Context, patient_id: str) -> None:
    row = {
        "account_id": context.account_id,
        "patient_id": patient_id,
        "relation": command.relation.value,
        "created_at": context.now,
    }
    uow.connection.execute(insert(G).inline(), row)
    give(uow, context, command.consents, patient_id=patient_id, evidence=command.key)
    audit(uow, context, "patient.registered", f"patient:{patient_id}", key=command.key)


def _registered(uow: UnitOfWork, context: Context, patient_id: str, *, linked: bool) -> Registered:
    row = patient_row(uow, context.account_id, patient_id)
    assert row is not None  # linked in this very transaction
    return Registered(patient_view(row, uow.keys, context.today), linked)
