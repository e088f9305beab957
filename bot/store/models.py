"""The tables.  Constraints decide what may be true; services only ask politely first.

Personal fields are `Encrypted` (AES-GCM, AAD = table.column.primary key) with a blind index beside those that
must be looked up.  Moments are aware UTC; days are the hospital's calendar days; money is integer fen.
"""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.states import AppointmentState, ClinicState, HandoffState, OutboxState, SeatState
from bot.store import (  # noqa: F401  (their tables belong to the schema)
    care_models,
    content_models,
    demand_models,
    followup_models,
    push_models,
    rights_models,
    staff_models,
    suspension_models,
)
from bot.store.append_only import append_only
from bot.store.base import Base as Base
from bot.store.base import table as table
from bot.store.types import UtcDateTime, choices

_LIVE = text("state IN ('held', 'booked', 'checked_in')")


# -- the hospital ---------------------------------------------------------------------------------


class Department(Base):
    """A 科室; a tree through ``parent_id``."""

    __tablename__ = "departments"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    location: Mapped[str] = mapped_column(String(128), default="")
    notes: Mapped[str] = mapped_column(String(1000), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Doctor(Base):
    """A 医生, known by 工号."""

    __tablename__ = "doctors"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_no: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(32))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    specialty: Mapped[str] = mapped_column(String(500), default="")
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)


class Clinic(Base):
    """A 出诊."""

    __tablename__ = "clinics"
    __table_args__ = (
        UniqueConstraint("doctor_id", "day", "period"),
        CheckConstraint("fee_fen >= 0", name="fee"),
        Index(None, "department_id", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    day: Mapped[date]
    period: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16), default="普通号")
    fee_fen: Mapped[int]
    location: Mapped[str] = mapped_column(String(128), default="")
    state: Mapped[ClinicState] = mapped_column(choices(ClinicState), default=ClinicState.OPEN)
    version: Mapped[int] = mapped_column(default=1)


class Slot(Base):
    """A 时段, at most 30 minutes."""

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("clinic_id", "starts_at"),
        CheckConstraint("minutes > 0 AND minutes <= 30", name="minutes"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int]


class Seat(Base):
    """One 号, a row: what is scarce."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("clinic_id", "number"),
        Index("ix_seats_free", "slot_id", "number", sqlite_where=text("state = 'free'"),
              postgresql_where=text("state = 'free'")),
        Index("ix_seats_clinic_state", "clinic_id", "state", "slot_id"),
        Index("ix_seats_release", "release_at", sqlite_where=text("state = 'cooling'"),
              postgresql_where=text("state = 'cooling'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"))
    number: Mapped[int]
    state: Mapped[SeatState] = mapped_column(choices(SeatState), default=SeatState.FREE)
    release_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A cooling seat is free again from this moment."""
    suspended_by: Mapped[int | None]
    """Which suspension locked it: those it frees when it is withdrawn; other channels' seats stay locked."""


