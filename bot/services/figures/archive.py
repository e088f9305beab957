"""档案 and 病区登记本 (R29): who was discharged from a ward."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from bot.services.figures.pages import pages
from bot.services.figures.people import shown
from bot.services.figures.periods import Term
from bot.services.figures.register import SCREEN
from bot.services.figures.whose import EVERYBODY, Whose
from bot.services.followup.discharges import D, opened
from bot.services.tables import Record
from bot.store.db import UnitOfWork

_OPENED = ("name", "phone", "address", "admission_diagnosis", "diagnosis")
_KEYS = {"discharged_on": D.c.discharged_on, "admission_no": D.c.admission_no}


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """The columns of R29, in its order."""

    name: str
    sex: str
    age: str
    record_no: str
    """病历号"""
    department: str
    doctor: str
    discharged_on: date
    diagnosis: str
    phone: str
    address: str


def archive(
    uow: UnitOfWork, term: Term, *, whose: Whose = EVERYBODY, reveal: bool = False
) -> Iterator[ArchiveRow]:
    """By the day of the discharge."""
    for page in pages(uow, _wanted(term, whose), _KEYS):
        for row in page:
            yield _row(uow, row, reveal)


def archive_page(
    uow: UnitOfWork, term: Term, *, whose: Whose, number: int, reveal: bool = False
) -> tuple[Sequence[ArchiveRow], int]:
    """One screen of it, and how many rows there are."""
    query = _wanted(term, whose)
    total = uow.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(*_KEYS.values()).limit(SCREEN).offset((number - 1) * SCREEN)
    return [_row(uow, row, reveal) for row in uow.connection.execute(page).fetchall()], int(total)


def _wanted(term: Term, whose: Whose) -> Select[Any]:
    return select(D).where(D.c.discharged_on >= term.since, D.c.discharged_on < term.until, whose.stays())


def _row(uow: UnitOfWork, row: Record, reveal: bool) -> ArchiveRow:
    told = opened(uow.keys, row, _OPENED)
    person = shown(told, sex=row.sex, born=row.birth_date, on=row.discharged_on, reveal=reveal)
    return ArchiveRow(
        person.name, person.sex, person.age, row.record_no, row.department, row.doctor, row.discharged_on,
        told["diagnosis"] or told["admission_diagnosis"], person.phone, person.address,
    )  # fmt: skip
