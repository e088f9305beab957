"""The nightly job: what is older than its rule in ``retention.yaml`` is taken away, a small batch in a transaction.

A dry run looks only: the one row it writes is that of the run itself.  The audit log is never touched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Select, delete, exists, func, insert, select, update

from bot.domain.clock import HOSPITAL_TZ, local
from bot.services.appointments import A
from bot.services.context import Context, audit
from bot.services.followup.discharges import D
from bot.services.hospital import Hospital
from bot.services.people import A as ACCOUNT
from bot.services.people import G, P
from bot.services.rights import erasing
from bot.services.rights.blanking import emptied, still_full
from bot.services.rights.catalogue import Rule, catalogue
from bot.services.tables import Record, table
from bot.settings import Settings
from bot.store.db import UnitOfWork
from bot.store.models import Base
from bot.store.rights_models import RetentionRun

BATCH = 200
"""Rows of one transaction: patients' bookings wait no longer for it than for one another."""
MOST = 20_000
"""Rows one night takes of one rule; the rest is the next night's."""
HOURS = range(2, 5)
"""The hospital's hours in which the tick works."""
SCHEDULER = "system:scheduler"
STAYS_YEARS = 30
T = table(RetentionRun)


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of one rule."""

    rule: str
    found: int
    taken: int
    kept: int
    """Rows of its table that are not due yet, or stand in somebody's way."""


def run(hospital: Hospital, *, actor: str, dry: bool, names: tuple[str, ...] = ()) -> tuple[Counted, ...]:
    """Every rule in turn (or those named), and the row that tells of it."""
    context = hospital.acting(actor)
    rules = [rule for rule in catalogue().rules.values() if not names or rule.name in names]
    counted = tuple(
        _look(hospital, context, rule) if dry else _work(hospital, context, rule) for rule in rules
    )
    told = {each.rule: {"found": each.found, "taken": each.taken, "kept": each.kept} for each in counted}

    def note(uow: UnitOfWork) -> None:
        row = {"at": context.now, "actor": actor, "dry": dry, "counts": told}
        uow.connection.execute(insert(T), row)
        taken = str(sum(each.taken for each in counted))
        audit(uow, context, "retention.dry" if dry else "retention.run", "retention", taken=taken)

    hospital.db.run(note)
    return counted


def nightly(hospital: Hospital) -> int:
    """The tick: once a night; how many rows were taken away."""
    now = local(hospital.clock.now())
    if now.hour not in HOURS:
        return 0
    midnight = datetime.combine(now.date(), datetime.min.time(), HOSPITAL_TZ)
    with hospital.db.read() as uow:
        done = select(exists().where(T.c.at >= midnight, T.c.dry.is_(False), T.c.actor == SCHEDULER))
        if uow.connection.execute(done).scalar_one():
            return 0
    return sum(each.taken for each in run(hospital, actor=SCHEDULER, dry=False))


def due(rule: Rule, now: datetime, settings: Settings) -> ColumnElement[bool]:
    """Which rows of its table the rule takes."""
    special = _SPECIAL.get(rule.table) if rule.act == "erase" else None
    limit = cutoff(rule, now, settings)
    if special is not None:
        return special(limit, now)
    of = Base.metadata.tables[rule.table]
    which = _before(of.c[rule.since], limit)
    for column, values in rule.only.items():
        which &= of.c[column].in_(values)
    if rule.unless_null:
        which &= of.c[rule.unless_null].is_not(None)
    if rule.after:
        owner = Base.metadata.tables[rule.after["table"]]
        over = select(owner.c.id).where(_before(owner.c[rule.after["closed"]], limit))
        which &= of.c[rule.after["by"]].in_(over)
    return which & still_full(of, rule.columns) if rule.act == "blank" else which


def cutoff(rule: Rule, now: datetime, settings: Settings) -> datetime:
    """What is older is due."""
    if rule.years:
        return _years_before(now, rule.years)
    return now - timedelta(days=rule.days or int(getattr(settings, rule.setting)))


def _look(hospital: Hospital, context: Context, rule: Rule) -> Counted:
    with hospital.db.read() as uow:
        found, everything = _count(uow, context, rule)
    return Counted(rule.name, found, 0, everything - found)


def _work(hospital: Hospital, context: Context, rule: Rule) -> Counted:
    with hospital.db.read() as uow:
        found, everything = _count(uow, context, rule)
    taken, last = 0, None
    while taken < min(found, MOST):
        some, last = hospital.db.run(partial(_batch, context=context, rule=rule, since=last))
        if last is None:
            break
        taken += some
    return Counted(rule.name, found, taken, everything - taken)


