"""The fixed ticks: a handful of static jobs.  What is due is rows in the database, never jobs in here."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.domain.clock import Clock
from bot.services import audit_chain, demand, demo, demo_asks, policy_looking, readers, receipts
from bot.services.broadcast import campaigns
from bot.services.figures import reports
from bot.services.flags.escalating import escalate
from bot.services.followup import demo as demo_discharges
from bot.services.followup import linking, marking
from bot.services.hospital import Hospital
from bot.services.rights import retention
from bot.services.suspension.saga import Suspensions
from bot.services.tickets import overdue
from bot.settings import Settings
from bot.store.away import missing
from bot.store.inbox import Inbox
from bot.store.looks import Looks
from bot.store.outbox import Outbox
from scheduler.outages import Outages
from scheduler.planner import Planner
from scheduler.slow import Slow

log = logging.getLogger(__name__)

JUMP = timedelta(seconds=30)
"""By how much the machine's clock may be set back unnoticed."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Something done again and again; it must not matter if two schedulers do it at once."""

    name: str
    every: float
    run: Callable[[], object]


def standard(
    *,
    hospital: Hospital,
    inbox: Inbox,
    outbox: Outbox,
    settings: Settings,
    clock: Clock,
    looks: Looks | None = None,
    stop: threading.Event | None = None,
) -> list[Tick]:
    """The house's ticks.  ``looks``: None where nobody looks.  ``stop``: what keeps one with much to do from going
    on."""
    kept = timedelta(days=settings.inbox_days)
    planner = Planner(hospital, readers.standard(), stop=stop)
    suspensions = Suspensions(hospital)
    ticks = [
        Tick("plan", 1, planner.tick),
        Tick("publish", 300, planner.publish),
        Tick("suspensions", 0.5, lambda: suspensions.work(stop)),
        Tick("flags", 10, lambda: escalate(hospital)),
        Tick("tickets", 60, lambda: overdue.work(hospital)),
        Tick("release", 10, hospital.release_due),
        Tick("broadcasts", 10, lambda: _finish_broadcasts(hospital)),
        Tick("reap", 10, outbox.reap),
        Tick("followups", 300, lambda: _follow_up(hospital)),
        Tick(
            "wishes", 300, lambda: hospital.db.run(lambda uow: demand.close_left(uow, hospital.clock.now()))
        ),
        Tick("asked reports", 3, lambda: reports.make_asked(hospital)),
        Tick("reports", 60, lambda: reports.make_owed(hospital)),
        Tick("receipts", 5, lambda: receipts.match(hospital.db)),
        Tick("audit", 5, lambda: audit_chain.link(hospital.db)),
        Tick("retention", 900, lambda: retention.nightly(hospital)),
        Tick("purge", 3600, lambda: inbox.purge(clock.now() - kept)),
    ]
    if looks is not None:
        ticks.append(Tick("asked looks", 1, partial(policy_looking.work, hospital, looks, stop)))
    if settings.demo:  # the clock may be moved by days: tomorrow needs clinics too
        ticks.append(Tick("wished", 600, lambda: demo_asks.seed(hospital.db, clock)))
        ticks.append(Tick("extend", 30, lambda: demo.extend(hospital.db, clock)))
        ticks.append(Tick("discharge", 30, lambda: demo_discharges.discharge(hospital)))
    return ticks


def _finish_broadcasts(hospital: Hospital) -> int:
    context = hospital.acting("system:scheduler")
    return hospital.db.run(lambda uow: campaigns.finish(uow, context))


def _follow_up(hospital: Hospital) -> int:
    context = hospital.acting("system:scheduler")
    done = hospital.db.run(lambda uow: linking.go_on(uow, context))
    return done + hospital.db.run(lambda uow: marking.mark(uow, context))


def run_scheduler(
    *,
    hospital: Hospital,
    inbox: Inbox,
    outbox: Outbox,
    looks: Looks,
    settings: Settings,
    clock: Clock,
    stop: threading.Event,
) -> None:
    """Returns soon after ``stop`` is set."""
    ticks = standard(
        hospital=hospital, inbox=inbox, outbox=outbox, looks=looks, settings=settings, clock=clock, stop=stop
    )  # fmt: skip
    run_ticks(ticks, stop)


def run_ticks(ticks: Sequence[Tick], stop: threading.Event, *, look: float = 1.0) -> None:
    """Run ``ticks`` until ``stop``.

    APScheduler reckons with the wall clock: set back by an hour it would sleep for an hour.  So we look whether
    anything is planned farther away than its pace, and then plan everything anew.
    """
    slow = Slow()
    scheduler = build(ticks, slow)
    scheduler.start()
    try:
        while not stop.wait(look):
            if astray(scheduler):
                log.warning("ticks.clock was set back; planning anew")
                replan(scheduler)
            for name, seconds in slow.due():
                log.warning("tick.slow name=%s running=%.0fs", name, seconds)
    finally:
        scheduler.shutdown(wait=True)


def build(ticks: Sequence[Tick], slow: Slow) -> BackgroundScheduler:
    """A scheduler with one static job a tick: none is dropped for being late, none runs twice at once."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=UTC,
    )
    outages = Outages()
    for tick in ticks:
        scheduler.add_job(
            guarded(tick, outages, slow),
            "interval",
            seconds=tick.every,
            id=tick.name,
            next_run_time=datetime.now(UTC),
        )
    return scheduler


def astray(scheduler: BackgroundScheduler) -> bool:
    """Whether a tick is planned farther away than its pace."""
    now = datetime.now(UTC)
    return any(job.next_run_time - now > job.trigger.interval + JUMP for job in scheduler.get_jobs())


def replan(scheduler: BackgroundScheduler) -> None:
    """Everything is due now; from there each goes on at its pace."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))


def guarded(tick: Tick, outages: Outages, slow: Slow) -> Callable[[], None]:
    """A failing tick is logged and comes again; that the database is away is told once for all of them, and one that
    hangs while it hangs."""

    def run() -> None:
        try:
            with slow.watch(tick.name), outages.watch(tick.name):
                tick.run()
        except Exception as error:
            if not missing(error):
                log.exception("tick.failed name=%s", tick.name)

    return run
