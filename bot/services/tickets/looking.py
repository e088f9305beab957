"""Tickets as the patient who opened them sees them."""

from collections.abc import Sequence

from bot.domain.tickets import TicketView
from bot.services.context import Context
from bot.store.db import UnitOfWork


def own(uow: UnitOfWork, context: Context) -> Sequence[TicketView]:
    """Open ones, and those closed in the last 30 days, the newest first."""
    raise NotImplementedError


def ticket(uow: UnitOfWork, context: Context, ticket_id: int) -> TicketView | None:
    """One of the account's."""
    raise NotImplementedError
