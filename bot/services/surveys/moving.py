"""Carry out one move in answering a questionnaire."""

from bot.domain.commands import FillSurvey
from bot.domain.outcomes import Outcome
from bot.services.context import Context
from bot.store.db import UnitOfWork


def fill(command: FillSurvey, uow: UnitOfWork, context: Context) -> Outcome:
    """`SurveyMoved`, `SurveyRefused` or `SurveyClosed`; the same key again changes nothing."""
    raise NotImplementedError
