"""A training or an exam: planned, changed, called off; listed for whose it is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update

from bot.domain.roles import Scope
from bot.services.context import Context, audit
from bot.services.staff.rows import S
from bot.services.tables import table
from bot.services.within import within
from bot.store.db import UnitOfWork
from bot.store.models import AuditEntry
from bot.store.staff_models import Training, TrainingRecord

T, R = table(Training), table(TrainingRecord)
KINDS = ("training", "exam")
TITLE, PLACE, CONTENT = 64, 64, 1000
PAGE = 50
_LONGEST = 24 * 60
_FORM = timedelta(days=1)
"""After which the same form is not sent again."""
_A = table(AuditEntry)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written on the form."""

    kind: str
    title: str
    day: date
    place: str = ""
    ward: str = ""
    """Whose it is; empty: the hospital's."""
    content: str = ""
    minutes: int = 0
    pass_mark: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One of them, with how many take part."""

    id: int
    plan: Plan
    version: int
    created_by: str
    cancelled_at: datetime | None
    people: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    id: int


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else changed it meanwhile."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Fields that cannot be, by their names: title | kind | minutes | pass_mark | day | ward | cancelled"""

    fields: tuple[str, ...]


Outcome = Done | Stale | Wrong


def create(uow: UnitOfWork, context: Context, plan: Plan, *, key: str) -> Done | Wrong:
    """``key``: of the form; sent a second time, it is the session that the first one made."""
    if wrong := check(plan):
        return Wrong(wrong)
    if (first := _made_with(uow, context, key)) is not None:
        return Done(first)
    row = {**asdict(plan), "version": 1, "created_by": context.actor, "created_at": context.now}
    made: int = uow.connection.execute(insert(T).values(row).returning(T.c.id)).scalar_one()
    audit(uow, context, "training.planned", f"training:{made}", key=key)
    return Done(made)


def _made_with(uow: UnitOfWork, context: Context, key: str) -> int | None:
    """What this form has made already.  Whoever sends one waits for their own other press, on their own row."""
    own = select(S.c.id).where(S.c.staff_no == context.actor.removeprefix("staff:"))
    uow.connection.execute(own.with_for_update())
    lately = (_A.c.at >= context.now - _FORM, _A.c.action == "training.planned", _A.c.actor == context.actor)
    made = select(_A.c.subject).where(*lately, _A.c.detail["key"].as_string() == key)
    subject: str | None = uow.connection.execute(made).scalar()
    return None if subject is None else int(subject.removeprefix("training:"))


def change(uow: UnitOfWork, context: Context, training_id: int, version: int, plan: Plan) -> Outcome:
    """Also the pass mark: who had passed by the old one is judged by the new."""
    if wrong := check(plan):
        return Wrong(wrong)
    done = _changed(uow, context, training_id, version, "training.changed", **asdict(plan))
    if isinstance(done, Done):
        judge(uow, training_id, plan)
    return done


def cancel(uow: UnitOfWork, context: Context, training_id: int, version: int) -> Outcome:
    """Called off: it stays in the list and counts nowhere."""
    return _changed(uow, context, training_id, version, "training.cancelled", cancelled_at=context.now)


def judge(uow: UnitOfWork, training_id: int, plan: Plan) -> None:
    """Passed, by the points that stand there and the pass mark; nobody passes a training, and nobody fails one."""
    mine = R.c.training_id == training_id
    if plan.kind != "exam" or plan.pass_mark is None:
        uow.connection.execute(update(R).where(mine).values(passed=None))
        return
    judged = R.c.present.is_(True) & R.c.score.is_not(None)
    uow.connection.execute(update(R).where(mine, judged).values(passed=R.c.score >= plan.pass_mark))
    uow.connection.execute(update(R).where(mine, ~judged).values(passed=None))


def check(plan: Plan) -> tuple[str, ...]:
    exam = plan.kind == "exam"
    wrong = {
        "kind": plan.kind not in KINDS,
        "title": not 0 < len(plan.title) <= TITLE,
        "minutes": not 0 <= plan.minutes <= _LONGEST,
        "pass_mark": exam and (plan.pass_mark is None or not 0 < plan.pass_mark <= 100),
    }
    return tuple(name for name, is_so in wrong.items() if is_so)


def one(uow: UnitOfWork, training_id: int) -> Session | None:
    row = uow.connection.execute(_listed().where(T.c.id == training_id)).first()
    return None if row is None else _session(row)


def page(
    uow: UnitOfWork, scope: Scope, number: int, *, only: int | None = None
) -> tuple[Sequence[Session], bool]:
    """Those of somebody's wards and of the whole hospital, the newest first; ``only``: in which this person takes
    part."""
    wanted = _listed().where(seen(scope)).order_by(T.c.day.desc(), T.c.id.desc())
    if only is not None:
        wanted = wanted.where(T.c.id.in_(select(R.c.training_id).where(R.c.staff_id == only)))
    rows = uow.connection.execute(wanted.limit(PAGE + 1).offset((number - 1) * PAGE)).all()
    return [_session(row) for row in rows[:PAGE]], len(rows) > PAGE


def seen(scope: Scope) -> ColumnElement[bool]:
    return or_(T.c.ward == "", within(scope, T.c.ward))


def _listed() -> Select[Any]:
    people = (
        select(func.count()).select_from(R).where(R.c.training_id == T.c.id).correlate(T).scalar_subquery()
    )
    return select(T, people.label("people"))


def _session(row: Any) -> Session:
    plan = Plan(row.kind, row.title, row.day, row.place, row.ward, row.content, row.minutes, row.pass_mark)
    return Session(row.id, plan, row.version, row.created_by, row.cancelled_at, row.people)


def _changed(
    uow: UnitOfWork, context: Context, training_id: int, version: int, action: str, **values: Any
) -> Done | Stale:
    mine = (T.c.id == training_id, T.c.version == version, T.c.cancelled_at.is_(None))
    if not uow.connection.execute(update(T).where(*mine).values(version=version + 1, **values)).rowcount:
        return Stale()
    audit(uow, context, action, f"training:{training_id}")
    return Done(training_id)


def bump(uow: UnitOfWork, context: Context, training_id: int, version: int, action: str) -> Done | Stale:
    """Whoever changes its list of people: two at once notice each other."""
    return _changed(uow, context, training_id, version, action)