class PolicyRule(Base):
    """One number of `bot.domain.policy.Policy`, for the hospital, a department or a doctor."""

    __tablename__ = "policy_rules"
    __table_args__ = (
        UniqueConstraint("scope", "scope_id", "name", "effective_from"),
        CheckConstraint("scope IN ('hospital', 'department', 'doctor')", name="scope"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    scope_id: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[int | None]
    """Null: from that day on the wider scope's number holds again."""
    effective_from: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    author: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Revision(Base):
    """Counts the changes of something every process caches (``directory``: departments, doctors, policies)."""

    __tablename__ = "revisions"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


# -- people ---------------------------------------------------------------------------------------


class Account(Base):
    """A 微信/支付宝用户."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("channel", "app_id", "openid"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    app_id: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str] = mapped_column(String(128))
    following: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_message_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """For the 48-hour window of 客服消息."""
    preferences: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class Patient(Base):
    """A 就诊人: one row per identity document, however many accounts look after them (实名制)."""

    __tablename__ = "patients"
    __table_args__ = (UniqueConstraint("id_kind", "id_number_index"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """uuid4 hex, made before the insert: it is part of the encryption's AAD."""
    name: Mapped[bytes] = mapped_column(LargeBinary)
    name_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    id_kind: Mapped[str] = mapped_column(String(24))
    id_number: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    sex: Mapped[str] = mapped_column(String(8))
    birth_date: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deceased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nobody who died is ever messaged (R30)."""
    merged_into: Mapped[str | None] = mapped_column(String(32))
    """The same person under another document, who has everything that was theirs."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Deleted at their wish: name, numbers and phone are gone, what the law keeps is without them."""


class Guardianship(Base):
    """Which account looks after which patient, as what."""

    __tablename__ = "guardianships"
    __table_args__ = (
        Index("uq_guardianships_live", "account_id", "patient_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"), index=True)
    relation: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LegalGuardian(Base):
    """The adult named for a child under 14."""

    __tablename__ = "legal_guardians"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    id_number: Mapped[bytes] = mapped_column(LargeBinary)
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """A consent given (个人信息保护法): what text, when, in which message; withdrawn, never deleted."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    kind: Mapped[str] = mapped_column(String(32))
    text_version: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Correction(Base):
    """A field of a patient that was wrong (R14); counted for 信息准确率 (R21).  Says which, never what."""

    __tablename__ = "corrections"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"), index=True)
    field: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


# -- appointments ---------------------------------------------------------------------------------


class Appointment(Base):
    """A 挂号.  A change keeps the row, moves it to another seat and raises ``version``, so that pushes
    planned for the old time are void."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index("uq_appointments_seat_live", "seat_id", unique=True,
              sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("uq_appointments_patient_clinic_live", "patient_id", "doctor_id", "clinic_id", unique=True,
              sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(None, "account_id", "state"),
        Index(None, "patient_id", "state"),
        Index(None, "clinic_id", "state"),
        Index(None, "created_at"),
        CheckConstraint("fee_fen >= 0", name="fee"),
        CheckConstraint("(state = 'held') = (hold_expires_at IS NOT NULL)", name="hold"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    """Idempotency key of the command that made it."""
    code: Mapped[str] = mapped_column(String(16), unique=True)
    """On the voucher: 8 characters without look-alikes."""
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"))
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinics.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Null where staff booked for a caller or a walk-in (R3)."""
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """The patient's phone at booking time, for the per-phone limit (R2)."""
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[AppointmentState] = mapped_column(choices(AppointmentState))
    version: Mapped[int] = mapped_column(default=1)
    fee_fen: Mapped[int]
    hold_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppointmentEvent(Base):
    """What happened to an appointment, with the idempotency key of the command that did it."""

    __tablename__ = "appointment_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), index=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    """booked | changed | cancelled | expired | checked_in …"""
    from_slot_id: Mapped[int | None]
    to_slot_id: Mapped[int | None]
    from_seat_id: Mapped[int | None]
    to_seat_id: Mapped[int | None]
    """With ``version`` and ``refund_fen`` enough to give a repeated key its first outcome again."""
    version: Mapped[int] = mapped_column(default=1)
    """The appointment's version after this event."""
    refund_fen: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


# -- messages -------------------------------------------------------------------------------------


class InboxMessage(Base):
    """A message received, its dedup key, and the stored answer that a retry gets (facts/wechat.md).

    ``done_at`` null and ``lease_until`` past: whoever processed it died; the next retry or the worker's tick
    takes it over.  ``late``: the passive answer's time ran out, the answer goes through the outbox.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "dedup"),
        Index("ix_inbox_open", "lease_until", sqlite_where=text("done_at IS NULL"),
              postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    dedup: Mapped[str] = mapped_column(String(200))
    user: Mapped[str] = mapped_column(String(128), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """The `Inbound` as JSON, encrypted: patients type identity numbers."""
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The replies as JSON, encrypted; null until done."""
    late: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=1)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxMessage(Base):
    """A message to send, written in the transaction of what caused it.  The one truth of delivery."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "priority", "due_at", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_open", "account_id", "id", sqlite_where=text("state IN ('pending', 'sending')"),
              postgresql_where=text("state IN ('pending', 'sending')")),
        Index("ix_outbox_leased", "lease_until", sqlite_where=text("state = 'sending'"),
              postgresql_where=text("state = 'sending'")),
        Index("ix_outbox_dead", "due_at", sqlite_where=text("state = 'dead'"),
              postgresql_where=text("state = 'dead'")),
        Index("ix_outbox_unreceipted", "sent_at", sqlite_where=text("state = 'sent' AND receipt = ''"),
              postgresql_where=text("state = 'sent' AND receipt = ''")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """Dedupe key: the same push is never written twice."""
    kind: Mapped[str] = mapped_column(String(32))
    """late_reply | more_reply | a kind of `bot.pushes`."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """Null where staff booked for a caller: nothing but SMS and the phone reaches them."""
    push_id: Mapped[int | None] = mapped_column(ForeignKey("pushes.id"), unique=True)
    """Null for what is said in a chat."""
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    priority: Mapped[int] = mapped_column(default=1)
    """0 suspension, 1 payment, booking and chat, 2 reminder, 3 survey."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """The replies, or a push's `Notice`, as JSON, encrypted."""
    rung: Mapped[int] = mapped_column(default=0)
    """Which road of its kind's ladder is tried; always 0 for what is said in a chat."""
    road: Mapped[str] = mapped_column(String(16), default="")
    """The road that took it last: assistant | template | subscribe | custom | sms | phone."""
    receipt: Mapped[str] = mapped_column(String(16), default="")
    """delivered | failed, once the platform has told."""
    state: Mapped[OutboxState] = mapped_column(choices(OutboxState), default=OutboxState.PENDING)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    """The last attempt's code, never personal data."""
    platform_id: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Handoff(Base):
    """A patient who asked for a human: the desk's queue."""

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("uq_handoffs_open", "account_id", unique=True, sqlite_where=text("state <> 'closed'"),
              postgresql_where=text("state <> 'closed'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[HandoffState] = mapped_column(choices(HandoffState), default=HandoffState.WAITING)
    reason: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """The patient's own words, encrypted."""
    staff_no: Mapped[str | None] = mapped_column(String(32))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """Who did what to what, append-only.  No personal data: ids and field names."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(64))
    """account:12 | staff:0012 | system:worker | cli"""
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(80))
    """patient:… | appointment:… | clinic:…"""
    detail: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


append_only(table(AuditEntry))
