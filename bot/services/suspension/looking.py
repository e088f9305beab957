"""停诊 as the console shows it: the list, how far one has come, whose answer is missing; within one's departments."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, String, cast, func, literal, literal_column, select

from bot.domain.clock import local
from bot.domain.roles import Scope
from bot.domain.states import OutboxState, PhoneTaskState, PushState
from bot.domain.suspension import ENDED, LIVE, CaseState, SuspensionState
from bot.domain.views import AppointmentView, Period
from bot.services.appointments import ROWS, A, C, view_of
from bot.services.context import Context
from bot.services.desk_booking.whom import department_ids
from bot.services.directory import Directory
from bot.services.suspension.rows import K, L, U
from bot.services.suspension.telling import NOTICE
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.push_models import PhoneTask, Push
from bot.store.types import written

PAGE = 50
RUNNING = (SuspensionState.STARTING, SuspensionState.RUNNING, SuspensionState.WITHDRAWING)
_P, _O, _T = table(Push), table(OutboxMessage), table(PhoneTask)
_SCOPE = literal("case:") + cast(K.c.id, String)
_UNSENT = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.PAUSED)
_CALLS = [written(PhoneTaskState.OPEN), written(PhoneTaskState.TAKEN)]


class Show(StrEnum):
    """Which of the affected."""

    ALL = "all"
    WAITING = "waiting"
    PHONE = "phone"
    REBOOKED = "rebooked"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"


SHOWN: Mapping[Show, Sequence[CaseState]] = {
    Show.ALL: tuple(CaseState),
    Show.WAITING: tuple(LIVE),
    Show.PHONE: (CaseState.PHONE,),
    Show.REBOOKED: (CaseState.REBOOKED, CaseState.REACHED),
    Show.GIVEN_UP: (CaseState.REFUNDED, CaseState.DECLINED),
    Show.WITHDRAWN: (CaseState.WITHDRAWN,),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One suspension; the counts are those of the departments that somebody sees."""

    id: int
    kind: str
    """doctor | department | hospital | schedule"""
    whom: str
    first: date
    last: date
    period: Period | None
    reason: str
    state: SuspensionState
    actor: str
    created_at: datetime
    finished_at: datetime | None
    cases: Mapping[CaseState, int]

    @property
    def affected(self) -> int:
        return sum(self.cases.values())

    @property
    def waiting(self) -> int:
        return sum(self.cases.get(state, 0) for state in LIVE)

    @property
    def ended(self) -> int:
        return sum(self.cases.get(state, 0) for state in ENDED)

    @property
    def running(self) -> bool:
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class Told:
    """Where the notices are; each case's last one is somewhere."""

    by_road: Mapping[str, int]
    waiting: int
    staff: int
    """No road was left: a call has been asked for."""
    dead: int

    @property
    def sent(self) -> int:
        return sum(self.by_road.values())


@dataclass(frozen=True, slots=True)
class Affected:
    """One case with its visit, the patient masked."""

    id: int
    state: CaseState
    outcome: str
    visit: AppointmentView
    phone_at: datetime | None
    closed_at: datetime | None
    called: str
    """What the last call came to; empty: there was none, or it is still to be made."""


def listing(
    uow: UnitOfWork, context: Context, scope: Scope, number: int, *, running: bool = False
) -> tuple[Sequence[Line], bool]:
    """The newest first; and whether there is a further page."""
    query = select(U).where(_theirs(scope, context.directory))
    if running:
        query = query.where(U.c.state.in_([written(state) for state in RUNNING]))
    query = query.order_by(U.c.id.desc()).limit(PAGE + 1).offset((number - 1) * PAGE)
    rows = uow.connection.execute(query).fetchall()
    return _lines(uow, context.directory, scope, rows[:PAGE]), len(rows) > PAGE


def one(uow: UnitOfWork, context: Context, scope: Scope, suspension_id: int) -> Line | None:
    """None also where none of its clinics is theirs."""
    query = select(U).where(U.c.id == suspension_id, _theirs(scope, context.directory))
    found = _lines(uow, context.directory, scope, uow.connection.execute(query).fetchall())
    return found[0] if found else None


def clinics(uow: UnitOfWork, context: Context, scope: Scope, suspension_id: int) -> int:
    """How many of theirs it has closed."""
    query = select(func.count()).select_from(L).join(C, C.c.id == L.c.clinic_id)
    query = query.where(L.c.suspension_id == suspension_id, _ours(scope, context.directory))
    return uow.connection.execute(query).scalar_one()


def told(uow: UnitOfWork, context: Context, scope: Scope, suspension_id: int) -> Told:
    """Of the notices that count: one that was replaced by a newer does not."""
    query = (
        select(_P.c.state.label("planned"), _O.c.state.label("sent"), _O.c.road, func.count().label("n"))
        .join_from(K, _P, (_P.c.scope == _SCOPE) & (_P.c.kind == NOTICE))
        .join(C, C.c.id == K.c.clinic_id)
        .outerjoin(_O, _O.c.push_id == _P.c.id)
        .where(K.c.suspension_id == suspension_id, _ours(scope, context.directory))
        .group_by(_P.c.state, _O.c.state, _O.c.road)
    )
    roads, waiting, staff, dead = Counter[str](), 0, 0, 0
    for row in uow.connection.execute(query):
        if row.sent == OutboxState.SENT:
            roads[row.road] += row.n
        elif row.sent in _UNSENT or (row.sent is None and row.planned == PushState.PLANNED):
            waiting += row.n
        elif row.sent == OutboxState.STAFF:
            staff += row.n
        elif row.sent == OutboxState.DEAD:
            dead += row.n
    return Told(dict(roads), waiting, staff, dead)


