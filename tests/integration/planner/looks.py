"""What the tests ask of pushes and of the outbox."""

from datetime import datetime

from sqlalchemy import select

from bot.domain.accounts import AccountRef
from bot.domain.notice import Notice
from bot.services import pushes
from bot.services.pushes import Planned
from bot.store.models import Account, OutboxMessage, Patient
from bot.store.push_models import Push
from bot.store.words import open_outbox, outbox_aad
from tests.integration.services.town import Town


def states(town: Town) -> dict[str, str]:
    """``state`` or ``state reason`` by kind and version."""
    with town.db.read() as uow:
        rows = uow.session.scalars(select(Push).order_by(Push.id))
        return {f"{row.kind} v{row.version}": f"{row.state} {row.reason}".strip() for row in rows}


def outbox(town: Town) -> list[OutboxMessage]:
    with town.db.read() as uow:
        return list(uow.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def notices(town: Town) -> dict[str, Notice]:
    found: dict[str, Notice] = {}
    for row in outbox(town):
        notice = open_outbox(town.db.keys, row.body, outbox_aad(row.key))
        assert isinstance(notice, Notice)
        found[row.kind] = notice
    return found


def plan(town: Town, *planned: Planned) -> None:
    with town.db.write() as uow:
        pushes.plan_many(uow, town.hospital.kinds, town.clock.now(), planned)


def due(town: Town, name: str) -> datetime:
    with town.db.read() as uow:
        return uow.session.scalars(select(Push.due_at).where(Push.kind == name)).one()


def prefer(town: Town, account: AccountRef, **wishes: str) -> None:
    with town.db.write() as uow:
        uow.session.get_one(Account, account.id).preferences = wishes


def died(town: Town, patient_id: str) -> None:
    with town.db.write() as uow:
        uow.session.get_one(Patient, patient_id).deceased_at = town.clock.now()
