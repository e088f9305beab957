"""The tables of what comes back from patients: responses, red flags, calls, tickets, and what staff make of them."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.survey import Author, SurveyState
from bot.domain.tickets import TicketKind, TicketSource, TicketState
from bot.store.base import Base
from bot.store.types import UtcDateTime, choices


class SurveyResponse(Base):
    """The answers to one questionnaire, kept after each of them: the chat, the page and the nurse fill the same row.

    Encrypted columns: AAD = ``responses.column:id``.
    """

    __tablename__ = "responses"
    __table_args__ = (
        CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name="completed"),
        Index(None, "questionnaire", "completed_at"),
        Index(None, "patient_id", "state"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """uuid4 hex, made before the insert."""
    scope: Mapped[str] = mapped_column(String(64), unique=True)
    """What it is asked about: ``followup:12``, ``appointment:7``."""
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followups.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """Who answered in the chat, or opened the page; null where a nurse fills it."""
    questionnaire: Mapped[str] = mapped_column(String(160))
    """``url|version``, from the first question to the archive."""
    state: Mapped[SurveyState] = mapped_column(choices(SurveyState), default=SurveyState.ASKING)
    author: Mapped[Author] = mapped_column(choices(Author))
    staff_no: Mapped[str | None] = mapped_column(String(32))
    filling: Mapped[bytes] = mapped_column(LargeBinary)
    """`bot.questionnaires.filling`, as JSON."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts every change: two faces that write at once notice each other."""
    last_key: Mapped[str] = mapped_column(String(160), default="")
    """Of the last command that changed it: the same again changes nothing."""
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RedFlag(Base):
    """A danger that somebody answered or said: a nurse has to act before ``deadline_at``.

    Encrypted: AAD = ``red_flags.detail:key``, ``red_flags.note:key``.
    """

    __tablename__ = "red_flags"
    __table_args__ = (Index(None, "state", "deadline_at"), Index(None, "ward", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """``response:ID:rule``; or of the command that told of it in the chat."""
    rule: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(80))
    """What the nurse reads; nothing that names the patient."""
    level: Mapped[FlagLevel] = mapped_column(choices(FlagLevel))
    state: Mapped[FlagState] = mapped_column(choices(FlagState), default=FlagState.OPEN)
    source: Mapped[str] = mapped_column(String(16))
    """chat | page | phone"""
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    discharge_id: Mapped[str | None] = mapped_column(ForeignKey("discharges.id"))
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followups.id"), index=True)
    response_id: Mapped[str | None] = mapped_column(ForeignKey("responses.id"), index=True)
    ward: Mapped[str] = mapped_column(String(64), default="")
    """Whose it is; empty: the desk's."""
    tier: Mapped[int] = mapped_column(default=0)
    """How far it has been escalated: 0 the ward's nurse, 1 its head nurse, 2 its director, 3 医务科."""
    told: Mapped[int] = mapped_column(default=0)
    """How often somebody has been told: the last message's key is ``flag:ID:TOLD``."""
    detail: Mapped[bytes] = mapped_column(LargeBinary)
    """The question and the answer, or the patient's words."""
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalates_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the next tier is told, while nobody has acknowledged it."""
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was seen that its deadline had passed before it was closed."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(32))


class Contact(Base):
    """One try to reach somebody for a follow-up: a call, or the answer in the chat (R38).  ``note`` is encrypted, AAD
    = ``contacts.note:key``."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "followup_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    followup_id: Mapped[int] = mapped_column(ForeignKey("followups.id"))
    road: Mapped[str] = mapped_column(String(16))
    """chat | page | phone | sms | visit | letter (R35)"""
    outcome: Mapped[str] = mapped_column(String(32))
    """`bot.domain.contacts.Outcome`"""
    dialled: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Blind index of the number, made as that of ``patients.phone``: which of somebody's numbers are of no use."""
    staff_no: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Ticket(Base):
    """意见, 投诉 or 表扬 (R37).  Encrypted: text, answer, measure; AAD = ``tickets.column:key``."""

    __tablename__ = "tickets"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "department", "opened_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """Of the command, the response's item, or the staff's form that opened it."""
    number: Mapped[str] = mapped_column(String(24), unique=True)
    """What patient and staff call it: T20261122-0007."""
    kind: Mapped[TicketKind] = mapped_column(choices(TicketKind))
    category: Mapped[str] = mapped_column(String(32))
    department: Mapped[str] = mapped_column(String(64), default="")
    confirmed_by: Mapped[str | None] = mapped_column(String(32))
    """Who has confirmed kind, category and department; null: they are a machine's guess."""
    anonymous: Mapped[bool] = mapped_column(default=False)
    """The patient wants it so: who deals with it does not see whose it is; the answer still reaches them."""
    source: Mapped[TicketSource] = mapped_column(choices(TicketSource))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followups.id"), index=True)
    response_id: Mapped[str | None] = mapped_column(ForeignKey("responses.id"))
    state: Mapped[TicketState] = mapped_column(choices(TicketState), default=TicketState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    """Counts its changes: an answer told to the patient is void when there is a newer one."""
    owner: Mapped[str | None] = mapped_column(String(32))
    """首问负责: who took it first answers for it to the end."""
    assigned_to: Mapped[str] = mapped_column(String(64), default="")
    """The department or staff number that has to act."""
    tier: Mapped[int] = mapped_column(default=0)
    """How far it has been escalated."""
    text: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    """To the patient."""
    measure: Mapped[bytes | None] = mapped_column(LargeBinary)
    """改进措施 (R28)"""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TicketEvent(Base):
    """What happened to a ticket, never changed.  ``note`` is encrypted, AAD = ``ticket_events.note:key``."""

    __tablename__ = "ticket_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    what: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(64))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketFile(Base):
    """Something attached as proof.  ``content`` is encrypted, AAD = ``ticket_files.content:sha256``."""

    __tablename__ = "ticket_files"
    __table_args__ = (UniqueConstraint("ticket_id", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Review(Base):
    """One follow-up of the month's sample, checked for being in time and true (R48)."""

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    followup_id: Mapped[int] = mapped_column(ForeignKey("followups.id"), unique=True)
    timely: Mapped[bool]
    accurate: Mapped[bool]
    note: Mapped[str] = mapped_column(String(400), default="")
    staff_no: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signoff(Base):
    """科主任's monthly check of a ward, 医务科's and 护理部's supervision (R41)."""

    __tablename__ = "signoffs"
    __table_args__ = (UniqueConstraint("ward", "month", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(String(64))
    month: Mapped[date]
    """Its first day."""
    role: Mapped[str] = mapped_column(String(32))
    """director | medical_office | nursing_office"""
    staff_no: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Report(Base):
    """A week's, month's or year's figures as they were when they were made (R32)."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("kind", "starts_on"),
        Index("ix_reports_asked", "asked_at", sqlite_where=text("asked_at IS NOT NULL"),
              postgresql_where=text("asked_at IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """week | month | year"""
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody waits for it: the scheduler is still counting, there are no figures yet."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The day after its last."""
    figures: Mapped[dict[str, object]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BedsideCode(Base):
    """The QR code at a bed: who scans it and tells the identity number's end is linked to the stay."""

    __tablename__ = "bedside_codes"
    scene: Mapped[str] = mapped_column(String(64), primary_key=True)
    """``bed:…``, unguessable."""
    discharge_id: Mapped[str] = mapped_column(ForeignKey("discharges.id"), index=True)
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong answers so far; too many and it is dead."""
    last_key: Mapped[str] = mapped_column(String(160), default="")
    """Of the last wrong answer's command: the same again is not counted twice."""
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
