"""Whoever's discharges changed is looked at anew, in that transaction: a death stops everything (R30), another stay
ends what the one before began, and the last discharge has the steps of its plan."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.clock import local
from bot.domain.contacts import REPORTED
from bot.domain.followup import (
    FOLLOWUP,
    REPLANNED,
    UNTOUCHED,
    Anchors,
    Days,
    FollowupState,
    Plan,
    Step,
    calendar_of,
    choose,
)
from bot.domain.identity import normalise_name
from bot.domain.states import step
from bot.services.context import Context
from bot.services.followup.advancing import advance
from bot.services.followup.discharges import D, F, opened, stay_of
from bot.services.followup.editions import Editions
from bot.services.followup.inviting import invite, scope_of
from bot.services.followup.linking import mark_deceased
from bot.services.people import SURVIVOR, P, plain
from bot.services.pushes import void_many
from bot.services.surveys.halting import follow_states
from bot.services.tables import Record
from bot.store.db import UnitOfWork

_CHUNK = 400
_UPDATED = ("state", "reason", "version", "earliest_on", "due_on", "overdue_on", "changed_at")
_UPDATE = (
    update(F).where(F.c.id == bindparam("b_id")).values({name: bindparam(f"b_{name}") for name in _UPDATED})
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the follow-ups of an import."""

    planned: int = 0
    """New steps, or steps whose days moved."""
    stopped: int = 0
    """Ended by a death, another stay or another plan."""
    died: int = 0
    """Patients who are known to have died only now."""
    strangers: int = 0
    """Discharges whose identity number is registered under another name: not linked."""
    pushes: int = 0


@dataclass
class _Work:
    """What is to be written."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    void: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Scopes by reason."""
    linked: list[tuple[str, str]] = field(default_factory=list)
    died: dict[str, date] = field(default_factory=dict)
    alive: list[str] = field(default_factory=list)
    stopped: int = 0
    strangers: int = 0


def settle(
    uow: UnitOfWork, context: Context, editions: Editions, people: Collection[bytes], *,
    alive: Collection[bytes] = (),
) -> Settled:  # fmt: skip
    """``people``: blind indexes of identities.  ``alive``: whose death was reported by mistake."""
    planned = stopped = died = strangers = pushes = 0
    ordered = sorted(people)
    for start in range(0, len(ordered), _CHUNK):
        some = ordered[start : start + _CHUNK]
        work, discharges = _decide(uow, context, editions, some, frozenset(alive))
        _write(uow, context, work)
        if work.changed:
            follow_states(uow, context, discharges)
        advance(uow, context, discharges)
        pushes += invite(uow, context, discharges)
        planned += len(work.added) + len(work.changed) - work.stopped
        stopped, died, strangers = stopped + work.stopped, died + len(work.died), strangers + work.strangers
    return Settled(planned, stopped, died, strangers, pushes)


_LIVES = P.alias("lives")
_PATIENTS = select(
    P.c.id_number_index, P.c.id.label("own_id"), P.c.name, _LIVES.c.id, _LIVES.c.deceased_at
).join_from(P, _LIVES, _LIVES.c.id == SURVIVOR)
"""By the document that the ward wrote down: its name, and the record that it belongs to now."""


def _decide(
    uow: UnitOfWork, context: Context, editions: Editions, people: Sequence[bytes], alive: frozenset[bytes]
) -> tuple[_Work, list[str]]:
    work = _Work()
    by_person: dict[bytes, list[Record]] = defaultdict(list)
    for row in uow.connection.execute(select(D).where(D.c.id_number_index.in_(people))):
        by_person[row.id_number_index].append(row)
    ids = [row.id for rows in by_person.values() for row in rows]
    steps: dict[str, list[Record]] = defaultdict(list)
    for row in _in_chunks(uow, ids):
        steps[row.discharge_id].append(row)
    patients = {
        row.id_number_index: row
        for row in uow.connection.execute(_PATIENTS.where(P.c.id_number_index.in_(people)))
    }
    for number, stays in by_person.items():
        names = {row.id: normalise_name(opened(uow.keys, row, ("name",))["name"]).casefold() for row in stays}
        dead = _link(uow, stays, names, patients.get(number), number in alive, work)
        last = {
            name: max((row for row in stays if names[row.id] == name), key=_order).id
            for name in names.values()
        }
        for stay in stays:
            mine = steps[stay.id]
            if dead:
                _stop(mine, FollowupState.DECEASED, "deceased", context.now, work)
            elif stay.id != last[names[stay.id]]:
                _stop(mine, FollowupState.READMITTED, "readmitted", context.now, work)
            else:
                _lay_out(uow, context, editions, stay, mine, work)
    return work, ids


def _in_chunks(uow: UnitOfWork, ids: Sequence[str]) -> list[Record]:
    """Locked: who is answering at this moment is waited for, else their answer would be overwritten."""
    mine = select(F).order_by(F.c.id).with_for_update(key_share=True)
    return [
        row
        for start in range(0, len(ids), _CHUNK)
        for row in uow.connection.execute(mine.where(F.c.discharge_id.in_(ids[start : start + _CHUNK])))
    ]


def _order(stay: Record) -> tuple[date, date, str]:
    return stay.admitted_on, stay.discharged_on or date.max, stay.admission_no


