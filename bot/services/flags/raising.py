"""Raise a red flag: once for each key, for the ward whose patient it is."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.commands import ReportDanger
from bot.domain.flags import FlagLevel
from bot.domain.outcomes import Outcome
from bot.services.context import Context
from bot.store.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Danger:
    """What was answered or said."""

    key: str
    rule: str
    title: str
    level: FlagLevel
    within: timedelta
    source: str
    """chat | page | phone"""
    detail: str
    patient_id: str | None = None
    account_id: int | None = None
    discharge_id: str | None = None
    followup_id: int | None = None
    response_id: str | None = None
    ward: str = ""


def raise_flag(uow: UnitOfWork, context: Context, danger: Danger) -> int | None:
    """Its id where it is new; None where the key has raised it already."""
    raise NotImplementedError


def report(command: ReportDanger, uow: UnitOfWork, context: Context) -> Outcome:
    """`DangerReported`."""
    raise NotImplementedError
