"""The tables of the console: who works here, their sessions and sign-ins, shifts, training, the systems that may call
us, and the chain over the audit log."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import append_only
from bot.store.base import Base, table
from bot.store.types import UtcDateTime

_OPEN = text("ended_at IS NULL")


class Staff(Base):
    """Somebody who works with the console, known by 工号 (R45).

    Encrypted: name, phone, totp; AAD = ``staff.column:staff_no``.
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_no: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    wards: Mapped[list[str]] = mapped_column(JSON, default=list)
    departments: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Both: whose rows a role sees that is not the whole hospital's."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    """Counts what others changed about them: two people editing at once notice each other."""
    password: Mapped[str] = mapped_column(String(200))
    """Argon2id, in its own notation."""
    must_change: Mapped[bool] = mapped_column(default=True)
    password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A password made by us is of no use after this."""
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret of their authenticator app, once they have shown that it works."""
    totp_step: Mapped[int] = mapped_column(default=0)
    """The time step of the last code used: no code counts twice."""
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong passwords and codes since they last got in."""
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreement: Mapped[str] = mapped_column(String(16), default="")
    """The edition of the confidentiality agreement they have signed (R44)."""
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))


class StaffSession(Base):
    """Somebody signed in at one browser.  The browser has the token, we its hash."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        Index("ix_staff_sessions_open", "staff_id", sqlite_where=_OPEN,
              postgresql_where=_OPEN),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of the cookie."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """To the minute."""
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they last showed password and code; null: the code is still to come."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(String(16), default="")
    """signed_out | idle | expired | disabled | password | replaced"""


class SignIn(Base):
    """A try to sign in; an unknown 工号 is not kept: it may be a password typed into the wrong box."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    staff_no: Mapped[str] = mapped_column(String(32), default="", index=True)
    outcome: Mapped[str] = mapped_column(String(24))
    address: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(200), default="")


class AuditLink(Base):
    """One row of the audit log in the chain: ``digest`` = SHA-256(the digest before, the row as canonical JSON)."""

    __tablename__ = "audit_chain"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class ApiClient(Base):
    """A system that calls the JSON API: the HIS, the phone centre.  It has the token, we its hash."""

    __tablename__ = "api_clients"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    """As ``api:NAME`` in the audit log."""
    purpose: Mapped[str] = mapped_column(String(200), default="")
    token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of the token."""
    hint: Mapped[str] = mapped_column(String(12))
    """How the token begins, to tell two apart."""
    permissions: Mapped[list[str]] = mapped_column(JSON, default=list)
    per_minute: Mapped[int] = mapped_column(default=600)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """To the minute."""


class ApiRequest(Base):
    """What a system's Idempotency-Key stands for: the same key with another body is a mistake of theirs."""

    __tablename__ = "api_requests"
    client_id: Mapped[int] = mapped_column(ForeignKey("api_clients.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of operation and body."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ShiftLog(Base):
    """值班日记 of one place and shift, handed over and signed for (R46).

    Encrypted: words, AAD = ``shift_logs.words:place:day:shift``: they speak of patients.
    """

    __tablename__ = "shift_logs"
    __table_args__ = (UniqueConstraint("place", "day", "shift"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(64))
    """A ward's name, or 预约中心."""
    day: Mapped[date]
    shift: Mapped[str] = mapped_column(String(16))
    """day | evening | night"""
    state: Mapped[str] = mapped_column(String(16), default="writing")
    """writing | handed | taken"""
    words: Mapped[bytes] = mapped_column(LargeBinary)
    figures: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What was open when it was handed over: flags, tickets, calls, follow-ups due."""
    version: Mapped[int] = mapped_column(default=1)
    written_by: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by: Mapped[str | None] = mapped_column(String(32))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Training(Base):
    """A training or an exam (R23, R47)."""

    __tablename__ = "trainings"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """training | exam"""
    title: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    place: Mapped[str] = mapped_column(String(64), default="")
    ward: Mapped[str] = mapped_column(String(64), default="")
    """Whose it is; empty: the hospital's."""
    content: Mapped[str] = mapped_column(String(1000), default="")
    minutes: Mapped[int] = mapped_column(default=0)
    """How long it lasts: hours of training are counted (R23)."""
    pass_mark: Mapped[int | None]
    """Points out of 100, for exams."""
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TrainingRecord(Base):
    """Who took part, and what they reached."""

    __tablename__ = "training_records"
    __table_args__ = (UniqueConstraint("training_id", "staff_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    present: Mapped[bool] = mapped_column(default=True)
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


append_only(table(AuditLink))
