"""The tables of 停诊: what was suspended, which clinics, and each affected appointment until its end state."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.suspension import CaseState, SuspensionState
from bot.store.base import Base
from bot.store.types import UtcDateTime, choices

_LIVE = text("state IN ('open', 'offered', 'reminded', 'phone')")


class Suspension(Base):
    """One 停诊, or one schedule change that takes seats away (R12)."""

    __tablename__ = "suspensions"
    __table_args__ = (Index(None, "state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    """doctor | department | hospital | schedule"""
    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctors.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200))
    """As patients read it: never somebody's illness."""
    state: Mapped[SuspensionState] = mapped_column(choices(SuspensionState))
    affected: Mapped[int] = mapped_column(default=0)
    """How many cases it began with: what the reconciliation has to sum up to."""
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    period: Mapped[str | None] = mapped_column(String(16))
    """Only this half-day of each of its days; null: all of each day."""


class SuspensionClinic(Base):
    """A clinic that a suspension closed, or (``whole`` false) only took seats from."""

    __tablename__ = "suspension_clinics"
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspensions.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"), primary_key=True, index=True)
    whole: Mapped[bool] = mapped_column(default=True)


class SuspensionCase(Base):
    """One affected appointment.  Holds ids, never personal data."""

    __tablename__ = "suspension_cases"
    __table_args__ = (
        UniqueConstraint("suspension_id", "appointment_id"),
        Index("uq_suspension_cases_live", "appointment_id", unique=True, sqlite_where=_LIVE,
              postgresql_where=_LIVE),
        Index("uq_suspension_cases_offer", "offer_seat_id", unique=True,
              sqlite_where=text("offer_seat_id IS NOT NULL"),
              postgresql_where=text("offer_seat_id IS NOT NULL")),
        Index("ix_suspension_cases_due", "starts_at", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
        Index(None, "account_id", "closed_at"),
        Index(None, "suspension_id", "state"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspensions.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), index=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Null where staff booked: nobody but a caller reaches them."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the visit would have begun; the nearest are told first."""
    state: Mapped[CaseState] = mapped_column(choices(CaseState), default=CaseState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    """Counts what the patient was told; a newer one voids the pushes of the older."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the tick has to look at it next."""
    offers: Mapped[int] = mapped_column(default=0)
    offer_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))
    """Held for this patient; null as soon as it is taken or given back."""
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    refund_fen: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(32), default="")
    """offer | other | gave_up | own_change | own_cancel | own_booking | expired | phone:… | restored | not_restored"""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
