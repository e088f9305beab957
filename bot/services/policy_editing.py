"""Changing a number of the policy: from a day on, with a reason, for the hospital, a department or a doctor (R9, R12).

Who opened a form on older numbers changes nothing: every change moves the directory's revision from what was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select, update

from bot.domain.policy import Policy
from bot.domain.policy_replay import Spot
from bot.domain.policy_words import WORDS
from bot.services import directory, revisions
from bot.services.context import Context, audit
from bot.services.policy_replaying import Asked, both, open_now
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import PolicyRule

_R = table(PolicyRule)
FURTHEST = timedelta(days=366)
"""A number set for a later day than this is forgotten by everybody."""
REASON = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number from a day on; ``value`` None: the wider scope's from then on."""

    asked: Asked
    effective_from: date
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: what was set, by whom, why."""

    id: int
    scope: str
    scope_id: int
    name: str
    value: int | None
    effective_from: date
    note: str
    author: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Source:
    """A number in force, and the scope that says so; ``shipped``: nobody has set it."""

    value: int
    scope: str
    """doctor | department | hospital | shipped"""
    since: date | None


@dataclass(frozen=True, slots=True)
class Set:
    """It has been written."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Numbers, departments or doctors have changed since the form was opened."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """It may not be: name | scope | value | day_past | day_far | note | same | promised | begun."""

    why: str
    count: int = 0
    earliest: date | None = None


def lines(uow: UnitOfWork, name: str | None = None) -> list[Line]:
    """Everything ever set (and not taken back), the latest day first."""
    wanted = select(_R).order_by(_R.c.effective_from.desc(), _R.c.id.desc())
    rows = uow.connection.execute(wanted if name is None else wanted.where(_R.c.name == name))
    return [Line(**row._mapping) for row in rows]


def source(found: Sequence[Line], asked: Asked, department_id: int | None, on: date) -> Source:
    """What holds on a day, and where it comes from."""
    ids = {"hospital": 0, "department": department_id, "doctor": None}
    ids[asked.scope] = asked.scope_id
    for scope in ("doctor", "department", "hospital"):
        mine = [
            each for each in found
            if (each.scope, each.scope_id, each.name) == (scope, ids[scope], asked.name)
            and each.effective_from <= on
        ]  # fmt: skip
        latest = max(mine, key=lambda each: each.effective_from, default=None)
        if latest is not None and latest.value is not None:
            return Source(latest.value, scope, latest.effective_from)
    return Source(getattr(Policy(), asked.name), "shipped", None)


def seen(uow: UnitOfWork) -> int:
    """What a form says that it was opened on."""
    return revisions.current(uow, directory.REVISION)


def fresh(uow: UnitOfWork, context: Context) -> Context:
    """With the directory as this transaction sees it: a cached one may be a second old."""
    return replace(context, directory=directory.read(uow, seen(uow)))


def check(uow: UnitOfWork, context: Context, wanted: Wanted) -> Wrong | None:
    """Whatever speaks against it; ``context`` is a fresh one."""
    asked, word = wanted.asked, WORDS.get(wanted.asked.name)
    if word is None:
        return Wrong("name")
    if asked.scope not in word.scopes or not exists(context, asked.scope, asked.scope_id):
        return Wrong("scope")
    if asked.value is not None and not word.allows(asked.value):
        return Wrong("value")
    if wanted.effective_from < context.today:
        return Wrong("day_past")
    if wanted.effective_from > context.today + FURTHEST:
        return Wrong("day_far")
    if not 2 <= len(wanted.note) <= REASON:
        return Wrong("note")
    if _own(context, asked, wanted.effective_from) == asked.value:
        return Wrong("same")
    return _promised(uow, context, wanted) if word.promised else None


def put(uow: UnitOfWork, context: Context, wanted: Wanted, version: int) -> Set | Stale | Wrong:
    """Write it; a number set for the same day before is replaced."""
    if seen(uow) != version:
        return Stale()
    wrong = check(uow, fresh(uow, context), wanted)
    if wrong is not None:
        return wrong
    if not revisions.bump_from(uow, directory.REVISION, version):
        return Stale()
    asked = wanted.asked
    key = {
        "scope": asked.scope, "scope_id": asked.scope_id, "name": asked.name,
        "effective_from": wanted.effective_from,
    }  # fmt: skip
    said = {"value": asked.value, "note": wanted.note, "author": context.actor, "created_at": context.now}
    mine = and_(*(_R.c[name] == value for name, value in key.items()))
    before = uow.connection.execute(select(_R).where(mine)).first()
    if before is None:
        uow.connection.execute(insert(_R).values(key | said))
    else:
        uow.connection.execute(update(_R).where(mine).values(said))
    _noted(uow, context, "policy.set", asked, wanted.effective_from, before)
    return Set()


def withdraw(uow: UnitOfWork, context: Context, rule_id: int, version: int) -> Set | Stale | Wrong:
    """A change that has not begun is taken back; the audit log keeps it."""
    row = uow.connection.execute(select(_R).where(_R.c.id == rule_id)).first()
    if row is None:
        return Stale()
    if row.effective_from <= context.today:
        return Wrong("begun")
    if not revisions.bump_from(uow, directory.REVISION, version):
        return Stale()
    uow.connection.execute(delete(_R).where(_R.c.id == rule_id))
    asked = Asked(row.scope, row.scope_id, row.name, None)
    _noted(uow, context, "policy.withdrawn", asked, row.effective_from, row)
    return Set()


def exists(context: Context, scope: str, scope_id: int) -> bool:
    """Whether there is such a department or doctor."""
    known = {
        "hospital": {0: None},
        "department": context.directory.departments,
        "doctor": context.directory.doctors,
    }
    return scope_id in known.get(scope, {})


def _own(context: Context, asked: Asked, on: date) -> int | None:
    """What this scope itself says on a day."""
    mine = [
        rule for rule in context.directory.rules
        if (rule.scope, rule.scope_id, rule.name) == (asked.scope, asked.scope_id, asked.name)
        and rule.effective_from <= on
    ]  # fmt: skip
    latest = max(mine, key=lambda rule: rule.effective_from, default=None)
    return None if latest is None else latest.value


def _promised(uow: UnitOfWork, context: Context, wanted: Wanted) -> Wrong | None:
    """Vouchers say until when; who was told before is not told otherwise by a stricter number (R12)."""
    old, new = both(context.directory, wanted.asked)

    def told_more(spot: Spot) -> bool:
        told = old(context.today, spot.department_id, spot.doctor_id)
        will = new(wanted.effective_from, spot.department_id, spot.doctor_id)
        return bool(getattr(will, wanted.asked.name) > getattr(told, wanted.asked.name))

    later = [each.spot for each in open_now(uow, context.today) if each.spot.day >= wanted.effective_from]
    days = [spot.day for spot in later if told_more(spot)]
    return Wrong("promised", len(days), max(days) + timedelta(days=1)) if days else None


def _noted(
    uow: UnitOfWork, context: Context, action: str, asked: Asked, day: date, before: Any
) -> None:  # fmt: skip
    audit(
        uow, context, action, f"policy:{asked.scope}:{asked.scope_id}", name=asked.name, day=day.isoformat(),
        value=_written(asked.value), before="-" if before is None else _written(before.value),
    )  # fmt: skip


def _written(value: int | None) -> str:
    return "wider" if value is None else str(value)
