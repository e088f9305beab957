"""The QR code at the bed: links an account to a stay (scene code, WeChat's parametric QR)."""

from bot.domain.commands import ClaimBed
from bot.domain.outcomes import Outcome
from bot.domain.views import BedView
from bot.services.context import Context
from bot.store.db import UnitOfWork


def bed(uow: UnitOfWork, context: Context, scene: str) -> BedView | None:
    """The stay behind a code that is still good."""
    raise NotImplementedError


def claim(command: ClaimBed, uow: UnitOfWork, context: Context) -> Outcome:
    """`BedClaimed` or `BedRefused`."""
    raise NotImplementedError
