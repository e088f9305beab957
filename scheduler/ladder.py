"""One message and its road: sent, to be tried again, a call for staff, or dead.  Knows no database."""

import logging
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.channels.base import Busy, Outbound, Receipt, Recipient, Road, Sender, SendError, Unavailable, taps
from bot.domain.clock import Clock
from bot.domain.notice import Notice
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.store.away import missing
from bot.store.outbox_types import ROUND, SURVEY, URGENT, Leased, Settled, Tried
from scheduler.faults import Faults
from scheduler.retries import DELAYS, next_try

log = logging.getLogger(__name__)

PHONE = "phone"
"""The rung that sends nothing: a member of staff calls."""
CHAT = "custom"
"""The road of what is said in a chat (客服消息)."""
HASTE = 3
"""Tries after which an urgent push goes on to its next road: a suspension cannot wait hours for a broken gateway."""


class Ladder:
    """Roads by name, and in which order each kind goes along them.  Safe to call from many threads."""

    def __init__(
        self,
        *,
        senders: Mapping[str, Sender],
        roads: Mapping[str, Road],
        ladders: Mapping[str, tuple[str, ...]],
        echoes: Collection[str] = (),
        faults: Faults,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._senders, self._roads, self._ladders = senders, roads, ladders
        self._echoes = echoes
        self._faults, self._clock, self._rng = faults, clock, rng

    def deliver(self, leased: Leased) -> Settled:
        """Send it now; what became of it."""
        if self._over(leased):
            return _dead(leased, "expired")
        if leased.notice is None:
            return self._say(leased)
        return self._climb(leased, leased.notice)

    def _say(self, leased: Leased) -> Settled:
        """A chat's answer has one road only, and waits for it."""
        tried, error = self._attempt(leased, CHAT, str(leased.id), lambda: self._replies(leased))
        if error is None:
            return _sent(leased, leased.rung, tried, ())
        again = self._again(leased, leased.rung, error, (tried,))
        return again or replace(_dead(leased, error.code), tried=(tried,))

    def _climb(self, leased: Leased, notice: Notice) -> Settled:
        """From the rung it stands on, upwards, until a road takes it or asks for patience."""
        ladder = self._ladders.get(leased.kind, ())
        end = leased.rung // ROUND * ROUND + len(ladder)
        why = "undelivered" if leased.receipt == "failed" else "no_road"
        to = Recipient(leased.account, notice.phone)
        urgent = leased.priority <= URGENT
        code, tried = why, list[Tried]()
        shut: tuple[int, SendError] | None = None
        ours: tuple[int, SendError] | None = None
        for rung in range(leased.rung, end):
            name, key = ladder[rung % ROUND], f"{leased.id}.{rung}"
            if name == PHONE:
                # Ten thousand calls are no answer to a wrong setting: it is mended sooner
                if ours and (again := self._again(leased, *ours, tried)):
                    return again
                return Settled(leased, OutboxState.STAFF, why, rung=rung, road=PHONE, tried=tuple(tried))
            road = self._roads.get(name)
            if road is None or self._over(leased):
                continue
            send = partial(road.send, notice, to, key=key, urgent=urgent)
            attempt, error = self._attempt(leased, name, key, send)
            if error is None:
                return _sent(leased, rung, attempt, tried)
            code = error.code
            if isinstance(error, Unavailable):
                continue
            if not isinstance(error, Busy):
                tried.append(attempt)
            if error.unknown_outcome and leased.priority >= SURVEY:
                break
            # Where our set-up is wrong, another road may still be right
            if urgent and error.fault and not error.permanent:
                ours = ours or (rung, error)
            elif not (error.elsewhere or error.permanent):
                if again := self._again(
                    leased, rung, error, tried, HASTE if urgent and rung + 1 < end else None
                ):
                    return again
            elif error.retry_after is not None and shut is None:
                shut = rung, error
        else:
            held = ours or shut  # no other road: so this one, when it is mended or opens
            if held and (again := self._again(leased, *held, tried)):
                return again
        if leased.kind in self._echoes and leased.rung == 0 and not tried:
            return replace(_dead(leased, code), state=OutboxState.VOID)  # nobody waits for it
        return replace(_dead(leased, code), rung=max(leased.rung, end - 1), tried=tuple(tried))

    def _attempt(
        self, leased: Leased, road: str, key: str, send: Callable[[], Receipt]
    ) -> tuple[Tried, SendError | None]:
        now = self._clock.now()
        try:
            receipt = send()
        except SendError as failed:
            error = failed
        except Exception as broken:  # the message stays, and is seen in the log and in `attempts`
            # Our own mistake, if nothing is away.
            log.error("delivery.broken id=%s kind=%s", leased.id, leased.kind, exc_info=not missing(broken))
            error = SendError("internal", permanent=False)
        else:
            return Tried(road, key, now, "", receipt.message_id, receipt.cost_fen), None
        if not isinstance(error, Unavailable | Busy):
            level = logging.ERROR if error.fault else logging.WARNING
            log.log(
                level,
                "delivery.failed id=%s kind=%s road=%s code=%s",
                leased.id,
                leased.kind,
                road,
                error.code,
            )
            self._faults.seen(error, road, leased.kind)
        return Tried(road, key, now, error.code), error

    def _again(
        self, leased: Leased, rung: int, error: SendError, tried: Sequence[Tried], most: int | None = None
    ) -> Settled | None:
        """The same road once more, later; None where that has no sense (any more)."""
        if error.unknown_outcome and leased.priority >= SURVEY:
            return None
        attempts = leased.attempts if rung == leased.rung else 1
        due = next_try(error, attempts, self._clock.now(), leased.expires_at, self._rng, most or len(DELAYS))
        if due is None:
            return None
        if (
            error.retry_after is not None
        ):  # at least 1: who waits for a retry keeps his place before later messages
            attempts = max(attempts - 1, 1)
        return Settled(leased, OutboxState.PENDING, error.code, due, rung, attempts, tried=tuple(tried))

    def _replies(self, leased: Leased) -> Receipt:
        account = leased.account
        sender = self._senders.get(account.channel) if account else None
        if account is None or sender is None:
            raise SendError("no channel", permanent=True, fault=True)
        receipt = Receipt("")
        for index, reply in enumerate(leased.replies):
            receipt = sender.send(_outbound(account.openid, reply), key=f"{leased.id}.{index}")
        return receipt

    def _over(self, leased: Leased) -> bool:
        return leased.expires_at <= self._clock.now()


def _sent(leased: Leased, rung: int, last: Tried, before: Sequence[Tried]) -> Settled:
    return Settled(
        leased, OutboxState.SENT, rung=rung, attempts=leased.attempts if rung == leased.rung else 1,
        platform_id=last.platform_id, road=last.road, tried=(*before, last),
    )  # fmt: skip


def _dead(leased: Leased, code: str) -> Settled:
    return Settled(leased, OutboxState.DEAD, code, rung=leased.rung, attempts=leased.attempts)


def _outbound(user: str, reply: Reply) -> Outbound:
    return Outbound(user, reply.text, taps(reply.offer, [option.label for option in reply.options]))
