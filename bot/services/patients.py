"""就诊人 after registration: a wrong field corrected (R14), a patient taken off the list."""

from sqlalchemy import BindParameter, bindparam, func, insert, select, update

from bot.domain.commands import CorrectPatient, UnlinkPatient
from bot.domain.identity import normalise_name, normalise_phone, valid_name, valid_phone
from bot.domain.outcomes import Corrected, CorrectedSince, InvalidField, NotYours, Outcome, Refused, Unlinked
from bot.services.context import Context, audit
from bot.services.people import G, P, lock_patient, patient_row, patient_view, sealed
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Correction

_K = table(Correction)
_BY_KEY = select(_K.c.patient_id, _K.c.field).where(_K.c.key == bindparam("command_key"))
_PATIENT: BindParameter[str] = bindparam("patient")
_EVER_LINKED = (
    select(G.c.id).where(G.c.account_id == bindparam("account"), G.c.patient_id == _PATIENT).limit(1)
)
_UNLINK = (
    update(G)
    .where(G.c.account_id == bindparam("account"), G.c.patient_id == _PATIENT, G.c.ended_at.is_(None))
    .values(ended_at=bindparam("moment"))
)


def correct(command: CorrectPatient, uow: UnitOfWork, context: Context) -> Outcome:
    """A new phone or name.  The log says which field, never what was in it (R15)."""
    row = lock_patient(uow, context.account_id, command.patient_id)
    if row is None:
        return Refused(NotYours())
    connection = uow.connection
    first = connection.execute(_BY_KEY, {"command_key": command.key}).first()
    if first is not None:
        return Corrected(patient_view(row, uow.keys, context.today), first.field)
    if command.seen is not None and command.seen != newest_correction(uow, command.patient_id):
        return CorrectedSince()
    value = _checked(command)
    if value is None:
        return Refused(InvalidField(command.field))
    columns = {
        command.field: sealed(uow.keys, command.field, command.patient_id, value),
        f"{command.field}_index": uow.keys.index(f"patients.{command.field}", value),
    }
    connection.execute(update(P).where(P.c.id == _PATIENT).values(columns), {"patient": command.patient_id})
    _log(command, uow, context)
    changed = patient_row(uow, context.account_id, command.patient_id)
    assert changed is not None  # locked above
    return Corrected(patient_view(changed, uow.keys, context.today), command.field)


def newest_correction(uow: UnitOfWork, patient_id: str) -> int:
    """Says whether what a form shows is still so; 0: never corrected."""
    newest = select(func.max(_K.c.id)).where(_K.c.patient_id == patient_id)
    return uow.connection.execute(newest).scalar() or 0


def unlink(command: UnlinkPatient, uow: UnitOfWork, context: Context) -> Outcome:
    """Off the list; asked again, the answer is the same.  The patient and their appointments remain."""
    link = {"account": context.account_id, "patient": command.patient_id}
    connection = uow.connection
    if connection.execute(_EVER_LINKED, link).first() is None:
        return Refused(NotYours())
    row = patient_row(uow, None, command.patient_id)
    assert row is not None  # the link refers to them
    if connection.execute(_UNLINK, {**link, "moment": context.now}).rowcount:
        audit(uow, context, "patient.unlinked", f"patient:{command.patient_id}")
    return Unlinked(patient_view(row, uow.keys, context.today).masked_name)


def _checked(command: CorrectPatient) -> str | None:
    match command.field:
        case "phone":
            phone = normalise_phone(command.value)
            return phone if valid_phone(phone) else None
        case "name":
            name = normalise_name(command.value)
            return name if valid_name(name) else None
        case _:
            return None


def _log(command: CorrectPatient, uow: UnitOfWork, context: Context) -> None:
    row = {
        "key": command.key,
        "patient_id": command.patient_id,
        "field": command.field,
        "actor": context.actor,
        "at": context.now,
    }
    uow.connection.execute(insert(_K).inline(), row)
    audit(uow, context, "patient.corrected", f"patient:{command.patient_id}", field=command.field)
