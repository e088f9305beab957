"""What has to hold at the end of the year; each check gives what is wrong, in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from bench.year.recount import recount
from bench.year.world import _TAKEN, World
from bot.domain.clock import local
from bot.pushes.workdays import is_workday
from bot.services.figures.periods import ReportKind, Term, owed, period
from bot.services.figures.rates import rates
from bot.services.figures.reports import listed
from bot.services.followup.discharges import D, F

Rows = Sequence[Any]
STAFF = "staff"
"""Whose kinds of pushes go to the staff on duty."""


def wrong(world: World, first: date, last: date) -> Iterator[str]:
    """Everything that does not hold."""
    with world.db.read() as uow:
        discharges = uow.connection.execute(select(D)).fetchall()
        followups = uow.connection.execute(select(F)).fetchall()
        taken = uow.connection.execute(_TAKEN).fetchall()
    if world.stale:
        yield f"{world.stale} times a step was not due on its day, or not overdue after its last"
    yield from _on_time(world, followups, taken, last)
    yield from _invited_on_their_day(world, followups, discharges, taken)
    yield from _nobody(world, taken)
    yield from _not_twice(world, followups, taken)
    yield from _as_it_happened(world, followups)
    yield from _rates(world, discharges, followups, first, last)
    yield from _reports(world, first, last)


def _on_time(world: World, followups: Rows, taken: Rows, last: date) -> Iterator[str]:
    """Every step whose days are over was tried within them, unless its patient had died or was in the ward again."""
    tried = dict(world.journal.tried)
    for row in taken:
        step = _step(row)
        if step is not None and (step not in tried or row.at < tried[step]):
            tried[step] = row.at
    for row in followups:
        if _replanned(row) or row.overdue_on is None or row.overdue_on >= last:
            continue
        moment = tried.get(row.id)
        if moment is None:
            if row.state.value not in ("deceased", "readmitted"):
                yield f"step {row.id} ({row.state}) was never tried"
        elif not row.earliest_on <= local(moment).date() <= row.overdue_on:
            yield f"step {row.id} was tried on {local(moment).date()}: {row.earliest_on} to {row.overdue_on}"


def _invited_on_their_day(world: World, followups: Rows, discharges: Rows, taken: Rows) -> Iterator[str]:
    """Who was registered and planned before the day got the invitation at 10:00 on it, if people work on it."""
    steps = {row.id: row for row in followups}
    for row in taken:
        step = _step(row)
        if step is None or row.kind != "followup_due":
            continue
        due, at = steps[step].due_on, local(row.at)
        if not is_workday(at.date()) or at.hour not in (10, 18):
            yield f"step {step} was invited to at {at}"
        if at.date() < due and is_workday(due):
            yield f"step {step} was invited to on {at.date()}, before its day {due}"


def _nobody(world: World, taken: Rows) -> Iterator[str]:
    """Nobody dead and nobody who opted out is messaged; no platform saw what the house does not know of."""
    by_phone = {person.phone: person for person in world.script.people}
    journal, group = world.journal, {"followup_due", "followup_reminder", "revisit_due"}
    for message in journal.messages:
        if world.hospital.kinds[message.kind].group.name == STAFF:
            continue
        person = world.actors.of_account.get(message.account_id or 0) or by_phone.get(message.phone)
        if person is None:
            yield f"{message.kind} went to account {message.account_id} or a phone that is nobody's"
            continue
        heard = journal.died.get(person.number)
        if heard is not None and message.at > heard:
            yield f"person {person.number} died on {heard}, and was sent {message.kind} on {message.at}"
        off = journal.opted_out.get(message.account_id or 0)
        if off is not None and message.at > off and message.kind in group:
            yield f"account {message.account_id} opted out on {off}, and was sent {message.kind} on {message.at}"
    if len(taken) != len(journal.messages):
        yield f"the platforms took {len(journal.messages)} messages, the house knows of {len(taken)}"


def _not_twice(world: World, followups: Rows, taken: Rows) -> Iterator[str]:
    """Each step is invited to once and reminded of once, and never after it ended; answered once."""
    for (scope, kind), times in Counter((row.scope, row.kind) for row in taken).items():
        if times > 1 and scope.startswith("followup:"):
            yield f"{scope} was sent {kind} {times} times"
    last_sent = {_step(row): row.at for row in sorted(taken, key=lambda row: row.at)}
    for step, moments in world.journal.completed.items():
        if len(moments) > 1:
            yield f"step {step} was completed {len(moments)} times"
        if step in last_sent and last_sent[step] > moments[0]:
            yield f"step {step} was sent a message after it was answered"
    known = {(row.discharge_id, row.plan_id, row.step) for row in followups}
    if len(known) != len(followups):
        yield "a discharge has a step twice"


def _as_it_happened(world: World, followups: Rows) -> Iterator[str]:
    """The three figures of every step are the moments at which it happened."""
    journal = world.journal
    for row in followups:
        done = journal.completed.get(row.id)
        if (row.reached_at, row.completed_at) != (journal.reached.get(row.id), done[0] if done else None):
            told, truth = (row.reached_at, row.completed_at), (journal.reached.get(row.id), done)
            yield f"step {row.id}: reached and completed {told}; it was {truth}"


def _rates(world: World, discharges: Rows, followups: Rows, first: date, last: date) -> Iterator[str]:
    """The same numbers by brute force, whatever they are counted by, also for a day in the middle."""
    term = Term(first - timedelta(days=400), last + timedelta(days=400))
    keys: dict[str, Callable[[Any], str]] = {
        "ward": lambda stay: stay.ward,
        "doctor": lambda stay: stay.doctor,
        "department": lambda stay: stay.department,
        "month": lambda stay: f"{stay.discharged_on:%Y%m}",
        "year": lambda stay: f"{stay.discharged_on:%Y}",
    }
    for name, key in keys.items():
        for today in (last, first + (last - first) / 2):
            with world.db.read() as uow:
                found = {each.key[0]: _numbers(each) for each in rates(uow, term, today, by=(name,))}
            truth = recount(discharges, followups, today, key)
            for each in sorted(truth.keys() | found.keys()):
                if found.get(each) != truth.get(each):
                    yield f"rates by {name} on {today}: {each} is {found.get(each)}, counted {truth.get(each)}"


def _numbers(rate: Any) -> tuple[int, ...]:
    return (
        rate.discharged, rate.died, rate.pending, rate.expected, rate.attempted, rate.reached, rate.completed,
        rate.on_time, rate.stopped, rate.unplanned,
    )  # fmt: skip


def _reports(world: World, first: date, last: date) -> Iterator[str]:
    """One for every week, month and year that was over, from the first discharge on."""
    with world.db.read() as uow:
        made = Counter((each.kind, each.term.since) for each in listed(uow))
    for kind in ReportKind:
        begun = period(kind, first).since
        wanted = {(kind, term.since) for term in owed(kind, world.clock.now(), begun - timedelta(days=1))}
        have = {each for each in made if each[0] is kind}
        if wanted != have or any(made[each] != 1 for each in have):
            yield f"reports of a {kind}: {len(have)} of {len(wanted)}"


def _replanned(row: Any) -> bool:
    return bool(row.state.value == "closed" and row.reason == "replanned")


def _step(row: Any) -> int | None:
    name, _, number = row.scope.partition(":")
    return int(number) if name == "followup" else None
