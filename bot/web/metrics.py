"""`/metrics` for Prometheus: how long turns take, and what waits in the inbox and the outbox."""

import logging
import os
from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.states import OutboxState
from bot.store.db import Database
from bot.store.models import InboxMessage, OutboxMessage
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
        waiting = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.DEAD)
        outbox = GaugeMetricFamily("suizhen_outbox", "Messages to deliver, by state", labels=["state"])
        inbox = GaugeMetricFamily("suizhen_inbox_open", "Received messages not answered yet")
        with self._db.read() as uow:
            state, number = OutboxMessage.state, func.count()
            query = select(state, number).where(state.in_(waiting)).group_by(state)
            found = {row[0]: row[1] for row in uow.session.execute(query)}
            unanswered = uow.session.scalar(
                select(func.count()).select_from(InboxMessage).where(InboxMessage.done_at.is_(None))
            )
        for each in waiting:
            outbox.add_metric([str(each)], found.get(each, 0))
        inbox.add_metric([], unanswered or 0)
        yield outbox
        yield inbox


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