def _link(
    uow: UnitOfWork, stays: Sequence[Record], names: Mapping[str, str], patient: Record | None, alive: bool,
    work: _Work,
) -> bool:  # fmt: skip
    """Each stay gets its registered patient, if number and name agree; whether nobody may be written to.

    A newborn may be in the ward under its mother's number: another name is another person, whose stay is no
    readmission.  Only a death stops all that is under the number, for it must not be missed over a misspelt name (R30).
    """
    deaths = {row.id: row.died_on for row in stays if row.died_on is not None}
    if patient is None:
        return bool(deaths)
    registered = normalise_name(plain(uow.keys, "name", patient.own_id, patient.name)).casefold()
    for stay in stays:
        if names[stay.id] != registered:
            work.strangers += 1
        elif stay.patient_id is None:
            work.linked.append((stay.id, patient.id))
    their_own = [day for stay_id, day in deaths.items() if names[stay_id] == registered]
    if their_own and patient.deceased_at is None:
        work.died[patient.id] = min(their_own)
    if alive and not deaths and patient.deceased_at is not None:
        work.alive.append(patient.id)
        return False
    return bool(deaths) or patient.deceased_at is not None


def _stop(steps: Sequence[Record], state: FollowupState, because: str, now: datetime, work: _Work) -> None:
    for row in steps:
        if state in FOLLOWUP[row.state]:
            work.changed.append(_changed(row, now, state=step(FOLLOWUP, row.state, state)))
            work.void[because].append(scope_of(row.id))
            work.stopped += 1


def _lay_out(
    uow: UnitOfWork, context: Context, editions: Editions, stay: Record, steps: Sequence[Record], work: _Work
) -> None:
    """The steps of the plan that holds, by the edition they began with."""
    edition, plan = _plan(uow, editions, stay, steps)
    anchors = Anchors(stay.discharged_on, stay.surgery_on, _last_answer(steps))
    days = {} if plan is None else calendar_of(plan, anchors)
    there = {row.step: row for row in steps if row.plan_id == edition}
    for row in steps:
        if (row.plan_id != edition or row.step not in days) and _may_move(row) and not _replanned(row):
            closed = step(FOLLOWUP, row.state, FollowupState.CLOSED)
            work.changed.append(_changed(row, context.now, state=closed, reason=REPLANNED))
            work.void[REPLANNED].append(scope_of(row.id))
            work.stopped += 1
    if plan is None or edition is None:
        return
    for position, each in enumerate(plan.steps):
        if each.name not in days:
            continue
        known, when = there.get(each.name), days[each.name]
        if known is None:
            work.added.append(_added(stay.id, edition, position, each, when, context.now))
        elif _may_move(known) and (known.state not in UNTOUCHED or _days(known) != when):
            _move(known, when, context.now, work)


def _last_answer(steps: Sequence[Record]) -> date | None:
    answers = [local(row.completed_at).date() for row in steps if row.completed_at is not None]
    return max(answers, default=None)


def _plan(
    uow: UnitOfWork, editions: Editions, stay: Record, steps: Sequence[Record]
) -> tuple[int | None, Plan | None]:
    plan = None if stay.discharged_on is None else choose(editions.plans, stay_of(uow, stay))
    if plan is None:
        return None, None
    began = [row.plan_id for row in steps if editions.by_id[row.plan_id].name == plan.name]
    edition = max(began) if began else editions.current[plan.name]
    return edition, editions.by_id[edition]


def _may_move(row: Record) -> bool:
    """Nobody has been reached about it.  What staff stopped, hearing of a readmission, goes on when they say so."""
    if row.state is FollowupState.READMITTED and row.reason == REPORTED:
        return False
    stopped = (FollowupState.DECEASED, FollowupState.READMITTED)
    return row.state in UNTOUCHED or row.state in stopped or _replanned(row)


def _replanned(row: Record) -> bool:
    return bool(row.state is FollowupState.CLOSED and row.reason == REPLANNED)


def _days(row: Record) -> Days | None:
    return None if row.due_on is None else Days(row.earliest_on, row.due_on, row.overdue_on)


def _move(row: Record, when: Days | None, now: datetime, work: _Work) -> None:
    """Other days, or begun again: what was planned for the old ones is void."""
    work.changed.append(
        _changed(row, now, state=FollowupState.PLANNED, reason="", version=row.version + 1) | _dates(when)
    )
    work.void["changed"].append(scope_of(row.id))


def _changed(row: Record, now: datetime, **values: Any) -> dict[str, Any]:
    return {"id": row.id} | {name: row._mapping[name] for name in _UPDATED} | {"changed_at": now} | values


def _dates(when: Days | None) -> dict[str, Any]:
    if when is None:
        return {"earliest_on": None, "due_on": None, "overdue_on": None}
    return {"earliest_on": when.earliest, "due_on": when.due, "overdue_on": when.overdue}


def _added(
    discharge_id: str, edition: int, position: int, each: Step, when: Days | None, now: datetime
) -> dict[str, Any]:
    return {
        "discharge_id": discharge_id, "plan_id": edition, "step": each.name, "position": position,
        "state": FollowupState.PLANNED, "reason": "", "version": 1, **_dates(when),
        "audience": each.audience, "questionnaire": each.questionnaire, "owner": each.owner, "kind": each.kind,
        "retries": each.retries, "created_at": now, "changed_at": now,
    }  # fmt: skip


def _write(uow: UnitOfWork, context: Context, work: _Work) -> None:
    for because, scopes in work.void.items():
        for start in range(0, len(scopes), _CHUNK):
            void_many(uow, scopes[start : start + _CHUNK], reason=because)
    if work.added:
        uow.connection.execute(insert(F), work.added)
    if work.changed:
        uow.connection.execute(
            _UPDATE, [{f"b_{name}": value for name, value in row.items()} for row in work.changed]
        )
    for discharge_id, patient_id in work.linked:
        uow.connection.execute(update(D).where(D.c.id == discharge_id).values(patient_id=patient_id))
    for patient_id, day in work.died.items():
        mark_deceased(uow, context, patient_id, day)
    for patient_id in work.alive:
        mark_deceased(uow, context, patient_id, None)
