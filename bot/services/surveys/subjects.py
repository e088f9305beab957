"""What a scope asks about: the step of a follow-up or the visit, its patient, and until when it may be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, bindparam, select

from bot.domain.followup import Audience, FollowupState
from bot.domain.masking import mask_name
from bot.domain.states import AppointmentState
from bot.domain.survey import Author
from bot.domain.views import Relation
from bot.services.appointments import A, C
from bot.services.context import Context
from bot.services.followup.discharges import D, F, unsealed
from bot.services.people import G, P, plain
from bot.services.tables import Record
from bot.store.db import UnitOfWork

LATE = timedelta(days=30)
"""A late answer is better than none: so long after its last day on time a step may still be answered."""
VISITS = timedelta(days=7)
"""So long after a visit its satisfaction is asked about (R25)."""
OUTPATIENT = "outpatient"

_STEP = select(
    F.c.id.label("followup_id"), F.c.state, F.c.version, F.c.plan_id, F.c.earliest_on, F.c.overdue_on, F.c.audience,
    F.c.questionnaire, D.c.id.label("discharge_id"), D.c.name.label("discharge_name"), D.c.department, D.c.ward,
    D.c.discharged_on, D.c.surgery_on, D.c.died_on, D.c.patient_id, P.c.name.label("patient_name"),
    P.c.deceased_at,
).join_from(F, D, D.c.id == F.c.discharge_id)  # fmt: skip
_VISIT = select(
    A.c.id.label("appointment_id"), A.c.state, A.c.patient_id, C.c.day, C.c.department_id,
    P.c.name.label("patient_name"), P.c.deceased_at,
).join_from(A, C, C.c.id == A.c.clinic_id).join(P, P.c.id == A.c.patient_id)  # fmt: skip
_LINK = (G.c.patient_id == P.c.id) & (G.c.account_id == bindparam("account")) & G.c.ended_at.is_(None)
_MY_STEP = _STEP.add_columns(G.c.relation).join(P, P.c.id == D.c.patient_id).join(G, _LINK)
_ANY_STEP = _STEP.outerjoin(P, P.c.id == D.c.patient_id)
_MY_VISIT = _VISIT.add_columns(G.c.relation).join(G, _LINK)
_MY_STEP_ONE = _MY_STEP.where(F.c.id == bindparam("subject"))
_ANY_STEP_ONE = _ANY_STEP.where(F.c.id == bindparam("subject"))
_MY_STEP_LOCKED = _MY_STEP_ONE.with_for_update(of=F, key_share=True)
_ANY_STEP_LOCKED = _ANY_STEP_ONE.with_for_update(of=F, key_share=True)
_MY_VISIT_ONE = _MY_VISIT.where(A.c.id == bindparam("subject"))
_ANY_VISIT_ONE = _VISIT.where(A.c.id == bindparam("subject"))
_MY_STEPS = _MY_STEP.where(F.c.earliest_on <= bindparam("today"), F.c.overdue_on >= bindparam("since"))
_MY_VISITS = _MY_VISIT.where(
    A.c.state == AppointmentState.DONE, C.c.day <= bindparam("today"), C.c.day >= bindparam("since")
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about, as the account (or staff) may see it."""

    scope: str
    questionnaire: str
    """Whose newest active version is asked, where nothing has been begun."""
    patient_id: str | None
    patient: str
    """Masked."""
    own: bool
    deceased: bool
    department: str
    opens_on: date | None
    """None: its day is not known yet."""
    closes_on: date | None
    """The last day on time."""
    ends_on: date | None
    """The last day on which an answer is still taken."""
    author: Author
    """Who will answer, as far as one can tell before somebody has begun."""
    followup_id: int | None = None
    state: FollowupState | None = None
    """Of the follow-up."""
    plan_id: int | None = None
    discharge_id: str | None = None
    ward: str = ""
    discharged_on: date | None = None
    surgery_on: date | None = None

    def until(self, today: date) -> date | None:
        """The last day to name: that on time, or where it is over the last at all."""
        on_time = self.closes_on is not None and today <= self.closes_on
        return self.closes_on if on_time else self.ends_on


