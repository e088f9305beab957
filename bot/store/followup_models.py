"""The tables of follow-up: who was discharged, the editions of the plans, and each step for each discharge."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.discharge import WayOut
from bot.domain.followup import FollowupState
from bot.store.base import Base
from bot.store.types import UtcDateTime, choices


class Discharge(Base):
    """One stay in a ward, known by 住院号 (R28, R29).  Personal fields are encrypted as those of a `Patient`."""

    __tablename__ = "discharges"
    __table_args__ = (
        CheckConstraint("discharged_on IS NULL OR admitted_on <= discharged_on", name="days"),
        CheckConstraint("(way = 'in_hospital') = (discharged_on IS NULL)", name="stay"),
        Index(None, "ward", "discharged_on"),
        Index(None, "discharged_on"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """uuid4 hex, made before the insert: it is part of the encryption's AAD."""
    admission_no: Mapped[str] = mapped_column(String(32), unique=True)
    """住院号"""
    record_no: Mapped[str] = mapped_column(String(32), default="")
    """病历号"""
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    """Who is registered under the same identity number and name; null until somebody is."""
    name: Mapped[bytes] = mapped_column(LargeBinary)
    sex: Mapped[str] = mapped_column(String(8))
    birth_date: Mapped[date | None]
    id_kind: Mapped[str] = mapped_column(String(24))
    id_number: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Of the same making as the patients' own: equal where the person is the same."""
    department: Mapped[str] = mapped_column(String(64))
    ward: Mapped[str] = mapped_column(String(64))
    doctor: Mapped[str] = mapped_column(String(64), default="")
    admission_diagnosis: Mapped[bytes] = mapped_column(LargeBinary)
    diagnosis: Mapped[bytes] = mapped_column(LargeBinary)
    surgery: Mapped[bytes] = mapped_column(LargeBinary)
    surgery_on: Mapped[date | None]
    admitted_on: Mapped[date]
    discharged_on: Mapped[date | None]
    """Null while they are in the ward."""
    way: Mapped[WayOut] = mapped_column(choices(WayOut))
    died_on: Mapped[date | None]
    """In the hospital or afterwards."""
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[bytes] = mapped_column(LargeBinary)
    extra: Mapped[bytes] = mapped_column(LargeBinary)
    """Columns of the office's table that have no place of their own, as JSON."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


SEALED = (
    "name", "id_number", "admission_diagnosis", "diagnosis", "surgery", "phone", "address", "extra",
)  # fmt: skip
"""The encrypted columns; AAD = discharges.column:id."""


class FollowupPlan(Base):
    """One edition of a plan.  An edited plan is a new row: what was planned by the old one keeps it."""

    __tablename__ = "followup_plans"
    __table_args__ = (UniqueConstraint("name", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(48))
    version: Mapped[int]
    data: Mapped[dict[str, object]] = mapped_column(JSON)
    """As its file has it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Followup(Base):
    """One step of one plan for one discharge.  Holds ids, never personal data."""

    __tablename__ = "followups"
    __table_args__ = (
        UniqueConstraint("discharge_id", "plan_id", "step"),
        Index(None, "state", "due_on"),
        Index(None, "next_call_at"),
        Index("ix_followups_told_at", text("coalesce(reached_at, changed_at)")),
        CheckConstraint("earliest_on <= due_on AND due_on <= overdue_on", name="days"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    discharge_id: Mapped[str] = mapped_column(ForeignKey("discharges.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("followup_plans.id"), index=True)
    step: Mapped[str] = mapped_column(String(48))
    position: Mapped[int]
    state: Mapped[FollowupState] = mapped_column(choices(FollowupState), default=FollowupState.PLANNED)
    reason: Mapped[str] = mapped_column(String(32), default="")
    """Why it was lost or closed."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts its days; a newer one voids the pushes of the older."""
    earliest_on: Mapped[date | None]
    """The three are null while what it is counted from has not happened."""
    due_on: Mapped[date | None]
    overdue_on: Mapped[date | None]
    audience: Mapped[str] = mapped_column(String(16))
    questionnaire: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(16))
    """Which grade of doctor or nurse it belongs to (R39)."""
    kind: Mapped[str] = mapped_column(String(32))
    retries: Mapped[int]
    assigned_to: Mapped[str | None] = mapped_column(String(32), index=True)
    """Staff number of whoever took it; null: the ward's queue, by ``owner``."""
    calls: Mapped[int] = mapped_column(default=0)
    """Made so far without reaching anybody."""
    next_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it is to be dialled again; null: no call is wanted."""
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """An invitation left, or the first call; with the next two the three figures of 回访率 (R31)."""
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody answered, in the chat or on the phone."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """All that had to be asked was answered."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
