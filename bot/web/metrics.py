"""`/metrics` for Prometheus: how long turns take, and what waits in the inbox and the outbox."""

import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.states import AlertState, OutboxState, PhoneTaskState, PushState
from bot.services.flags.looking import counts
from bot.services.stuck import stuck
from bot.services.tables import table
from bot.store.db import Database, UnitOfWork
from bot.store.models import InboxMessage, OutboxMessage
from bot.store.outbox import PRIORITIES
from bot.store.push_models import Alert, PhoneTask, Push
from bot.store.types import UtcDateTime, written
from bot.web.figures import SHARED

log = logging.getLogger(__name__)

BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.5)
"""Up to the reply budget: WeChat disconnects at 5 s."""


class Metrics:
    """What one process counts.  The registry is its own: two apps in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Histogram(
            "suizhen_turn_seconds",
            "From a verified message to its answer",
            ["outcome"],
            buckets=BUCKETS,
            registry=self.registry,
        )

    def observe_turn(self, outcome: str, seconds: float) -> None:
        """``outcome``: answered | late | failed."""
        self._turns.labels(outcome).observe(seconds)


class Queues:
    """Counts what waits, asked of the database when Prometheus asks; while it is away, nothing: the turns' own
    figures are needed most just then."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def collect(self) -> Iterator[Metric]:
        try:
            yield from self._counted()
        except SQLAlchemyError as error:
            log.warning("metrics.queues unknown error=%s", type(error).__name__)

    def _counted(self) -> Iterator[Metric]:
        """Every question is answered by an index: a million messages that are sent or due later cost nothing."""
        with self._db.read() as uow:
            yield _gauge("suizhen_outbox", "Messages to deliver, by state", "state", _by_state(uow))
            yield _gauge(
                "suizhen_outbox_due",
                "Messages that are due, by priority",
                "priority",
                _due(uow, func.count()),
            )
            yield _gauge(
                "suizhen_outbox_wait_seconds", "Since when the oldest due message waits, by priority", "priority",
                {key: (uow.now - since).total_seconds() for key, since in _due(uow, _OLDEST).items() if since},
            )  # fmt: skip
            yield _gauge("suizhen_pushes_due", "Planner rows that are due, by kind", "kind", _pushes(uow))
            yield _gauge(
                "suizhen_phone_tasks_open", "Calls that staff have to make, by kind", "kind", _tasks(uow)
            )
            yield _gauge(
                "suizhen_alerts_open", "Faults that staff have to mend, by kind", "kind", _alerts(uow)
            )
            flags = counts(uow)
            waits = 0.0 if flags.oldest is None else (uow.now - flags.oldest).total_seconds()
            unanswered = uow.connection.execute(_UNANSWERED).scalar_one()
        yield GaugeMetricFamily("suizhen_inbox_open", "Received messages not answered yet", value=unanswered)
        yield _gauge(
            "suizhen_flags_open",
            "Red flags that nobody has taken, by level",
            "level",
            {str(level): float(n) for level, n in flags.open.items()},
        )
        yield GaugeMetricFamily(
            "suizhen_flags_wait_seconds",
            "Since when the oldest red flag waits for somebody to take it",
            value=waits,
        )
        yield GaugeMetricFamily(
            "suizhen_flags_overdue",
            "Red flags that are not closed and past their deadline",
            value=flags.overdue,
        )
        late: Counter[str] = Counter()
        for each in stuck(self._db):
            late[each.what] += each.count
        yield _gauge("suizhen_stuck", "What waits longer than it should (pushes --stuck)", "what", late)


_O, _I, _P, _T, _A = (table(model) for model in (OutboxMessage, InboxMessage, Push, PhoneTask, Alert))
_WAITING = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.PAUSED, OutboxState.DEAD)
_OLDEST = func.min(_O.c.due_at, type_=UtcDateTime())
_UNANSWERED = select(func.count()).select_from(_I).where(_I.c.done_at.is_(None))


def _gauge(name: str, help_: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def _by_state(uow: UnitOfWork) -> dict[str, float]:
    counts = (
        select(literal(state.value), func.count()).where(_O.c.state == written(state)) for state in _WAITING
    )
    return {row[0]: row[1] for row in uow.connection.execute(union_all(*counts))}


def _due(uow: UnitOfWork, what: ColumnElement[Any]) -> dict[str, Any]:
    """By priority, one look at the index each."""
    pending = _O.c.state == written(OutboxState.PENDING)
    found = {}
    for priority in PRIORITIES:
        query = select(what).where(pending, _O.c.priority == priority, _O.c.due_at <= uow.now)
        found[str(priority)] = uow.connection.execute(query).scalar()
    return found


def _pushes(uow: UnitOfWork) -> dict[str, float]:
    due = (_P.c.state == written(PushState.PLANNED)) & (_P.c.due_at <= uow.now)
    return _grouped(uow, _P.c.kind, due & _P.c.priority.in_(PRIORITIES))


def _tasks(uow: UnitOfWork) -> dict[str, float]:
    return _grouped(uow, _T.c.kind, _T.c.state.in_([PhoneTaskState.OPEN, PhoneTaskState.TAKEN]))


def _alerts(uow: UnitOfWork) -> dict[str, float]:
    return _grouped(uow, _A.c.kind, _A.c.state != AlertState.CLOSED)


def _grouped(uow: UnitOfWork, by: ColumnElement[str], which: ColumnElement[bool]) -> dict[str, float]:
    rows = uow.connection.execute(select(by, func.count()).where(which).group_by(by))
    return {row[0]: row[1] for row in rows}


def blueprint(db: Database, metrics: Metrics) -> Blueprint:
    """`/metrics`.  It tells numbers only; keep it from the public all the same (docs/operations.zh.md)."""
    pages = Blueprint("metrics", __name__)
    queues = Queues(db)

    @pages.get("/metrics")
    def show() -> Response:
        registry = CollectorRegistry()
        registry.register(queues)
        own = metrics.registry
        if os.environ.get(SHARED):
            own = CollectorRegistry()
            MultiProcessCollector(own)  # type: ignore[no-untyped-call]
        return Response(generate_latest(own) + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return pages
