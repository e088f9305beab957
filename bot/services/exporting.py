"""Records as plain rows for the outside: identities masked, unless somebody asks by name and is written down (R15)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Select, bindparam, select

from bot.domain.clock import local
from bot.domain.masking import mask_id_number, mask_name, mask_phone
from bot.services.appointments import A, C, N, S
from bot.services.context import write_audit
from bot.services.flags.rows import R
from bot.services.followup.discharges import D, F, unsealed
from bot.services.followup.editions import E
from bot.services.people import P, plain
from bot.services.tables import Record, table
from bot.services.tickets import rows as tickets
from bot.store.db import Database, UnitOfWork
from bot.store.models import Account, AuditEntry, Department, Doctor, OutboxMessage
from bot.store.push_models import Attempt, Push

Json = dict[str, Any]
KINDS = (
    "appointments",
    "seats",
    "pushes",
    "deliveries",
    "followups",
    "flags",
    "tickets",
    "payments",
    "audit",
)
LATER = ("payments",)
"""Kinds whose records do not exist yet: nothing is printed, which is the truth."""

_D, _K, _O, _U = table(Department), table(Doctor), table(OutboxMessage), table(AuditEntry)
_ACC, _PUSH, _TRY = table(Account), table(Push), table(Attempt)
_PAGE = 500
_PERSONAL = ("name", "id_number", "phone")

_APPOINTMENTS = (
    select(
        A.c.id, A.c.code, A.c.state, A.c.version, _D.c.name.label("department"), _K.c.name.label("doctor"),
        _K.c.title, _K.c.staff_no, C.c.day, C.c.period, S.c.starts_at, S.c.minutes, N.c.number, C.c.kind,
        A.c.fee_fen, A.c.channel, A.c.created_at, A.c.cancelled_at, A.c.clinic_id, A.c.slot_id, A.c.seat_id,
        P.c.id.label("patient_id"), P.c.name, P.c.id_kind, P.c.id_number, P.c.phone, P.c.sex, P.c.birth_date,
    )
    .join_from(A, N, N.c.id == A.c.seat_id)
    .join(S, S.c.id == A.c.slot_id)
    .join(C, C.c.id == A.c.clinic_id)
    .join(_K, _K.c.id == A.c.doctor_id)
    .join(_D, _D.c.id == C.c.department_id)
    .join(P, P.c.id == A.c.patient_id)
    .order_by(A.c.id)
)  # fmt: skip
_SEATS = (
    select(
        N.c.id, N.c.state, N.c.number, N.c.release_at, N.c.clinic_id, N.c.slot_id, C.c.day, C.c.period,
        S.c.starts_at, _D.c.name.label("department"), _K.c.name.label("doctor"), _K.c.staff_no,
    )
    .join_from(N, S, S.c.id == N.c.slot_id)
    .join(C, C.c.id == N.c.clinic_id)
    .join(_K, _K.c.id == C.c.doctor_id)
    .join(_D, _D.c.id == C.c.department_id)
    .order_by(N.c.id)
)  # fmt: skip
_DELIVERIES = (
    select(
        _O.c.id, _O.c.key, _O.c.kind, _ACC.c.channel, _O.c.account_id, _O.c.patient_id, _O.c.push_id,
        _O.c.campaign_id, _O.c.priority, _O.c.state, _O.c.rung, _O.c.road, _O.c.receipt, _O.c.due_at,
        _O.c.expires_at, _O.c.attempts.label("tries"), _O.c.error, _O.c.platform_id, _O.c.created_at, _O.c.sent_at,
    )
    .outerjoin_from(_O, _ACC, _ACC.c.id == _O.c.account_id)
    .order_by(_O.c.id)
)  # fmt: skip
_ATTEMPTS = select(
    _TRY.c.outbox_id, _TRY.c.number, _TRY.c.road, _TRY.c.client_id, _TRY.c.code, _TRY.c.platform_id,
    _TRY.c.receipt, _TRY.c.cost_fen, _TRY.c.at, _TRY.c.receipt_at,
).order_by(_TRY.c.outbox_id, _TRY.c.number)  # fmt: skip
_PUSHES = select(
    _PUSH.c.id, _PUSH.c.key, _PUSH.c.kind, _PUSH.c.scope, _PUSH.c.version, _PUSH.c.patient_id, _PUSH.c.account_id,
    _PUSH.c.campaign_id, _PUSH.c.priority, _PUSH.c.state, _PUSH.c.reason, _PUSH.c.due_at, _PUSH.c.expires_at,
    _PUSH.c.created_at, _PUSH.c.decided_at,
).order_by(_PUSH.c.id)  # fmt: skip
_AUDIT = select(_U.c.id, _U.c.at, _U.c.actor, _U.c.action, _U.c.subject, _U.c.detail).order_by(_U.c.id)


_FOLLOWUPS = (
    select(
        F.c.id, F.c.state, F.c.reason, E.c.name.label("plan"), E.c.version.label("plan_version"), F.c.step,
        F.c.version, F.c.earliest_on, F.c.due_on, F.c.overdue_on, F.c.audience, F.c.questionnaire, F.c.owner,
        F.c.changed_at, D.c.admission_no, D.c.department, D.c.ward, D.c.doctor, D.c.admitted_on, D.c.discharged_on,
        D.c.way, D.c.died_on, D.c.id.label("discharge_id"), D.c.patient_id, D.c.name, D.c.id_kind, D.c.id_number,
        D.c.phone, D.c.sex,
    )
    .join_from(F, E, E.c.id == F.c.plan_id)
    .join(D, D.c.id == F.c.discharge_id)
    .order_by(F.c.id)
)  # fmt: skip
_FLAGS = (
    select(
        R.c.id, R.c.rule, R.c.title, R.c.level, R.c.state, R.c.source, R.c.ward, R.c.tier, R.c.told,
        R.c.raised_at, R.c.deadline_at, R.c.escalates_at, R.c.overdue_at, R.c.acknowledged_at, R.c.acknowledged_by,
        R.c.outcome, R.c.closed_at, R.c.closed_by, R.c.followup_id, R.c.response_id, R.c.account_id,
        P.c.id.label("patient_id"), P.c.name, P.c.id_kind, P.c.id_number, P.c.phone, P.c.sex,
    )
    .outerjoin_from(R, P, P.c.id == R.c.patient_id)
    .order_by(R.c.id)
)  # fmt: skip


_TICKETS = (
    select(
        *tickets.T.c, P.c.name, P.c.id_kind, P.c.id_number, P.c.phone, P.c.sex,
    )
    .outerjoin_from(tickets.T, P, P.c.id == tickets.T.c.patient_id)
    .order_by(tickets.T.c.id)
)  # fmt: skip
_WORDS = ("text", "answer", "measure")
"""What people wrote: names and illnesses may stand in it."""


def export(db: Database, kind: str, *, reveal: bool = False, actor: str = "cli") -> Iterator[Json]:
    """Rows of one kind, ready for JSON; ``reveal`` is written to the audit log before the first of them."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind}: one of {', '.join(KINDS)}")
    if reveal:
        db.run(
            lambda uow: write_audit(
                uow, at=uow.now, actor=actor, action="export.revealed", subject=f"export:{kind}"
            )
        )
    with db.read() as uow:
        yield from _rows(uow, kind, reveal)


