"""The QR code at the bed: who scans it and knows the end of the identity number is linked to the stay's patient."""

import hmac

from sqlalchemy import bindparam, select

from bot.domain.commands import ClaimBed, RegisterPatient
from bot.domain.identity import normalise_id_number
from bot.domain.masking import mask_name
from bot.domain.outcomes import BedClaimed, BedRefused, Outcome, Refused, Registered
from bot.domain.registration import REQUIRED_CONSENTS
from bot.domain.views import BedView, Sex
from bot.services import bedside_codes as codes
from bot.services.context import Context, audit
from bot.services.followup.discharges import unsealed
from bot.services.followup.inviting import invite
from bot.services.people import PATIENT, SURVIVOR, G, P, plain
from bot.services.register import register
from bot.services.tables import Record
from bot.store.db import UnitOfWork

_TAIL = 4
_KNOWN = select(*PATIENT).where(P.c.id_kind == bindparam("kind"), P.c.id_number_index == bindparam("number"))
_LINKED = (
    select(G.c.id)
    .join_from(G, P, G.c.patient_id == SURVIVOR)
    .where(
        G.c.account_id == bindparam("account"), G.c.ended_at.is_(None), P.c.id_kind == bindparam("kind"),
        P.c.id_number_index == bindparam("number"),
    )
    .limit(1)
)  # fmt: skip


def bed(uow: UnitOfWork, context: Context, scene: str) -> BedView | None:
    """The stay behind a code that is still good."""
    row = codes.find(uow, scene)
    if row is None or codes.dead(row, context.now):
        return None
    name = unsealed(uow.keys, "name", row.id, row.name)
    return BedView(scene, mask_name(name), row.ward or row.department, linked=_linked(uow, context, row))


def claim(command: ClaimBed, uow: UnitOfWork, context: Context) -> Outcome:
    """`BedClaimed` or `BedRefused`; `Refused` where the stay's own data do not make a 就诊人 (no phone, a child without
    guardian, another name under the number) or the account's list is full.

    Consent to the use of health data was given before: without it the dialog does not ask the hospital.
    """
    row = codes.find(uow, command.scene, lock=True)
    why = "unknown" if row is None or context.account_id is None else codes.dead(row, context.now)
    if row is None or (why and row.last_key != command.key):
        return BedRefused(why)
    number = unsealed(uow.keys, "id_number", row.id, row.id_number)
    if not _ends_so(number, command.tail):
        left = codes.failed(uow, context, row, command.key)
        return BedRefused("wrong" if left else "locked", left)
    outcome = register(_registration(command, uow, row, number), uow, context)
    if not isinstance(outcome, Registered):
        return outcome if isinstance(outcome, Refused) else BedRefused("unknown")
    codes.used(uow, context, row)
    invite(uow, context, [row.id])  # who was registered before by somebody else has steps already
    audit(uow, context, "bedside.claimed", f"patient:{outcome.patient.id}", discharge=row.id)
    return BedClaimed(outcome.patient)


def _registration(command: ClaimBed, uow: UnitOfWork, row: Record, number: str) -> RegisterPatient:
    """By what the ward knows.  Who is registered already keeps their own phone: presence at the bed is the proof."""
    known = uow.execute(_KNOWN, {"kind": row.id_kind, "number": row.id_number_index}).first()
    phone = (
        unsealed(uow.keys, "phone", row.id, row.phone)
        if known is None
        else plain(uow.keys, "phone", known.patient_id, known.patient_phone)
    )
    sex = Sex(row.sex) if row.sex in set(Sex) else None
    return RegisterPatient(
        command.key, command.relation, unsealed(uow.keys, "name", row.id, row.name), row.id_kind, number, phone,
        REQUIRED_CONSENTS, sex, row.birth_date,
    )  # fmt: skip


def _linked(uow: UnitOfWork, context: Context, row: Record) -> bool:
    asked = {"account": context.account_id, "kind": row.id_kind, "number": row.id_number_index}
    return context.account_id is not None and uow.execute(_LINKED, asked).first() is not None


def _ends_so(number: str, tail: str) -> bool:
    """The end alone: a whole number said in its place is cut by the dialog."""
    end, said = normalise_id_number(number)[-_TAIL:], normalise_id_number(tail)
    return len(said) == _TAIL and hmac.compare_digest(end.encode(), said.encode())