def calls(uow: UnitOfWork, context: Context, scope: Scope, suspension_id: int) -> int:
    """Calls about it that are still to be made."""
    query = (
        select(func.count())
        .select_from(K)
        .join(_T, _T.c.scope == _SCOPE)
        .join(C, C.c.id == K.c.clinic_id)
        .where(_T.c.state.in_(_CALLS), K.c.suspension_id == suspension_id, _ours(scope, context.directory))
    )
    return uow.connection.execute(query).scalar_one()


def people(
    uow: UnitOfWork, context: Context, scope: Scope, suspension_id: int, show: Show, number: int
) -> tuple[Sequence[Affected], bool]:
    """The nearest visits first."""
    states = [written(state) for state in SHOWN[show]]
    query = _CASES.where(
        K.c.suspension_id == suspension_id, _ours(scope, context.directory), K.c.state.in_(states)
    )
    query = query.order_by(K.c.starts_at, K.c.id).limit(PAGE + 1).offset((number - 1) * PAGE)
    rows = uow.connection.execute(query).fetchall()
    return [_affected(uow, context, row) for row in rows[:PAGE]], len(rows) > PAGE


def case(uow: UnitOfWork, context: Context, scope: Scope, case_id: int) -> tuple[int, Affected] | None:
    """One of them, with its suspension's number."""
    query = _CASES.where(K.c.id == case_id, _ours(scope, context.directory))
    row = uow.connection.execute(query).first()
    return None if row is None else (row.suspension_id, _affected(uow, context, row))


_LAST_CALL = (
    select(_T.c.outcome)
    .where(_T.c.patient_id == K.c.patient_id, _T.c.scope == _SCOPE)
    .order_by(_T.c.id.desc())
    .limit(1)
    .correlate(K)
    .scalar_subquery()
)
_CASES = ROWS.join(K, K.c.appointment_id == A.c.id).add_columns(
    K.c.id.label("case_id"), K.c.suspension_id, K.c.state.label("case_state"), K.c.outcome, K.c.phone_at, K.c.closed_at,
    _LAST_CALL.label("called"),
)  # fmt: skip


def _affected(uow: UnitOfWork, context: Context, row: Record) -> Affected:
    return Affected(
        row.case_id, CaseState(row.case_state), row.outcome, view_of(row, uow, context.directory, context.now),
        row.phone_at, row.closed_at, row.called or "",
    )  # fmt: skip


def _ours(scope: Scope, directory: Directory) -> ColumnElement[bool]:
    """Clinics of the departments that somebody sees."""
    if scope.everything:
        return literal_column("1 = 1")
    return C.c.department_id.in_(sorted(department_ids(scope, directory)))


def _theirs(scope: Scope, directory: Directory) -> ColumnElement[bool]:
    """Suspensions with a clinic of theirs."""
    if scope.everything:
        return literal_column("1 = 1")
    own = select(L.c.clinic_id).join_from(L, C, C.c.id == L.c.clinic_id)
    return own.where(L.c.suspension_id == U.c.id, _ours(scope, directory)).exists()


def _lines(uow: UnitOfWork, directory: Directory, scope: Scope, rows: Sequence[Record]) -> list[Line]:
    counted = (
        select(K.c.suspension_id, K.c.state, func.count().label("n"))
        .where(K.c.suspension_id.in_([row.id for row in rows]))
        .group_by(K.c.suspension_id, K.c.state)
    )
    if not scope.everything:
        counted = counted.join_from(K, C, C.c.id == K.c.clinic_id).where(_ours(scope, directory))
    cases: dict[int, dict[CaseState, int]] = {}
    for row in uow.connection.execute(counted) if rows else ():
        cases.setdefault(row.suspension_id, {})[CaseState(row.state)] = row.n
    return [_line(directory, row, cases.get(row.id, {})) for row in rows]


def _line(directory: Directory, row: Record, cases: Mapping[CaseState, int]) -> Line:
    last = row.ends_at - timedelta(microseconds=1) if row.ends_at > row.starts_at else row.ends_at
    return Line(
        row.id, row.kind, _whom(directory, row), local(row.starts_at).date(), local(last).date(),
        None if row.period is None else Period(row.period), row.reason, SuspensionState(row.state), row.actor,
        row.created_at, row.finished_at, cases,
    )  # fmt: skip


def _whom(directory: Directory, row: Record) -> str:
    if row.doctor_id is not None:
        doctor = directory.doctors[row.doctor_id]
        return f"{doctor.department} {doctor.name}"
    if row.department_id is not None:
        return directory.departments[row.department_id].name
    return "全院" if row.kind == "hospital" else "排班调整"