def _rows(uow: UnitOfWork, kind: str, reveal: bool) -> Iterator[Json]:
    match kind:
        case "appointments":
            yield from _each(uow, _APPOINTMENTS, lambda row: _appointment(row, uow, reveal))
        case "seats":
            yield from _each(uow, _SEATS, _plain_row)
        case "pushes":
            yield from _each(uow, _PUSHES, _plain_row)
        case "deliveries":
            for page in _pages(uow, _DELIVERIES):
                yield from _with_attempts(uow, page)
        case "followups":
            yield from _each(uow, _FOLLOWUPS, lambda row: _followup(row, uow, reveal))
        case "flags":
            yield from _each(uow, _FLAGS, lambda row: _flag(row, uow, reveal))
        case "tickets":
            yield from _each(uow, _TICKETS, lambda row: _ticket(row, uow, reveal))
        case "audit":
            yield from _each(uow, _AUDIT, _plain_row)


def _each(
    uow: UnitOfWork, query: Select[*tuple[Any, ...]], shape: Callable[[Record], Json]
) -> Iterator[Json]:
    for page in _pages(uow, query):
        yield from (shape(row) for row in page)


def _pages(uow: UnitOfWork, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Record]]:
    """Page by page: a hospital's year does not fit into memory, and nobody waits for a slow reader."""
    key = next(iter(query.selected_columns))
    page, last = query.where(key > bindparam("last")).limit(_PAGE), 0
    while rows := uow.connection.execute(page, {"last": last}).fetchall():
        yield rows
        last = rows[-1].id


