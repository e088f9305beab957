"""Roads that answer as a test tells them, and the delivery over them."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.channels.base import Receipt, Recipient, SendError, Unavailable
from bot.domain.notice import Notice
from bot.domain.states import CampaignState, OutboxState, PushState
from bot.store import outbox
from bot.store.db import Database
from bot.store.models import OutboxMessage
from bot.store.outbox import Outbox
from bot.store.push_models import Attempt, Campaign, PhoneTask, Push
from bot.store.words import seal_notice
from scheduler.delivery import Delivery
from scheduler.verdicts import Recheck, all_true
from tests.conftest import FixedClock
from tests.integration.store import people

Answer = Callable[[], Receipt]
LADDERS = {
    "suspension": ("assistant", "template", "sms", "phone"),
    "care": ("template", "sms"),
    "news": ("template",),
}


def taken() -> Receipt:
    return Receipt("p1", cost_fen=5)


def fails(code: str, **how: object) -> Answer:
    def answer() -> Receipt:
        raise SendError(code, **{"permanent": False, **how})  # type: ignore[arg-type]

    return answer


def unavailable() -> Receipt:
    raise Unavailable("no_template")


closed = fails("43101", permanent=True, elsewhere=True)
used_up = fails("45009", elsewhere=True, retry_after=3600.0)
broken = fails("-1", unknown_outcome=True)


class Way:
    """A road that answers as it is told."""

    def __init__(self, name: str, answer: Answer = taken) -> None:
        self.name, self.answer = name, answer
        self.sent: list[tuple[Notice, Recipient, str, bool]] = []

    def send(self, notice: Notice, to: Recipient, *, key: str, urgent: bool) -> Receipt:
        self.sent.append((notice, to, key, urgent))
        return self.answer()

    def keys(self) -> list[str]:
        return [key for _, _, key, _ in self.sent]


class Stage:
    """A delivery over roads that the test commands."""

    def __init__(self, db: Database, clock: FixedClock) -> None:
        self.db, self.clock, self.outbox = db, clock, Outbox(db)
        self.roads = {name: Way(name) for name in ("assistant", "template", "sms")}
        self.told: list[tuple[str, str]] = []

    def answer(self, **answers: Answer) -> None:
        for name, answer in answers.items():
            self.roads[name].answer = answer

    def delivery(self, recheck: Recheck = all_true, **how: Any) -> Delivery:
        return Delivery(
            self.outbox, {}, clock=self.clock, rng=random.Random(1), roads=self.roads, ladders=LADDERS, idle=0.01,
            recheck=recheck, alert=lambda error, about: self.told.append((error.code, about)), **how,
        )  # fmt: skip

    def put(
        self, kind: str = "suspension", *, key: str = "", priority: int = 0, patient: str = "o-1", **more: Any
    ) -> int:
        key = key or f"{kind}:appointment:7:1"
        account = people.account(self.db, patient) if patient else None
        with self.db.write() as uow:
            push = Push(
                key=key, kind=kind, scope="appointment:7", account_id=account, priority=priority, due_at=uow.now,
                state=PushState.QUEUED, expires_at=uow.now + timedelta(hours=9), created_at=uow.now,
            )  # fmt: skip
            uow.session.add(push)
            uow.session.flush()
            assert outbox.put(
                uow, key=key, kind=kind, account_id=account, priority=priority, push_id=push.id,
                notice=Notice(kind, {"patient": "王**"}, phone="13800138000"), expires_at=push.expires_at, **more,
            )  # fmt: skip
            found: int = uow.session.scalars(select(OutboxMessage.id).where(OutboxMessage.key == key)).one()
            return found

    def row(self, message: int) -> OutboxMessage:
        with self.db.read() as uow:
            return uow.session.get_one(OutboxMessage, message)

    def state(self, message: int) -> tuple[OutboxState, str, int]:
        found = self.row(message)
        return found.state, found.error, found.rung

    def attempts(self, message: int) -> list[tuple[int, str, str, str]]:
        with self.db.read() as uow:
            tried = uow.session.scalars(
                select(Attempt).where(Attempt.outbox_id == message).order_by(Attempt.number)
            )
            return [(one.number, one.road, one.client_id, one.code) for one in tried]

    def calls(self) -> list[PhoneTask]:
        with self.db.read() as uow:
            return list(uow.session.scalars(select(PhoneTask)))

    def campaign(self, state: CampaignState) -> int:
        with self.db.write() as uow:
            campaign = Campaign(
                key="c", kind="news", title="t", body=seal_notice(uow.keys, Notice("news", {}), "x"), state=state,
                audience={}, recipients=0, created_by="0001", created_at=uow.now,
            )  # fmt: skip
            uow.session.add(campaign)
            uow.session.flush()
            return campaign.id
