"""Department → clinic → slot, for a patient: what is chosen so far is in the address, so it works without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import request

from bot.domain.outcomes import Refusal
from bot.domain.rules import booking_days
from bot.domain.views import ClinicView, DepartmentView, SlotView
from bot.services import schedule
from bot.services.context import Context
from bot.services.eligibility import place_of, refusal
from bot.services.people import patient_row
from bot.store.db import UnitOfWork
from bot.web.console import asked
from bot.web.console.problems import NotThere

MOST = 60
"""Clinics a page lists."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What may be chosen next, and what has been."""

    departments: Sequence[DepartmentView]
    department: int | None
    day: date | None
    first: date
    last: date
    clinics: Sequence[ClinicView]
    more: bool
    clinic: ClinicView | None
    slots: Sequence[SlotView]
    slot: SlotView | None
    why: Refusal | None
    """Why this slot is not for this patient."""


def pick(
    uow: UnitOfWork, context: Context, patient_id: str, *, moving: int | None = None, at: int | None = None
) -> Picked:
    """``at``: the department to begin with; ``moving``: the visit that would be moved."""
    directory, now = context.directory, context.now
    first, last = booking_days(now, directory.policy(context.today))
    clinic = _clinic(uow, context, number("clinic"))
    department = number("department") or (clinic.doctor.department_id if clinic else at)
    if department is not None and department not in directory.departments:
        raise NotThere
    day = asked.day("day")
    found: Sequence[ClinicView] = ()
    if clinic is None and department is not None:
        days = () if day is None else (day,)
        found = schedule.clinics(uow, directory, now, departments=directory.within(department), days=days)
    slots = () if clinic is None else schedule.slots(uow, directory, now, clinic)
    slot = next((each for each in slots if each.id == number("slot")), None)
    why = None if slot is None else _refusal(uow, context, slot.id, patient_id, moving)
    return Picked(
        directory.listed_departments, department, day, first, last, found[:MOST], len(found) > MOST, clinic, slots,
        slot, why,
    )  # fmt: skip


def number(name: str) -> int | None:
    """An id of the address or the form."""
    return asked.whole(request.values.get(name, ""))


def _clinic(uow: UnitOfWork, context: Context, clinic_id: int | None) -> ClinicView | None:
    if clinic_id is None:
        return None
    found = schedule.clinics(uow, context.directory, context.now, ids=(clinic_id,), only_free=False)
    return found[0] if found else None


def _refusal(
    uow: UnitOfWork, context: Context, slot_id: int, patient_id: str, moving: int | None
) -> Refusal | None:
    place, patient = place_of(uow, context, slot_id), patient_row(uow, None, patient_id)
    if place is None or patient is None:
        raise NotThere
    return refusal(uow, context, place, patient, moving=moving)
