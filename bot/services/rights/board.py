"""The desk's side of patients' rights: the queue, one request, the consents ledger, the runs of the retention job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from bot.domain.rights import Ask, AskState, Holding
from bot.domain.views import PatientView
from bot.services.context import Context, audit
from bot.services.people import PATIENT, A, P, patient_view
from bot.services.rights import holdings, requests, telling, words
from bot.services.rights.requests import T
from bot.services.rights.retention import T as RUN
from bot.services.rights.withdrawing import C
from bot.services.tables import Record
from bot.store.db import UnitOfWork
from bot.store.types import written

PAGE = 50
_OPEN = T.c.state == written(AskState.OPEN)
_ASKED = [column for column in T.c if column.name != "patient_id"]
_SAID = [column for column in C.c if column.name != "patient_id"]
"""The patient's own columns (`PATIENT`) tell whose it is."""
_QUEUE = select(*_ASKED, *PATIENT).outerjoin_from(T, P, P.c.id == T.c.patient_id)


@dataclass(frozen=True, slots=True)
class Line:
    """One request in the queue."""

    id: int
    kind: Ask
    state: AskState
    source: str
    patient: PatientView | None
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: str
    version: int


@dataclass(frozen=True, slots=True)
class Whole:
    """One request with what the law wants looked at."""

    line: Line
    words: str
    result: Mapping[str, Any]
    erased: bool
    holdings: Sequence[Holding]
    consents: Sequence["Given"]
    way: str
    """How an answer would reach them now: chat | call | none."""


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the ledger."""

    kind: str
    text_version: str
    evidence: str
    given_at: datetime
    withdrawn_at: datetime | None
    window: bool
    """Given at the window or by phone, kept under the counter's account."""
    patient: PatientView | None = None


def page(uow: UnitOfWork, context: Context, state: str, number: int) -> tuple[list[Line], bool]:
    """Open ones by deadline, the others newest first."""
    query = _QUEUE.where(T.c.kind != Ask.LOOK.value)
    if state == AskState.OPEN.value:
        query = query.where(_OPEN).order_by(T.c.due_at, T.c.id)
    else:
        query = query.where(~_OPEN).order_by(T.c.id.desc())
    rows = uow.connection.execute(query.offset((number - 1) * PAGE).limit(PAGE + 1)).fetchall()
    return [_line(uow, context, row) for row in rows[:PAGE]], len(rows) > PAGE


def open_counts(uow: UnitOfWork, context: Context) -> tuple[int, int]:
    """Open requests, and those late."""
    late = func.sum(case((T.c.due_at <= context.now, 1), else_=0))
    row = uow.connection.execute(select(func.count(), late).where(_OPEN)).one()
    return row[0], row[1] or 0


def one(uow: UnitOfWork, context: Context, number: int) -> Whole | None:
    row = uow.connection.execute(_QUEUE.where(T.c.id == number)).first()
    if row is None or row.patient_id is None:
        return None
    erased = uow.connection.execute(select(P.c.erased_at).where(P.c.id == row.patient_id)).scalar()
    return Whole(
        line=_line(uow, context, row),
        words=requests.words_of(uow, row),
        result=row.result,
        erased=erased is not None,
        holdings=holdings.of_patient(uow, row.patient_id),
        consents=consents_of(uow, row.patient_id),
        way=telling.way(uow, context, row),
    )


def opened(uow: UnitOfWork, context: Context, number: int) -> Whole | None:
    """The same for whoever reads what they wrote: that is written down (R15)."""
    found = one(uow, context, number)
    if found is not None:
        audit(uow, context, "privacy.read", f"privacy_request:{number}")
    return found


def consents_of(uow: UnitOfWork, patient_id: str) -> Sequence[Given]:
    mine = (
        select(C, A.c.channel).join_from(C, A, A.c.id == C.c.account_id).where(C.c.patient_id == patient_id)
    )
    return [_given(row) for row in uow.connection.execute(mine.order_by(C.c.id.desc()).limit(PAGE))]


def ledger(uow: UnitOfWork, context: Context, number: int) -> tuple[list[Given], bool]:
    """All consents, the newest first."""
    query = select(*_SAID, A.c.channel, *PATIENT).join_from(C, A, A.c.id == C.c.account_id)
    query = query.outerjoin(P, P.c.id == C.c.patient_id).order_by(C.c.id.desc())
    rows = uow.connection.execute(query.offset((number - 1) * PAGE).limit(PAGE + 1)).fetchall()
    return [_given(row, _patient(uow, context, row)) for row in rows[:PAGE]], len(rows) > PAGE


def ledger_of(uow: UnitOfWork, context: Context, patients: Sequence[PatientView]) -> list[Given]:
    """Those of the patients that were found."""
    query = select(C, A.c.channel).join_from(C, A, A.c.id == C.c.account_id)
    mine = query.where(C.c.patient_id.in_([each.id for each in patients])).order_by(C.c.id.desc())
    known = {each.id: each for each in patients}
    return [
        _given(row, known[row.patient_id]) for row in uow.connection.execute(mine.limit(PAGE * 4)).fetchall()
    ]


def runs(uow: UnitOfWork, number: int) -> tuple[Sequence[Record], bool]:
    rows = uow.connection.execute(
        select(RUN).order_by(RUN.c.id.desc()).offset((number - 1) * 20).limit(21)
    ).fetchall()
    return rows[:20], len(rows) > 20


def open_for(uow: UnitOfWork, context: Context, *, key: str, kind: Ask, patient_id: str, said: str) -> int:
    """At the window, or for a caller: one open request of a kind is enough."""
    known = requests.by_key(uow, key)
    if known is not None:
        return int(known.id)
    waiting = requests.waiting(uow, patient_id).get(kind)
    if waiting is not None:
        return int(waiting.id)
    return requests.add(uow, context, key=key, kind=kind, patient_id=patient_id, words=said)


def _line(uow: UnitOfWork, context: Context, row: Record) -> Line:
    return Line(
        row.id, Ask(row.kind), AskState(row.state), row.source, _patient(uow, context, row), row.opened_at,
        row.due_at, row.done_at, row.done_by, row.version,
    )  # fmt: skip


def _patient(uow: UnitOfWork, context: Context, row: Record) -> PatientView | None:
    if row.patient_id is None or row.patient_name is None:
        return None
    return patient_view(row, uow.keys, context.today)


def _given(row: Record, patient: PatientView | None = None) -> Given:
    return Given(
        words.CONSENTS.get(row.kind, row.kind), row.text_version, row.evidence, row.given_at, row.withdrawn_at,
        row.channel == "desk", patient,
    )  # fmt: skip
