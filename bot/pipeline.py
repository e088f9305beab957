"""THE way of a message, from a verified `Inbound` to what is answered now.  docs/ways/message.md tells the cases."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures import TimeoutError as OutOfTime
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from redis.exceptions import RedisError

from bot.channels.base import Inbound, Kind
from bot.dialog import events
from bot.dialog.engine import Engine
from bot.dialog.frame import Message
from bot.dialog.session import Session, SessionStore
from bot.dialog.speech import Reply
from bot.domain.accounts import AccountRef
from bot.domain.commands import Book, Command, ReportDanger
from bot.domain.demand import Change
from bot.domain.outcomes import DangerReported, Outcome
from bot.domain.world import World
from bot.services.desk import queue
from bot.services.hospital import Hospital
from bot.store.db import Database, UnitOfWork
from bot.store.inbox import Answered, Busy, Inbox, New
from bot.store.outbox import put
from bot.store.sessions import LockTimeout, UserLocks
from nlu.understood import Understood

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=4.8)
"""Just under the platform's 5 s: its retry finds the lease of a dead process expired and takes over."""
LOCK_TTL = 6.0
"""Longer than a turn's budget; a dead holder blocks its patient no longer than this.  A turn that outlasts it is
stopped by the compare-and-set."""
AFTER_PASSIVE = timedelta(seconds=1)
"""What follows a passive reply waits until that one is on the phone."""
RESERVE = 0.5
"""Seconds kept back for an answer without the session: a danger sign does not wait for a lock."""
PATIENCE = 0.3
"""Seconds a message waits for a thread.  Where all are stuck, more would only keep the next ones from being told."""
SAVES = 3
"""Turns tried when somebody else saved the session first."""

Replies = tuple[Reply, ...]


@dataclass(frozen=True)
class _Request:
    """A message, and the webhook that waits for its answer."""

    inbound: Inbound
    deadline: float
    answer: "Future[Replies | None]" = field(default_factory=Future)
    """Who completes it first, the turn or the waiting webhook, owns the answer."""
    kept: "Future[None]" = field(default_factory=Future)
    """Begun once the message is in the inbox; cancelled by a webhook that could wait no longer for that."""


class Understand(Protocol):
    """``nlu.parse`` with the hospital's own names."""

    def __call__(self, text: str, *, expecting: tuple[str, ...]) -> Understood: ...


class Watch(Protocol):
    """`handlers.wishes.look`: what a turn tells about wishes for an appointment."""

    def __call__(
        self, before: Session, after: Session, world: World, told: Mapping[str, Outcome]
    ) -> Sequence[Change]: ...


class Note(Protocol):
    """`bot.services.wishes.Wishes.note`: writes it down."""

    def __call__(self, account: AccountRef, changes: Sequence[Change], at: datetime) -> None: ...


Told = Callable[[UnitOfWork, Inbound], None]
"""Hears of one receipt or notice, in a transaction that may be run again."""


