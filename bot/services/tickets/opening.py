"""Open a ticket, and what the patient says to its answer."""

from bot.domain.commands import JudgeTicket, OpenTicket
from bot.domain.outcomes import Outcome
from bot.domain.tickets import TicketKind, TicketSource
from bot.services.context import Context
from bot.store.db import UnitOfWork


def open_ticket(command: OpenTicket, uow: UnitOfWork, context: Context) -> Outcome:
    """`TicketOpened`; the same key again gives the same ticket."""
    raise NotImplementedError


def judge(command: JudgeTicket, uow: UnitOfWork, context: Context) -> Outcome:
    """`TicketJudged`, or `Refused` where it is not the account's."""
    raise NotImplementedError


def add(
    uow: UnitOfWork,
    context: Context,
    *,
    key: str,
    text: str,
    source: TicketSource,
    kind: TicketKind | None = None,
    department: str = "",
    patient_id: str | None = None,
    account_id: int | None = None,
    followup_id: int | None = None,
    response_id: str | None = None,
) -> int | None:
    """For questionnaires and staff: its id where it is new.  ``kind`` None: guessed from the words."""
    raise NotImplementedError
