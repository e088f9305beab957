"""What a due push says, and whether it is still true: asked when it is queued, and again right before it is sent.

Each scope (``appointment:12``, ``case:5``, ``campaign:3``) has a reader of its own; they are put together in
`bot.services.readers`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.speech import Option
from bot.pushes.kinds import Kind
from bot.services.context import Context
from bot.store.db import UnitOfWork


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
    order: str = ""
    """The episode of care it belongs to."""


@dataclass(frozen=True, slots=True)
class Gone:
    """It is not true any more."""

    reason: str
    """changed | cancelled | withdrawn …, at most 48 characters"""


Answer = Facts | Gone
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
            answers |= readers[name](uow, context, mine)
    return Found(answers)