def _with_attempts(uow: UnitOfWork, page: Sequence[Record]) -> Iterator[Json]:
    """Messages with every try over every road, and what the platform told of it."""
    tried: dict[int, list[Json]] = {row.id: [] for row in page}
    for attempt in uow.connection.execute(_ATTEMPTS.where(_TRY.c.outbox_id.in_(tried))):
        told = _plain_row(attempt)
        tried[told.pop("outbox_id")].append(told)
    yield from ({**_plain_row(row), "attempts": tried[row.id]} for row in page)


def _appointment(row: Record, uow: UnitOfWork, reveal: bool) -> Json:
    hidden = ("patient_id", "name", "id_kind", "id_number", "phone", "sex", "birth_date")
    shown = {key: _json(value) for key, value in row._mapping.items() if key not in hidden}
    return {**shown, "patient": _patient(row, uow, reveal)}


def _followup(row: Record, uow: UnitOfWork, reveal: bool) -> Json:
    """As the hospital discharged them; neither diagnosis nor address."""
    hidden = ("discharge_id", "patient_id", "name", "id_kind", "id_number", "phone", "sex")
    shown = {key: _json(value) for key, value in row._mapping.items() if key not in hidden}
    told = {
        column: unsealed(uow.keys, column, row.discharge_id, row._mapping[column]) for column in _PERSONAL
    }
    return {**shown, "patient": _shown(row, told, reveal)}


def _flag(row: Record, uow: UnitOfWork, reveal: bool) -> Json:
    """Never the words: they are opened one by one, each look written down."""
    hidden = ("patient_id", "name", "id_kind", "id_number", "phone", "sex")
    shown = {key: _json(value) for key, value in row._mapping.items() if key not in hidden}
    return {**shown, "patient": None if row.patient_id is None else _patient(row, uow, reveal)}


def _ticket(row: Record, uow: UnitOfWork, reveal: bool) -> Json:
    """What was written only where it is revealed; whose an anonymous one is not even then."""
    hidden = (*_WORDS, "key", "patient_id", "account_id", "name", "id_kind", "id_number", "phone", "sex")
    shown = {key: _json(value) for key, value in row._mapping.items() if key not in hidden}
    words = {column: tickets.opened(uow.keys, column, row) if reveal else None for column in _WORDS}
    known = row.patient_id is not None and not row.anonymous
    account = None if row.anonymous else row.account_id
    whose = _patient(row, uow, reveal) if known else None
    return {**shown, **words, "account_id": account, "patient": whose}


def _patient(row: Record, uow: UnitOfWork, reveal: bool) -> Json:
    told = {column: plain(uow.keys, column, row.patient_id, row._mapping[column]) for column in _PERSONAL}
    return _shown(row, told, reveal)


def _shown(row: Record, told: Mapping[str, str], reveal: bool) -> Json:
    masks: Mapping[str, Callable[[str], str]] = {
        "name": mask_name,
        "id_number": mask_id_number,
        "phone": mask_phone,
    }
    shown = told if reveal else {column: masks[column](value) for column, value in told.items()}
    return {"id": row.patient_id, "id_kind": row.id_kind, "sex": row.sex, **shown}


def _plain_row(row: Record) -> Json:
    return {key: _json(value) for key, value in row._mapping.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