def _count(uow: UnitOfWork, context: Context, rule: Rule) -> tuple[int, int]:
    of = Base.metadata.tables[rule.table]
    which = due(rule, context.now, context.settings)
    found = uow.connection.execute(select(func.count()).select_from(of).where(which)).scalar_one()
    everything = uow.connection.execute(select(func.count()).select_from(of)).scalar_one()
    return found, everything


def _batch(uow: UnitOfWork, context: Context, rule: Rule, since: Any) -> tuple[int, Any]:
    """How many were taken, and the last looked at: the next batch begins behind it, so that nobody whose deletion has
    to wait keeps the others; None at the end."""
    of = Base.metadata.tables[rule.table]
    key = next(iter(of.primary_key.columns))
    which: Select[Any] = select(of).where(due(rule, context.now, context.settings)).order_by(key).limit(BATCH)
    if since is not None:
        which = which.where(key > since)
    rows = uow.connection.execute(which.with_for_update(skip_locked=True)).fetchall()
    if not rows:
        return 0, None
    ids = [row._mapping[key.name] for row in rows]
    return _take(uow, context, rule, rows, ids), ids[-1]


def _take(uow: UnitOfWork, context: Context, rule: Rule, rows: Sequence[Record], ids: Sequence[Any]) -> int:
    of = Base.metadata.tables[rule.table]
    key = next(iter(of.primary_key.columns))
    if rule.act == "delete":
        uow.connection.execute(delete(of).where(key.in_(ids)))
        return len(ids)
    if rule.act == "erase":
        return sum(_ERASERS[rule.table](uow, context, each) for each in ids)
    for row in rows:
        values = emptied(uow.keys, of, row, _columns(rule))
        uow.connection.execute(update(of).where(key == row._mapping[key.name]).values(values))
    return len(ids)


def _columns(rule: Rule) -> tuple[str, ...]:
    """A stay that is forgotten is found by no number either."""
    return (*rule.columns, "id_number_index") if rule.table == "discharges" else rule.columns


def _before(column: Column[Any], limit: datetime) -> ColumnElement[bool]:
    value: date | datetime = local(limit).date() if isinstance(column.type, Date) else limit
    return column < value


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - years, day=28)


def _forgotten_patients(limit: datetime, now: datetime) -> ColumnElement[bool]:
    """Nobody looks after them, no visit for fifteen years, no stay for thirty (the law's two terms).  A record that
    was merged into another goes when that one goes: until then its document finds them."""
    looked_after = exists().where(G.c.patient_id == P.c.id, G.c.ended_at.is_(None))
    seen = exists().where(A.c.patient_id == P.c.id, A.c.created_at >= limit)
    stays_end = local(_years_before(now, STAYS_YEARS)).date()
    stayed = exists().where(
        D.c.patient_id == P.c.id, D.c.discharged_on.is_(None) | (D.c.discharged_on >= stays_end)
    )
    alone = P.c.merged_into.is_(None)
    return P.c.erased_at.is_(None) & alone & (P.c.created_at < limit) & ~looked_after & ~seen & ~stayed


def _gone_accounts(limit: datetime, now: datetime) -> ColumnElement[bool]:
    """They have left, look after nobody, and have not written for so long."""
    looks_after = exists().where(G.c.account_id == ACCOUNT.c.id, G.c.ended_at.is_(None))
    silent = ACCOUNT.c.last_message_at.is_(None) | (ACCOUNT.c.last_message_at < limit)
    known = ACCOUNT.c.openid.not_like("closed:%") & (ACCOUNT.c.channel != "desk")
    return ACCOUNT.c.following.is_(False) & (ACCOUNT.c.created_at < limit) & silent & ~looks_after & known


def _erase_patient(uow: UnitOfWork, context: Context, patient_id: str) -> int:
    return int(not isinstance(erasing.erase(uow, context, patient_id), erasing.Blocked))


def _forget_account(uow: UnitOfWork, context: Context, account_id: int) -> int:
    values: dict[str, object] = {"openid": f"closed:{account_id}", "preferences": {}, "last_message_at": None}
    uow.connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(values))
    audit(uow, context, "account.forgotten", f"account:{account_id}")
    return 1


_SPECIAL: dict[str, Callable[[datetime, datetime], ColumnElement[bool]]] = {
    "patients": _forgotten_patients,
    "accounts": _gone_accounts,
}
_ERASERS: dict[str, Callable[[UnitOfWork, Context, Any], int]] = {
    "patients": _erase_patient,
    "accounts": _forget_account,
}