@dataclass(frozen=True)
class Pipeline:
    """Everything a message needs on its way; made once a process by `bot.app`."""

    db: Database
    inbox: Inbox
    sessions: SessionStore
    locks: UserLocks
    hospital: Hospital
    engine: Engine
    understand: Understand
    trouble: Reply
    """Said when something broke on our side."""
    threads: Executor
    budget: float
    """Seconds after which the answer goes through the outbox instead (WeChat disconnects at 5 s)."""
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(64))
    """One for each of ``threads``; a turn that outlives its request still holds one."""
    observe: Callable[[str, float], None] = lambda outcome, seconds: None
    """(answered | late | failed, seconds) for the metrics."""
    told: Mapping[str, Told] = field(default_factory=dict)
    """By channel: who hears of receipts and notices."""
    watch: Watch | None = None
    note: Note | None = None

    def handle(self, inbound: Inbound) -> Replies | None:
        """What to answer within the budget; ``()`` acknowledges, None: the answer will come through the outbox."""
        started = time.monotonic()
        outcome = "failed"
        try:
            outcome, replies = self._wait(_Request(inbound, started + self.budget))
            return replies
        finally:
            self.observe(outcome, time.monotonic() - started)

    def _wait(self, request: "_Request") -> tuple[str, Replies | None]:
        if not self.room.acquire(timeout=PATIENCE):
            log.error("message.refused kind=%s: every thread is stuck", request.inbound.kind)
            return "failed", (self.trouble,)
        self.threads.submit(self._process, request)
        try:
            return "answered", request.answer.result(timeout=request.deadline - time.monotonic())
        except OutOfTime:
            if request.kept.cancel():  # only we know of the message: to promise an answer would be a lie
                request.answer.cancel()
                return "failed", (self.trouble,)
            return "late", None if request.answer.cancel() else request.answer.result()

    def resume(self, inbox_id: int, inbound: Inbound) -> None:
        """Finish what a dead process left: the worker's tick, after the lease ran out.  Answers by outbox."""
        moved_on = self.inbox.newer_exists(inbox_id)
        replies = () if moved_on else self._answer(inbound, time.monotonic() + LOCK_TTL)
        self.inbox.give_up(inbox_id)
        self.inbox.finish(inbox_id, replies)

    def more(self, inbound: Inbound, replies: Replies) -> None:
        """What the passive reply had no room for; keyed by the message, so that a retry adds nothing.

        The key is hashed: it is exported with the deliveries, and a dedup key names the user (R15).
        """
        account = self.hospital.account(inbound.channel, inbound.app_id, inbound.user)
        told = sha256(f"{inbound.channel}:{inbound.dedup}".encode()).hexdigest()[:32]
        self.db.run(
            lambda uow: put(
                uow, key=f"more:{told}", kind="more_reply", account_id=account.id,
                replies=replies, due_at=uow.now + AFTER_PASSIVE,
            )
        )  # fmt: skip

    def _process(self, request: "_Request") -> None:
        """Runs in a thread of its own, so that nothing it waits for can hold up the answer."""
        answer = request.answer
        try:
            if not request.kept.cancelled():
                self._claimed(request)
        except Exception as error:  # the store is out of reach: the row stays open, the worker takes it over
            log.exception("message.failed kind=%s", request.inbound.kind)
            with suppress(RuntimeError):
                if answer.set_running_or_notify_cancel():
                    answer.set_exception(error)
        finally:
            self.room.release()

    def _claimed(self, request: "_Request") -> None:
        claim = self.inbox.claim(request.inbound, LEASE)
        kept = request.kept.set_running_or_notify_cancel()
        match claim:
            case Answered(replies):
                _deliver(request.answer, replies)
            case Busy(inbox_id):
                _deliver(request.answer, self.inbox.wait(inbox_id, request.deadline))
            case New(inbox_id):
                replies = self._answer(request.inbound, request.deadline) if kept else (self.trouble,)
                if kept and not _deliver(request.answer, replies):
                    self.inbox.give_up(inbox_id)
                self.inbox.finish(inbox_id, replies)

    def _answer(self, inbound: Inbound, deadline: float) -> Replies:
        """One message, one turn, under the patient's lock; the lock gives order, the compare-and-set safety."""
        if inbound.kind in (Kind.RECEIPT, Kind.NOTICE):
            return self._listen(inbound)
        following = inbound.kind is not Kind.UNFOLLOW  # who writes is there, whatever a push was told (43004)
        account = self.hospital.account(inbound.channel, inbound.app_id, inbound.user, following=following)
        if not following:
            return ()
        user = f"{inbound.channel}:{inbound.app_id}:{inbound.user}"
        try:
            patience = deadline - time.monotonic() - RESERVE
            with self.locks.hold(user, wait=max(0.1, patience), ttl=LOCK_TTL):
                return self._turns(inbound, account, user)
        except (RedisError, LockTimeout):
            log.exception("session.unreachable kind=%s", inbound.kind)
            return self._without_session(inbound, account)

    def _listen(self, inbound: Inbound) -> Replies:
        """A receipt or a consent: to the services in one transaction, answered without words.  No message: it opens
        no window."""
        listener = self.told.get(inbound.channel)
        if listener is not None:
            self.db.run(lambda uow: listener(uow, inbound))
        return ()

    def _turns(self, inbound: Inbound, account: AccountRef, user: str) -> Replies:
        for _ in range(SAVES):
            session = self.sessions.load(user)
            if session.human:  # the desk gives back by closing its row: the row decides, the flag follows
                session.human = self._at_desk(account)
            after, replies = self._turn(inbound, account, session)
            if self.sessions.save(user, after):
                return replies
        raise LockTimeout

    def _at_desk(self, account: AccountRef) -> bool:
        with self.db.read() as uow:
            return queue.is_open(uow, account.id)

    def _turn(
        self, inbound: Inbound, account: AccountRef, session: Session, understood: Understood | None = None
    ) -> tuple[Session, Replies]:
        message = Message(id=inbound.dedup, tap=inbound.choice, kind=str(inbound.kind))
        with self.hospital.world(account) as world:
            if understood is None:
                understood = self._understand(inbound, self.engine.expecting(session, world))
            after, turn = self.engine.turn(session, understood, world, message)
            changes = self._watched(session, after, world, {}) if turn.command is None else ()
        command, replies = turn.command, turn.replies
        told: dict[str, Outcome] = {}
        while command is not None:  # a command may complete the task that waited below it, which has one too
            outcome = self._carried_out(command, account)
            if isinstance(command, Book):
                told[command.key] = outcome
            with self.hospital.world(account) as world:
                after, said = self.engine.settle(after, outcome, world, message)
                replies += said
                command = self.engine.due(after, world)
                changes = self._watched(session, after, world, told) if command is None else ()
        if changes and self.note is not None:
            self.note(account, changes, self.hospital.clock.now())
        return after, replies

    def _watched(
        self, before: Session, after: Session, world: World, told: Mapping[str, Outcome]
    ) -> Sequence[Change]:
        if self.watch is None:
            return ()
        try:
            return self.watch(before, after, world, told)
        except Exception:  # a figure is not worth an unanswered patient
            log.exception("wish.unread")
            return ()

    def _carried_out(self, command: Command, account: AccountRef) -> Outcome:
        try:
            return self.hospital.execute(command, account)
        except Exception:
            if not isinstance(command, ReportDanger):
                raise
            log.exception("danger.untold account=%s flag=%s", account.id, command.flag)
            return DangerReported(staffed=False)  # 打120 is said, whatever is broken on our side

    def _understand(self, inbound: Inbound, expecting: tuple[str, ...]) -> Understood:
        event = events.understood(inbound.kind, inbound.key)
        return event if event is not None else self.understand(inbound.text, expecting=expecting)

    def _without_session(self, inbound: Inbound, account: AccountRef) -> Replies:
        """Without the open question only danger can be answered; everything else is asked to come again."""
        understood = self._understand(inbound, ())
        if understood.red_flag is None:
            return (self.trouble,)
        return self._turn(inbound, account, Session(), understood)[1]


def _deliver(answer: Future[Replies | None], replies: Replies | None) -> bool:
    """Hand the answer to the waiting request; False if it has already given up and answered `success`."""
    if not answer.set_running_or_notify_cancel():
        return False
    answer.set_result(replies)
    return True
