"""Responses as a dialog, the page and the nurse see them."""

from collections.abc import Sequence

from bot.domain.survey import SurveyView
from bot.services.context import Context
from bot.store.db import UnitOfWork


def survey(uow: UnitOfWork, context: Context, scope: str) -> SurveyView | None:
    """What ``scope`` asks one of the account's patients; None: nothing of theirs.

    For staff, who have no account: of anybody.
    """
    raise NotImplementedError


def answerable(uow: UnitOfWork, context: Context) -> Sequence[SurveyView]:
    """What the account may answer today."""
    raise NotImplementedError
