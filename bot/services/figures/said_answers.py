"""The questionnaires behind 满意度, one by one: how many of their answers were content."""

from dataclasses import dataclass
from datetime import datetime

from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.model import Coded
from bot.services.figures.among import Among
from bot.services.figures.satisfaction import OUTPATIENTS, R, best_of, opened, wanted
from bot.store.db import UnitOfWork

SCREEN = 50


@dataclass(frozen=True, slots=True)
class Answered:
    """One questionnaire, as a list shows it."""

    at: datetime
    ward: str
    doctor: str
    content: int
    n: int
    followup_id: int | None


def answers(
    uow: UnitOfWork, forms: Catalogue, among: Among, number: int, *, most: int = SCREEN
) -> list[Answered]:
    """The newest first; one more than a screen holds where there are more."""
    query = (
        wanted(forms, among.term, among.whose)
        .add_columns(R.c.completed_at, R.c.followup_id)
        .order_by(R.c.completed_at.desc(), R.c.id)
        .limit(most + 1)
        .offset((number - 1) * most)
    )
    found = []
    for row in uow.connection.execute(query):
        scores = [
            (option.score, best_of(item))
            for item, value in opened(uow, forms.forms[row.questionnaire], row)
            if isinstance(value, Coded) and (option := item.option(value.code)) and option.score is not None
        ]
        content = sum(1 for score, best in scores if score is not None and score >= best - 1)
        found.append(
            Answered(
                row.completed_at,
                row.ward or OUTPATIENTS,
                row.doctor or "",
                content,
                len(scores),
                row.followup_id,
            )
        )
    return found
