"""The tables of patients' rights (个人信息保护法): what they asked for, and each run of the retention job."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.types import UtcDateTime

_OPEN = text("state = 'open'")


class PrivacyRequest(Base):
    """What somebody asked for about their data, answered by a person or at once; never deleted: it is the proof.

    Encrypted: words, AAD = ``privacy_requests.words:key``.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index("ix_privacy_requests_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    """look | copy | correct | withdraw | delete"""
    source: Mapped[str] = mapped_column(String(16))
    """chat | console"""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What they wrote, where they did."""
    state: Mapped[str] = mapped_column(String(16), default="open")
    """open | done | partly | refused | taken_back"""
    result: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    """What was done, and what is kept for which reason: names of tables and rules, numbers, never personal data."""
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str] = mapped_column(String(64), default="")


class RetentionRun(Base):
    """One run of the retention job: what each rule found, and what it took away."""

    __tablename__ = "retention_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(64))
    dry: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    """By rule: found, taken away, kept and why."""
