"""Under which numbers somebody can be called: the record's, the registered one, a guardian's, the relatives'."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from zlib import crc32

from sqlalchemy import Select, select, update

from bot.domain.contacts import DEAD_NUMBERS
from bot.domain.identity import normalise_phone, valid_phone
from bot.domain.masking import mask_phone
from bot.domain.views import Relation
from bot.services.context import Context, audit
from bot.services.followup.discharges import D, F, sealed, unsealed
from bot.services.followup.rows import LANDLINE
from bot.services.people import G, P, aad, plain
from bot.services.tables import table
from bot.store.care_models import Contact
from bot.store.db import UnitOfWork
from bot.store.models import LegalGuardian

C, L = table(Contact), table(LegalGuardian)


@dataclass(frozen=True, slots=True)
class Number:
    """One of them, in the order in which they are tried."""

    whose: str
    """`bot.domain.contacts.WHOSE`"""
    digits: str = field(repr=False)
    index: bytes = field(repr=False)
    dead: bool
    """Dialled before, and of no use."""

    @property
    def masked(self) -> str:
        return mask_phone(self.digits)


class Correction(Enum):
    """What became of a corrected number."""

    DONE = auto()
    NO_NUMBER = auto()
    STALE = auto()
    """Somebody else corrected it meanwhile."""


def numbers_of(
    uow: UnitOfWork, discharge_id: str, phone: bytes, patient_id: str | None
) -> tuple[Number, ...]:
    """``phone``: the discharge's, as it is kept."""
    dead = _dead(uow, discharge_id)
    found: dict[bytes, Number] = {}
    told = unsealed(uow.keys, "phone", discharge_id, phone)
    for whose, digits in (*(("record", part) for part in told.split("、") if part), *_known(uow, patient_id)):
        index = uow.keys.index("patients.phone", digits)
        found.setdefault(index, Number(whose, digits, index, index in dead))
    return tuple(found.values())


def of_step(uow: UnitOfWork, followup_id: int) -> tuple[Number, ...]:
    """Those of the stay that a step belongs to."""
    query = select(D.c.id, D.c.phone, D.c.patient_id).join_from(F, D, D.c.id == F.c.discharge_id)
    row = uow.connection.execute(query.where(F.c.id == followup_id)).first()
    return () if row is None else numbers_of(uow, row.id, row.phone, row.patient_id)


def first_of_use(numbers: Sequence[Number]) -> Number | None:
    return next((number for number in numbers if not number.dead), None)


def version(uow: UnitOfWork, followup_id: int) -> int:
    """Of the record's number: what it is kept as changes with every correction."""
    mine = _KEPT.join_from(D, F, F.c.discharge_id == D.c.id).where(F.c.id == followup_id)
    return _version(uow.connection.execute(mine).scalar_one())


def correct_number(
    uow: UnitOfWork, context: Context, discharge_id: str, phone: str, seen: int | None = None
) -> Correction:
    """The record's number was wrong.  Who was lost for it may be called again.  ``seen``: its `version` then; None:
    whatever it is."""
    digits = normalise_phone(phone)
    if not (valid_phone(digits) or LANDLINE.fullmatch(digits)):
        return Correction.NO_NUMBER
    kept: bytes = uow.connection.execute(_KEPT.where(D.c.id == discharge_id)).scalar_one()
    if unsealed(uow.keys, "phone", discharge_id, kept) == digits:
        return Correction.DONE  # the second press, or a colleague heard the same
    if seen is not None and seen != _version(kept):
        return Correction.STALE
    values = {"phone": sealed(uow.keys, "phone", discharge_id, digits), "changed_at": context.now}
    as_seen = update(D).where(D.c.id == discharge_id, D.c.phone == kept)
    if not uow.connection.execute(as_seen.values(values)).rowcount:
        return Correction.STALE
    audit(uow, context, "discharge.phone_corrected", f"discharge:{discharge_id}")
    return Correction.DONE


_KEPT = select(D.c.phone)


def _version(kept: bytes) -> int:
    return crc32(kept) % 10**9


def _dead(uow: UnitOfWork, discharge_id: str) -> frozenset[bytes]:
    query = (
        select(C.c.dialled)
        .join_from(C, F, F.c.id == C.c.followup_id)
        .where(F.c.discharge_id == discharge_id, C.c.outcome.in_(DEAD_NUMBERS), C.c.dialled.is_not(None))
    )
    return frozenset(row.dialled for row in uow.connection.execute(query))


def _known(uow: UnitOfWork, patient_id: str | None) -> Iterator[tuple[str, str]]:
    """What a registration told."""
    if patient_id is None:
        return
    for row in uow.connection.execute(select(P.c.id, P.c.phone).where(P.c.id == patient_id)):
        yield "registered", plain(uow.keys, "phone", row.id, row.phone)
    for row in uow.connection.execute(select(L.c.phone).where(L.c.patient_id == patient_id)):
        blob = uow.keys.decrypt(row.phone, aad("phone", patient_id, "legal_guardians"))
        yield "guardian", blob.decode()
    for row in uow.connection.execute(_relatives(patient_id)):
        yield "relative", plain(uow.keys, "phone", row.id, row.phone)


def _relatives(patient_id: str) -> Select[Any]:
    """Whoever looks after the patient from an account of their own."""
    own = G.alias("own")
    return (
        select(P.c.id, P.c.phone)
        .join_from(G, own, own.c.account_id == G.c.account_id)
        .join(P, P.c.id == own.c.patient_id)
        .where(G.c.patient_id == patient_id, G.c.ended_at.is_(None), own.c.ended_at.is_(None))
        .where(own.c.relation == Relation.SELF, own.c.patient_id != patient_id, P.c.deceased_at.is_(None))
        .order_by(own.c.id)
    )
