"""The answer to a request about one's data goes to whoever asked: in the chat while the platform lets it (45015), else
somebody calls."""

from datetime import timedelta

from sqlalchemy import select

from bot.domain.speech import Reply
from bot.services import phone_tasks
from bot.services.context import Context
from bot.services.people import A, P
from bot.services.tables import Record
from bot.store import outbox
from bot.store.db import UnitOfWork

KIND = "privacy_answer"
"""Of its message and of its call."""
WINDOW = timedelta(hours=48)


def way(uow: UnitOfWork, context: Context, row: Record) -> str:
    """chat | call | none: how the answer to this request would reach them now."""
    account = uow.connection.execute(select(A).where(A.c.id == row.account_id)).first()
    heard = None if account is None or not account.following else account.last_message_at
    if heard is not None and context.now < heard + WINDOW:
        return "chat"
    kept = select(P.c.id).where(P.c.id == row.patient_id, P.c.erased_at.is_(None), P.c.deceased_at.is_(None))
    return "call" if uow.connection.execute(kept).first() is not None else "none"


def tell(uow: UnitOfWork, context: Context, row: Record, words: str) -> str:
    """Once for a request; the way it goes."""
    how = way(uow, context, row)
    if how == "chat":
        ends = uow.connection.execute(
            select(A.c.last_message_at).where(A.c.id == row.account_id)
        ).scalar_one()
        outbox.put(
            uow, key=f"{KIND}:{row.id}", kind=KIND, account_id=row.account_id, replies=(Reply(words),),
            expires_at=ends + WINDOW,
        )  # fmt: skip
    elif how == "call":
        phone_tasks.open_task(
            uow, key=f"{KIND}:{row.id}", kind=KIND, scope=f"privacy:{row.id}", patient_id=row.patient_id,
            account_id=row.account_id, reason="no_window", due_at=context.now,
        )  # fmt: skip
    return how
