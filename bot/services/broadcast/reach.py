"""Who would be reached how: the dry run of a broadcast, with what it costs."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.pushes.kinds import Kind
from bot.pushes.preview import parts
from bot.services.broadcast.audience import Recipient
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.push_models import Subscription

WINDOW = timedelta(hours=48)
"""客服消息 goes only so long after a user's message (45015)."""
NOBODY = "none"
UNSUBSCRIBED = "unsubscribed"
_S = table(Subscription)
_FEW = 500
"""Recipients that are asked for by name; for more of them all consents are read at once."""


@dataclass(frozen=True, slots=True)
class Reach:
    """By the first rung that is open to each, as things stand now; a rung that fails passes on to the next."""

    by_road: Mapping[str, int]
    """road → recipients; ``none``: nothing is left; ``unsubscribed``: they do not want it."""
    sms_parts: int
    """Of one message."""
    cost_fen: int
    """Of those whose first rung is an SMS."""

    @property
    def total(self) -> int:
        return sum(self.by_road.values())


def reach(
    uow: UnitOfWork, kind: Kind, found: Iterable[Recipient], *, open_roads: Collection[str], sms_text: str,
    sms_price_fen: int,
) -> Reach:  # fmt: skip
    """``open_roads``: those that are set up and have words for this kind."""
    who = tuple(found)
    asked = select(_S.c.account_id).where((_S.c.left_over > 0) | _S.c.long_term)
    if len(who) <= _FEW:
        asked = asked.where(_S.c.account_id.in_({each.account_id for each in who} - {None}))
    consented = set(uow.connection.execute(asked).scalars())
    ladder = [road for road in kind.ladder if road in open_roads or road == "phone"]
    counts = Counter(_first(kind, ladder, each, consented, uow.now) for each in who)
    size = parts(sms_text)
    return Reach(dict(counts), size, counts["sms"] * size * sms_price_fen)


def _first(
    kind: Kind, ladder: Iterable[str], who: Recipient, consented: Collection[int], now: datetime
) -> str:
    if kind.optional and (who.preferences or {}).get(kind.group.name) == "off":
        return UNSUBSCRIBED
    for road in ladder:
        if road in ("sms", "phone") or _by_account(road, who, consented, now):
            return road
    return NOBODY


def _by_account(road: str, who: Recipient, consented: Collection[int], now: datetime) -> bool:
    if who.account_id is None:
        return False
    match road:
        case "subscribe":
            return who.account_id in consented
        case "custom":
            return who.last_message_at is not None and now - who.last_message_at < WINDOW
        case _:
            return True
