"""All figures of one report, as JSON can keep them: numbers and codes, no personal data."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.services.context import Context
from bot.services.figures import care, rates, steps
from bot.services.figures.periods import ReportKind, Term, before
from bot.services.figures.sampling import sample
from bot.services.figures.satisfaction import Satisfaction, Tally, satisfaction
from bot.services.followup.discharges import D
from bot.services.followup.reviewing import SAMPLE, seed_of
from bot.store.db import UnitOfWork

Json = dict[str, Any]


def gather(uow: UnitOfWork, context: Context, kind: ReportKind, term: Term) -> Json:
    """As it stands at ``context.now``."""
    settings, today = context.settings, context.today
    figures: Json = {
        "target": settings.followup_target,
        "line": settings.followup_line,
        "rates": _rates(uow, term, today),
        "rates_before": _rates(uow, before(kind, term), today),
        "steps": [asdict(each) for each in steps.step_rates(uow, term, today)],
        "lost": steps.lost_reasons(uow, term),
        "tries": care.tries(uow, term),
        "satisfaction": _satisfaction(satisfaction(uow, context.forms, term)),
        "flags": [asdict(each) for each in care.flags(uow, term)],
        "dangers": care.rules(uow, term),
        "tickets": [asdict(each) for each in care.tickets(uow, term, context.now)],
        "departments": care.departments(uow, term),
        "reviews": asdict(care.reviews(uow, term)),
    }
    if kind is ReportKind.MONTH:
        figures["samples"] = _samples(uow, term)
    if kind is ReportKind.YEAR:
        figures["months"] = [asdict(each) for each in rates.rates(uow, term, today, by=("month",))]
    return figures


def _rates(uow: UnitOfWork, term: Term, today: date) -> Json:
    total = rates.rates(uow, term, today)
    return {
        "since": str(term.since),
        "until": str(term.until),
        "total": [asdict(each) for each in total if each.discharged],
        "wards": [asdict(each) for each in rates.rates(uow, term, today, by=("ward",))],
        "ledger": [asdict(each) for each in rates.rates(uow, term, today, by=("ward", "doctor"))],
    }


def _satisfaction(found: Satisfaction) -> Json:
    return {
        "responses": found.responses,
        "gifts": found.gifts,
        "asked_about_gifts": found.asked_about_gifts,
        "dimensions": _tallies(found.dimensions),
        "questions": _tallies(found.questions),
        "wards": _tallies(found.wards),
    }


def _tallies(tallies: dict[str, Tally]) -> list[Json]:
    """The best first."""
    ordered = sorted(tallies.items(), key=lambda each: (-each[1].mean, each[0]))
    return [
        {"name": name, "n": tally.n, "mean": tally.mean, "content": tally.content} for name, tally in ordered
    ]


def _samples(uow: UnitOfWork, term: Term) -> Json:
    """The same as the reviewers are shown."""
    seed = seed_of(term.since)
    wards = sorted(uow.connection.execute(select(D.c.ward).distinct()).scalars())
    drawn = {ward: list(sample(uow, ward, term, SAMPLE, seed)) for ward in wards}
    return {"seed": seed, "n": SAMPLE, "wards": {ward: ids for ward, ids in drawn.items() if ids}}
