"""Discharges find their registered patient by identity number and name (实名制), whichever of the two came first."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import bindparam, select, update

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.identity import same_name
from bot.services.context import Context, audit
from bot.services.followup.advancing import advance
from bot.services.followup.discharges import D, opened
from bot.services.followup.inviting import invite, remind
from bot.services.people import P, plain, survivor_id
from bot.store.db import UnitOfWork

_ALONE = select(D.c.id, D.c.name, D.c.died_on).where(
    D.c.id_number_index == bindparam("number"), D.c.patient_id.is_(None)
)
_MISSED = (
    select(P.c.id, P.c.name, P.c.id_number_index)
    .join_from(P, D, D.c.id_number_index == P.c.id_number_index)
    .where(D.c.patient_id.is_(None))
    .distinct()
)


def link_patient(uow: UnitOfWork, context: Context, patient_id: str, number: bytes, name: str) -> None:
    """Somebody has registered: what was planned for their discharges may reach them now.  Who died in the hospital
    is never messaged, whoever registers them (R30)."""
    alone = uow.execute(_ALONE, {"number": number}).fetchall()
    mine = [row for row in alone if same_name(name, opened(uow.keys, row, ("name",))["name"])]
    if not mine:
        return
    ids, patient_id = [row.id for row in mine], survivor_id(uow, patient_id)
    uow.connection.execute(update(D).where(D.c.id.in_(ids)).values(patient_id=patient_id))
    audit(uow, context, "discharge.linked", f"patient:{patient_id}", discharges=str(len(ids)))
    deaths = [row.died_on for row in mine if row.died_on is not None]
    if deaths:
        mark_deceased(uow, context, patient_id, min(deaths))
    else:
        _begin(uow, context, ids)


def mark_deceased(uow: UnitOfWork, context: Context, patient_id: str, day: date | None) -> None:
    """None: the report was a mistake."""
    moment = None if day is None else datetime.combine(day, time(), HOSPITAL_TZ)
    uow.connection.execute(update(P).where(P.c.id == patient_id).values(deceased_at=moment))
    audit(uow, context, "patient.died" if day else "patient.not_dead", f"patient:{patient_id}")


def go_on(uow: UnitOfWork, context: Context) -> int:
    """The scheduler's tick: steps become due and overdue, those that are due are invited to, once more where nobody
    answers; and a registration that crossed an import on its way is linked."""
    for row in uow.connection.execute(_MISSED).fetchall():
        link_patient(uow, context, row.id, row.id_number_index, plain(uow.keys, "name", row.id, row.name))
    return advance(uow, context) + invite(uow, context) + remind(uow, context)


def _begin(uow: UnitOfWork, context: Context, discharges: Sequence[str]) -> None:
    advance(uow, context, discharges)
    invite(uow, context, discharges)
