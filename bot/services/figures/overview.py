"""回访率 and what stands beside it for one screen: by whatever was asked for, of somebody's wards, in few queries."""

from dataclasses import dataclass
from datetime import date

from bot.services.context import Context
from bot.services.figures import care
from bot.services.figures.care import FlagFigures, TicketFigures
from bot.services.figures.periods import ReportKind, Term, period
from bot.services.figures.rates import Rate, rates, summed
from bot.services.figures.satisfaction import Satisfaction, how_many, satisfaction
from bot.services.figures.steps import lost_reasons
from bot.services.figures.whose import Whose
from bot.store.db import UnitOfWork

KEYS = {"ward": ("ward",), "doctor": ("ward", "doctor"), "month": ("month",), "year": ("year",)}
"""What a screen may ask for, and what the rates are then counted by."""
ANSWERS = 2_000
"""Questionnaires that are opened for one screen: they are encrypted, and a page does not wait for more."""
_YEARS = 5


@dataclass(frozen=True, slots=True)
class Overview:
    term: Term
    """Of the rates; the other figures are always the month's."""
    total: Rate | None
    rates: tuple[Rate, ...]
    lost: dict[str, int]
    flags: tuple[FlagFigures, ...]
    tickets: tuple[TicketFigures, ...]
    satisfaction: Satisfaction | None
    """None: more answers than a screen waits for."""
    answers: int


def overview(uow: UnitOfWork, context: Context, by: str, month: date, whose: Whose) -> Overview:
    """``by``: one of `KEYS`."""
    term, those = term_of(by, month), period(ReportKind.MONTH, month)
    answers = how_many(uow, context.forms, those, whose=whose)
    found = rates(uow, term, context.today, by=KEYS[by], whose=whose)
    return Overview(
        term,
        summed(found),
        found,
        lost_reasons(uow, those, whose=whose),
        care.flags(uow, those, whose=whose),
        care.tickets(uow, those, context.now, whose=whose),
        satisfaction(uow, context.forms, those, whose=whose) if answers <= ANSWERS else None,
        answers,
    )


def term_of(by: str, month: date) -> Term:
    """Wards and doctors are told of one month, months of its year, years of the five up to it."""
    year = period(ReportKind.YEAR, month)
    match by:
        case "month":
            return year
        case "year":
            return Term(date(max(year.since.year - _YEARS + 1, 1), 1, 1), year.until)
        case _:
            return period(ReportKind.MONTH, month)
