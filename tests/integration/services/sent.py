"""A message as delivery leaves it after the platform took it."""

from sqlalchemy import select

from bot.domain.states import OutboxState
from bot.services import accounts
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.outbox import put
from bot.store.push_models import Attempt


def account(db: Database, user: str = "o1") -> int:
    return db.run(lambda uow: accounts.met(uow, "wechat", "gh_1", user).id)


def queued(db: Database, key: str = "m1", user: str = "o1") -> int:
    owner = account(db, user)
    db.run(lambda uow: put(uow, key=key, kind="visit_tomorrow", account_id=owner))
    with db.read() as uow:
        return int(uow.session.scalars(select(OutboxMessage.id).where(OutboxMessage.key == key)).one())


def acknowledge(db: Database, outbox_id: int, road: str, platform_id: str, *, rung: int = 0) -> None:
    """What `Outbox.settle` writes."""
    with db.write() as uow:
        row = uow.session.get_one(OutboxMessage, outbox_id)
        row.state, row.road, row.platform_id, row.rung = OutboxState.SENT, road, platform_id, rung
        row.sent_at = uow.now
        uow.session.add(
            Attempt(
                outbox_id=outbox_id,
                number=rung + 1,
                road=road,
                platform_id=platform_id,
                at=uow.now,
                client_id=f"{outbox_id}.{rung}",
            )
        )


def row(db: Database, outbox_id: int) -> OutboxMessage:
    with db.read() as uow:
        return uow.session.get_one(OutboxMessage, outbox_id)


def receipts(db: Database) -> list[str]:
    with db.read() as uow:
        return list(uow.session.scalars(select(Attempt.receipt).order_by(Attempt.id)))
