"""Red flags of the account that the desk talks to: whoever is on duty acts on them, the desk knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.services.flags.rows import LIVE, R
from bot.store.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Danger:
    id: int
    title: str
    acknowledged_by: str | None


def of_account(uow: UnitOfWork, account_id: int) -> Sequence[Danger]:
    """Not closed yet, the latest first."""
    ours = (R.c.account_id == account_id) & R.c.state.in_(LIVE)
    rows = uow.connection.execute(
        select(R.c.id, R.c.title, R.c.acknowledged_by).where(ours).order_by(R.c.id.desc()).limit(5)
    )
    return [Danger(*row) for row in rows]