def find(uow: UnitOfWork, context: Context, scope: str, *, lock: bool = False) -> Subject | None:
    """None: no such thing, or none of the account's; staff (no account) see all.

    ``lock``: an import that ends the step, or another face, waits until we are done.
    """
    name, _, number = scope.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    statement = _one(name, mine=context.account_id is not None, lock=lock)
    if statement is None:
        return None
    row = uow.execute(statement, {"account": context.account_id, "subject": int(number)}).first()
    if row is None:
        return None
    return _step(uow, row) if name == "followup" else _visit(uow, context, row)


def open_to(uow: UnitOfWork, context: Context) -> Sequence[Subject]:
    """Everything of the account's patients that is within its days."""
    today, account = context.today, context.account_id
    steps = uow.execute(_MY_STEPS, {"account": account, "today": today, "since": today - LATE})
    visits = uow.execute(_MY_VISITS, {"account": account, "today": today, "since": today - VISITS})
    seen = (_visit(uow, context, row) for row in visits.fetchall())
    return [*(_step(uow, row) for row in steps.fetchall()), *(visit for visit in seen if visit is not None)]


def _one(name: str, *, mine: bool, lock: bool) -> Select[tuple[object, ...]] | None:
    match name:
        case "followup" if lock:
            return _MY_STEP_LOCKED if mine else _ANY_STEP_LOCKED
        case "followup":
            return _MY_STEP_ONE if mine else _ANY_STEP_ONE
        case "appointment":
            return _MY_VISIT_ONE if mine else _ANY_VISIT_ONE
        case _:
            return None


def _step(uow: UnitOfWork, row: Record) -> Subject:
    own = getattr(row, "relation", None) == Relation.SELF
    family = not own or row.audience == Audience.FAMILY
    return Subject(
        scope=f"followup:{row.followup_id}",
        questionnaire=row.questionnaire,
        patient_id=row.patient_id,
        patient=_masked(uow, row),
        own=own,
        deceased=_dead(row.deceased_at, row.died_on),
        department=row.department,
        opens_on=row.earliest_on,
        closes_on=row.overdue_on,
        ends_on=None if row.overdue_on is None else row.overdue_on + LATE,
        author=Author.FAMILY if family else Author.PATIENT,
        followup_id=row.followup_id,
        state=row.state,
        plan_id=row.plan_id,
        discharge_id=row.discharge_id,
        ward=row.ward,
        discharged_on=row.discharged_on,
        surgery_on=row.surgery_on,
    )


def _masked(uow: UnitOfWork, row: Record) -> str:
    if row.patient_name is not None:
        return mask_name(plain(uow.keys, "name", row.patient_id, row.patient_name))
    return mask_name(unsealed(uow.keys, "name", row.discharge_id, row.discharge_name))


def _visit(uow: UnitOfWork, context: Context, row: Record) -> Subject | None:
    if row.state is not AppointmentState.DONE:
        return None
    own = getattr(row, "relation", None) == Relation.SELF
    department = context.directory.departments.get(row.department_id)
    return Subject(
        scope=f"appointment:{row.appointment_id}",
        questionnaire=OUTPATIENT,
        patient_id=row.patient_id,
        patient=mask_name(plain(uow.keys, "name", row.patient_id, row.patient_name)),
        own=own,
        deceased=_dead(row.deceased_at, None),
        department="" if department is None else department.name,
        opens_on=row.day,
        closes_on=row.day + VISITS,
        ends_on=row.day + VISITS,
        author=Author.PATIENT if own else Author.FAMILY,
    )


def _dead(deceased_at: datetime | None, died_on: date | None) -> bool:
    return deceased_at is not None or died_on is not None
