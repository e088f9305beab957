"""登记簿 (R28): one row for each follow-up that somebody was reached about, or who was lost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot.domain.clock import local
from bot.domain.followup import FollowupState
from bot.questionnaires.catalogue import Catalogue
from bot.services.figures.pages import pages
from bot.services.figures.people import mask_words, shown
from bot.services.figures.periods import Term
from bot.services.figures.said import Said, said
from bot.services.figures.whose import EVERYBODY, Whose
from bot.services.followup.discharges import D, F, unsealed
from bot.services.tables import Record
from bot.store.db import UnitOfWork

SCREEN = 50
"""Rows of one page of the console."""
_OPENED = ("name", "phone", "address", "admission_diagnosis")
_at = func.coalesce(F.c.reached_at, F.c.changed_at)
_ROWS = (
    select(
        F.c.id, _at.label("at"), F.c.state, F.c.reason, D.c.id.label("discharge_id"), D.c.sex, D.c.birth_date,
        D.c.admission_no, D.c.discharged_on, *(D.c[name] for name in _OPENED),
    )
    .join_from(F, D, D.c.id == F.c.discharge_id)
    .where(or_(F.c.reached_at.is_not(None), F.c.state == FollowupState.LOST))
)  # fmt: skip


class By(StrEnum):
    """Which day has to be in the term."""

    FOLLOWED = "followed"
    DISCHARGED = "discharged"
    """The rows behind a rate, which counts by the day of the discharge."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """The columns of R28, in its order."""

    followed_on: date
    name: str
    sex: str
    age: str
    admission_no: str
    admission_diagnosis: str
    discharged_on: date | None
    address: str
    phone: str
    recovery: str
    """康复与慢病服药"""
    opinions: str
    measures: str
    """改进措施"""
    signed_by: str
    """工号 of who called or reviewed; empty where the patient answered alone: to be signed by hand."""


def register(
    uow: UnitOfWork, forms: Catalogue, term: Term, *, whose: Whose = EVERYBODY, by: By = By.FOLLOWED,
    reveal: bool = False,
) -> Iterator[RegisterRow]:  # fmt: skip
    """By the day of the follow-up.  Masked, unless whoever calls has written down who looks
    (`bot.services.figures.printing`)."""
    for page in pages(uow, _wanted(term, whose, by), {"at": _at, "id": F.c.id}):
        yield from _page(uow, forms, page, reveal)


def register_page(
    uow: UnitOfWork, forms: Catalogue, term: Term, *, whose: Whose, by: By, number: int, reveal: bool = False
) -> tuple[Sequence[RegisterRow], int]:
    """One screen of it, and how many rows there are."""
    query = _wanted(term, whose, by)
    total = uow.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(_at, F.c.id).limit(SCREEN).offset((number - 1) * SCREEN)
    rows = uow.connection.execute(page).fetchall()
    return list(_page(uow, forms, rows, reveal)), int(total)


def _wanted(term: Term, whose: Whose, by: By) -> Select[Any]:
    first, last = term.moments
    if by is By.DISCHARGED:
        days = (D.c.discharged_on >= term.since, D.c.discharged_on < term.until)
    else:
        days = (_at >= first, _at < last)
    return _ROWS.where(*days, whose.stays())


def _page(uow: UnitOfWork, forms: Catalogue, page: Sequence[Record], reveal: bool) -> Iterator[RegisterRow]:
    told = said(uow, forms, {row.id: row for row in page})
    for row in page:
        yield _row(uow, row, told[row.id], reveal)


def _row(uow: UnitOfWork, row: Record, heard: Said, reveal: bool) -> RegisterRow:
    told: Mapping[str, Any] = {
        name: unsealed(uow.keys, name, row.discharge_id, row._mapping[name]) for name in _OPENED
    }
    person = shown(told, sex=row.sex, born=row.birth_date, on=row.discharged_on, reveal=reveal)
    words: Callable[[str], str] = str if reveal else lambda text: mask_words(text, told["name"])
    return RegisterRow(
        local(row.at).date(), person.name, person.sex, person.age, row.admission_no,
        told["admission_diagnosis"], row.discharged_on, person.address, person.phone, words(heard.recovery),
        words("；".join(heard.opinions)), words("；".join(heard.measures)), heard.signed_by,
    )  # fmt: skip
