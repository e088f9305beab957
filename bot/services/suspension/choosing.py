"""For the wizard: what clinics that were marked in the schedule mean, and an example of what patients will read."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from bot.domain.views import Period
from bot.pushes import suspension_ways
from bot.pushes.vocabulary import EXAMPLES
from bot.pushes.wording import day, full, moment, span, yuan
from bot.services.appointments import C
from bot.services.context import Context
from bot.services.suspension.affected import Person
from bot.store.db import UnitOfWork


class Marked(NamedTuple):
    """The narrowest scope that holds the clinics."""

    doctor_id: int | None
    department_id: int | None
    since: date
    until: date
    period: Period | None


def of_clinics(uow: UnitOfWork, clinic_ids: Sequence[int]) -> Marked | None:
    """None where there are none of them, or they are of several departments."""
    columns = (C.c.doctor_id, C.c.department_id, C.c.day, C.c.period)
    rows = uow.connection.execute(select(*columns).where(C.c.id.in_(clinic_ids))).fetchall()
    departments = {row.department_id for row in rows}
    if len(departments) != 1:
        return None
    doctors, periods = {row.doctor_id for row in rows}, {row.period for row in rows}
    return Marked(
        doctors.pop() if len(doctors) == 1 else None, departments.pop(), min(row.day for row in rows),
        max(row.day for row in rows), Period(periods.pop()) if len(periods) == 1 else None,
    )  # fmt: skip


def example(context: Context, person: Person | None, reason: str) -> dict[str, str]:
    """The facts of one affected visit, with a seat kept for it as there may be one."""
    fields = EXAMPLES | {
        "hospital": context.settings.hospital_name,
        "phone": context.settings.hospital_phone,
        "reason": reason,
    }
    if person is None:
        return fields
    later = person.starts_at + timedelta(days=7)
    doctor = f"{person.doctor.name} {person.doctor.title}"
    times = span(person.starts_at, person.ends_at)
    return fields | {
        "patient": person.name,
        "department": person.doctor.department,
        "doctor": doctor,
        "date": day(person.starts_at.date()),
        "time": times,
        "begins": full(person.starts_at),
        "offer": f"{day(later.date())}{times} {doctor}",
        "deadline": moment(context.now + timedelta(days=1)),
        "refund": yuan(person.fee_fen),
    }


def options(person: Person | None) -> tuple[str, ...]:
    """What stands under the notice in the chat."""
    fee = 1 if person is None else person.fee_fen
    return tuple(option.label for option in suspension_ways.options(kept=True, fee_fen=fee))
