"""What a due push says, and whether it is still true: asked when it is queued, and again right before it is sent.

Each scope (``appointment:12``, ``case:5``, ``campaign:3``) has a reader of its own; they are put together in
`bot.services.readers`.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.speech import Option
from bot.pushes.kinds import Kind
from bot.services.context import Context
from bot.store.db import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A planner row whose time has come."""

    id: int
    key: str
    kind: Kind
    scope: str
    version: int
    patient_id: str | None
    account_id: int | None
    campaign_id: int | None
    due_at: datetime
    expires_at: datetime

    @property
    def subject(self) -> int:
        """12 of ``appointment:12``."""
        return int(self.scope.partition(":")[2])

    @property
    def extra(self) -> str:
        """What its key has besides kind, scope and version: the recipient, a day."""
        return self.key.removeprefix(f"{self.kind.name}:{self.scope}:{self.version}").removeprefix(":")


@dataclass(frozen=True, slots=True)
class Facts:
    """What it says; hospital, phone and the masked patient are added to it (`bot.pushes.vocabulary`)."""

    fields: Mapping[str, str]
    options: tuple[Option, ...] = ()
    offer: str = ""
    url: str = ""
    """The page that a card opens (`bot.services.surveys.links`)."""
    order: str = ""
    """The episode of care it belongs to."""


@dataclass(frozen=True, slots=True)
class Gone:
    """It is not true any more."""

    reason: str
    """changed | cancelled | withdrawn …, at most 48 characters"""


@dataclass(frozen=True, slots=True)
class Broken:
    """A mistake of our own kept us from reading it: tried again later, its neighbours are not held up."""


Answer = Facts | Gone | Broken
Reader = Callable[[UnitOfWork, Context, Sequence[Due]], Mapping[int, Answer]]
"""The answers by push id, for many pushes in a few queries."""
Readers = Mapping[str, Reader]
"""By the scope's first word."""
UNKNOWN = Gone("no_facts")


@dataclass(frozen=True, slots=True)
class Found:
    """The answers to many pushes."""

    by_id: Mapping[int, Answer] = field(default_factory=dict)

    def __getitem__(self, push_id: int) -> Answer:
        return self.by_id.get(push_id, UNKNOWN)


def read(uow: UnitOfWork, context: Context, readers: Readers, pushes: Sequence[Due]) -> Found:
    """Ask each reader once."""
    by_reader: dict[str, list[Due]] = defaultdict(list)
    for push in pushes:
        by_reader[push.scope.partition(":")[0]].append(push)
    answers: dict[int, Answer] = {}
    for name, mine in by_reader.items():
        if name in readers:
            answers |= _apart(uow, context, readers[name], mine)
    return Found(answers)


def _apart(uow: UnitOfWork, context: Context, reader: Reader, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    """All at once; where that fails one by one, so that only the one at fault is put off."""
    try:
        return reader(uow, context, pushes)
    except SQLAlchemyError:
        raise  # the transaction is over
    except Exception:
        if len(pushes) == 1:
            log.exception("push.unreadable id=%d kind=%s", pushes[0].id, pushes[0].kind.name)
            return {pushes[0].id: Broken()}
    answers: dict[int, Answer] = {}
    for push in pushes:
        answers |= _apart(uow, context, reader, (push,))
    return answers
