"""Reading 就诊人: decrypted for a moment, masked at once (R15)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from bot.domain.identity import age_on
from bot.domain.masking import mask_id_number, mask_name, mask_phone
from bot.domain.views import PatientView, Relation, Sex
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.keys import KeyRing
from bot.store.models import Account, Guardianship, Patient

P, G, A = table(Patient), table(Guardianship), table(Account)
PATIENT = (
    P.c.id.label("patient_id"),
    P.c.name.label("patient_name"),
    P.c.id_number.label("patient_id_number"),
    P.c.phone.label("patient_phone"),
    P.c.phone_index.label("patient_phone_index"),
    P.c.sex.label("patient_sex"),
    P.c.birth_date.label("patient_birth"),
    P.c.deceased_at.label("patient_deceased_at"),
)
_LINK = (G.c.patient_id == P.c.id) & (G.c.account_id == bindparam("account")) & G.c.ended_at.is_(None)
_LINKED = select(*PATIENT, G.c.relation).join_from(P, G, _LINK)
_OF_ACCOUNT = _LINKED.order_by((G.c.relation == Relation.SELF.value).desc(), G.c.id)
_ONE = _LINKED.where(P.c.id == bindparam("patient"))
_ANY = select(*PATIENT).where(P.c.id == bindparam("patient"), P.c.merged_into.is_(None))
SURVIVOR = func.coalesce(P.c.merged_into, P.c.id)
"""Whose the rows of a record are now."""
_SURVIVOR = select(SURVIVOR).where(P.c.id == bindparam("patient"))
_ONE_LOCKED = (
    select(*PATIENT, G.c.relation)
    .join_from(P, G, _LINK)
    .join(A, A.c.id == G.c.account_id)
    .where(P.c.id == bindparam("patient"))
    .with_for_update(of=[P, A], key_share=True)
)
_ANY_LOCKED = _ANY.with_for_update(of=P, key_share=True)


def _with_phone_lock(statement: Select[Any]) -> Select[Any]:
    """Two accounts booking under one phone number at once wait for each other (R2)."""
    digest = func.hashtextextended(func.encode(P.c.phone_index, "hex"), 0)
    return statement.add_columns(func.pg_advisory_xact_lock(digest).label("phone_lock"))


_ONE_LOCKED_PG, _ANY_LOCKED_PG = _with_phone_lock(_ONE_LOCKED), _with_phone_lock(_ANY_LOCKED)


def patient_row(uow: UnitOfWork, account_id: int | None, patient_id: str) -> Record | None:
    """The patient, if the account looks after them; staff (no account) see everybody.

    A record that was merged into another is nobody's: it has no rows, and is on no list."""
    statement = _ANY if account_id is None else _ONE
    parameters = {"account": account_id, "patient": patient_id}
    return uow.execute(statement, parameters).first()


def survivor_id(uow: UnitOfWork, patient_id: str) -> str:
    """Who the record was merged into; the patient themselves, if into nobody."""
    found: str | None = uow.execute(_SURVIVOR, {"patient": patient_id}).scalar()
    return found or patient_id


def lock_patient(uow: UnitOfWork, account_id: int | None, patient_id: str) -> Record | None:
    """Like `patient_row`, and nobody else counts for this patient, account or phone until we are done.

    On SQLite the transaction itself is alone already (BEGIN IMMEDIATE).
    """
    if uow.dialect == "sqlite":
        return patient_row(uow, account_id, patient_id)
    statement = _ANY_LOCKED_PG if account_id is None else _ONE_LOCKED_PG
    parameters = {"account": account_id, "patient": patient_id}
    return uow.execute(statement, parameters).first()


def patients_of(uow: UnitOfWork, account_id: int, today: date) -> tuple[PatientView, ...]:
    """The account's patients, 本人 first."""
    rows: Sequence[Record] = uow.execute(_OF_ACCOUNT, {"account": account_id}).fetchall()
    return tuple(patient_view(row, uow.keys, today) for row in rows)


def patient_view(row: Record, keys: KeyRing, today: date) -> PatientView:
    """``row`` has the columns `PATIENT`, and ``relation`` where an account looks after the patient."""
    birth: date | None = row.patient_birth
    return PatientView(
        id=row.patient_id,
        masked_name=mask_name(plain(keys, "name", row.patient_id, row.patient_name)),
        masked_id_number=mask_id_number(plain(keys, "id_number", row.patient_id, row.patient_id_number)),
        masked_phone=mask_phone(plain(keys, "phone", row.patient_id, row.patient_phone)),
        relation=Relation(getattr(row, "relation", None) or Relation.OTHER),
        sex=Sex(row.patient_sex),
        birth_date=birth,
        age=None if birth is None else age_on(today, birth),
    )


def aad(column: str, patient_id: str, owner: str = "patients") -> str:
    """Where an encrypted value belongs; moved elsewhere it does not decrypt."""
    return f"{owner}.{column}:{patient_id}"


def plain(keys: KeyRing, column: str, patient_id: str, blob: bytes) -> str:
    return keys.decrypt(blob, aad(column, patient_id)).decode()


def sealed(keys: KeyRing, column: str, patient_id: str, value: str, owner: str = "patients") -> bytes:
    return keys.encrypt(value.encode(), aad(column, patient_id, owner))
