"""Alerts: faults that staff have to mend, one open row for each subject, counted while they last."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.states import ALERT, AlertState, step
from bot.services.context import write_audit
from bot.services.tables import Record, table
from bot.store.db import Database, UnitOfWork
from bot.store.push_models import Alert
from bot.store.types import UtcDateTime

TEMPLATE_DISABLED = "template_disabled"
"""While such an alert is not closed, its template is not used."""

_T = table(Alert)
_OPEN = _T.c.state != AlertState.CLOSED
_AGAIN = (
    update(_T)
    .where(_T.c.kind == bindparam("p_kind"), _T.c.subject == bindparam("p_subject"), _OPEN)
    .values(
        count=_T.c.count + bindparam("p_times"), code=bindparam("p_code"),
        last_at=bindparam("p_now", type_=UtcDateTime),
    )
)  # fmt: skip
_VIEW = select(
    _T.c.id, _T.c.kind, _T.c.subject, _T.c.code, _T.c.state, _T.c.count.label("times"), _T.c.staff_no,
    _T.c.first_at, _T.c.last_at,
)  # fmt: skip
_ONE = _VIEW.where(_T.c.id == bindparam("p_id"))
_STEP = (
    update(_T)
    .where(_T.c.id == bindparam("p_id"), _T.c.state == bindparam("p_before", type_=_T.c.state.type))
    .values(state=bindparam("p_after", type_=_T.c.state.type), staff_no=bindparam("p_staff"))
)
_SUBJECTS = select(_T.c.subject).where(_T.c.kind == bindparam("p_kind"), _OPEN)


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert as staff see it."""

    id: int
    kind: str
    subject: str
    code: str
    state: AlertState
    count: int
    staff_no: str | None
    first_at: datetime
    last_at: datetime


def raise_alert(uow: UnitOfWork, kind: str, subject: str, code: str = "", *, times: int = 1) -> None:
    """Open an alert, or count ``times`` more on the one that is open."""
    values = {
        "p_kind": kind, "p_subject": subject[:80], "p_code": code[:32], "p_times": times, "p_now": uow.now,
    }  # fmt: skip
    if uow.execute(_AGAIN, values).rowcount:
        return
    insert = postgresql.insert if uow.dialect == "postgresql" else sqlite.insert
    row = {
        "kind": kind,
        "subject": subject[:80],
        "code": code[:32],
        "state": AlertState.OPEN,
        "count": times,
        "first_at": uow.now,
        "last_at": uow.now,
    }
    made = insert(_T).values(row).on_conflict_do_nothing().returning(_T.c.id)
    if uow.connection.execute(made).first() is None:  # somebody was faster by a moment
        uow.execute(_AGAIN, values)


def acknowledge(uow: UnitOfWork, alert_id: int, staff_no: str) -> AlertView | None:
    """Somebody is at it; None if there is no such alert."""
    return _move(uow, alert_id, AlertState.ACKNOWLEDGED, staff_no)


def close(uow: UnitOfWork, alert_id: int, staff_no: str) -> AlertView | None:
    """Mended: the next fault opens a new one.  A disabled template may be used again."""
    return _move(uow, alert_id, AlertState.CLOSED, staff_no)


def listing(uow: UnitOfWork, *, everything: bool = False, limit: int = 200) -> Sequence[AlertView]:
    """The alerts that are not closed, or the latest of all; newest first."""
    wanted = _VIEW.order_by(_T.c.last_at.desc(), _T.c.id.desc()).limit(limit)
    rows = uow.connection.execute(wanted if everything else wanted.where(_OPEN))
    return [_view(row) for row in rows]


def subjects(uow: UnitOfWork, kind: str) -> frozenset[str]:
    """What alerts of ``kind`` that are not closed are about."""
    return frozenset(row.subject for row in uow.execute(_SUBJECTS, {"p_kind": kind}))


class Disabled:
    """Subjects of open alerts that switch something off, read from the database every few seconds."""

    def __init__(
        self, db: Database, kind: str = TEMPLATE_DISABLED, *, every: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._db, self._kind, self._every, self._monotonic = db, kind, every, monotonic
        self._known: tuple[float, frozenset[str]] | None = None

    def __contains__(self, subject: object) -> bool:
        known, now = self._known, self._monotonic()
        if known is None or now - known[0] >= self._every:
            with self._db.read() as uow:
                known = self._known = (now, subjects(uow, self._kind))
        return subject in known[1]


def _move(uow: UnitOfWork, alert_id: int, after: AlertState, staff_no: str) -> AlertView | None:
    row = uow.execute(_ONE, {"p_id": alert_id}).first()
    if row is None:
        return None
    found = _view(row)
    if found.state is not after:
        step(ALERT, found.state, after)
        moved = {"p_id": alert_id, "p_before": found.state, "p_after": after, "p_staff": staff_no}
        uow.execute(_STEP, moved)
        write_audit(
            uow, at=uow.now, actor=f"staff:{staff_no}", action=f"alert.{after}", subject=f"alert:{alert_id}",
            kind=found.kind, about=found.subject,
        )  # fmt: skip
    again = uow.execute(_ONE, {"p_id": alert_id}).first()
    return None if again is None else _view(again)


def _view(row: Record) -> AlertView:
    return AlertView(
        row.id, row.kind, row.subject, row.code, row.state, row.times, row.staff_no, row.first_at, row.last_at
    )
