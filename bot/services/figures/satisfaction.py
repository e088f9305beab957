"""满意度 by dimension, with n (R21, R25): from the answers themselves, page by page, for they are encrypted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.evaluate import pruned
from bot.questionnaires.filling import loads
from bot.questionnaires.model import Coded, Item, Questionnaire
from bot.services.figures.pages import pages
from bot.services.figures.periods import Term
from bot.services.figures.whose import EVERYBODY, Whose
from bot.services.figures.words import is_satisfaction
from bot.services.followup.discharges import D, F
from bot.services.tables import Record, table
from bot.store.care_models import SurveyResponse
from bot.store.db import UnitOfWork

R = table(SurveyResponse)
_RESPONSES = (
    select(R.c.id, R.c.questionnaire, R.c.filling, D.c.ward, D.c.department, D.c.doctor)
    .outerjoin_from(R, F, F.c.id == R.c.followup_id)
    .outerjoin(D, D.c.id == F.c.discharge_id)
)
OUTPATIENTS = "门诊"
"""Instead of a ward, where an answer belongs to no stay."""


@dataclass
class Tally:
    """Scores of answers."""

    n: int = 0
    total: Decimal = Decimal(0)
    content: int = 0
    """满意 or better: the upper two of the options."""

    def add(self, score: Decimal, best: Decimal) -> None:
        self.n, self.total = self.n + 1, self.total + score
        self.content += score >= best - 1

    @property
    def mean(self) -> float:
        return round(float(self.total / self.n), 2) if self.n else 0.0


@dataclass
class Satisfaction:
    """Of one period.  Questions are told by their own words: two questionnaires may ask the same."""

    responses: int = 0
    dimensions: dict[str, Tally] = field(default_factory=dict)
    questions: dict[str, Tally] = field(default_factory=dict)
    wards: dict[str, Tally] = field(default_factory=dict)
    departments: dict[str, Tally] = field(default_factory=dict)
    doctors: dict[tuple[str, str], Tally] = field(default_factory=dict)
    """By ward and 经管医生."""
    total: Tally = field(default_factory=Tally)
    gifts: int = 0
    """Answered 是 to the question of 廉洁."""
    asked_about_gifts: int = 0


def satisfaction(uow: UnitOfWork, forms: Catalogue, term: Term, *, whose: Whose = EVERYBODY) -> Satisfaction:
    """Of the answers completed in ``term``."""
    found = Satisfaction()
    for page in pages(uow, wanted(forms, term, whose), {"id": R.c.id}):
        for row in page:
            _add(uow, forms.forms[row.questionnaire], row, found)
    return found


def how_many(uow: UnitOfWork, forms: Catalogue, term: Term, *, whose: Whose = EVERYBODY) -> int:
    """Answers that would have to be opened to count them."""
    query = wanted(forms, term, whose).subquery()
    return int(uow.connection.execute(select(func.count()).select_from(query)).scalar_one())


def wanted(forms: Catalogue, term: Term, whose: Whose) -> Select[Any]:
    wanted = [form.canonical for form in forms.forms.values() if is_satisfaction(form)]
    first, last = term.moments
    return _RESPONSES.where(
        R.c.questionnaire.in_(wanted), R.c.completed_at >= first, R.c.completed_at < last, whose.stays()
    )


def _add(uow: UnitOfWork, form: Questionnaire, row: Record, found: Satisfaction) -> None:
    found.responses += 1
    for item, value in opened(uow, form, row):
        if isinstance(value, bool):
            found.asked_about_gifts += 1
            found.gifts += value
        else:
            _score(item, value, row, found)


def opened(uow: UnitOfWork, form: Questionnaire, row: Record) -> Iterator[tuple[Item, bool | Coded]]:
    """What a questionnaire's answers tell here: the choices, and the yes or no to 廉洁."""
    filling = loads(uow.keys.decrypt(row.filling, f"responses.filling:{row.id}").decode())
    answers = pruned(form, filling.answers)
    for item in form.walk():
        for value in answers.get(item.link_id, ()):
            if isinstance(value, Coded) or (isinstance(value, bool) and item.dimension == "廉洁"):
                yield item, value


def _score(item: Item, value: Coded, row: Record, found: Satisfaction) -> None:
    option = item.option(value.code)
    if option is None or option.score is None:
        return
    best, ward = best_of(item), row.ward or OUTPATIENTS
    question = item.text.partition("，")[0] or item.text
    for tally in (
        found.total,
        found.dimensions.setdefault(item.dimension, Tally()),
        found.questions.setdefault(question, Tally()),
        found.wards.setdefault(ward, Tally()),
        found.departments.setdefault(row.department or OUTPATIENTS, Tally()),
        found.doctors.setdefault((ward, row.doctor or ""), Tally()),
    ):
        tally.add(option.score, best)


def best_of(item: Item) -> Decimal:
    """The score of the best option."""
    return max(option.score for option in item.options if option.score is not None)
