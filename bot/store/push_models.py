"""The tables of pushes: what is planned, each attempt, calls for staff, consents, alerts, broadcasts."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.states import AlertState, CampaignState, PhoneTaskState, PushState
from bot.store.base import Base
from bot.store.types import UtcDateTime, choices


class Push(Base):
    """A planner row: this kind of message is due to this patient then, as things stood at ``version`` of its
    scope.  Written in the transaction of its cause; a newer version voids it.  Holds ids, never personal data."""

    __tablename__ = "pushes"
    __table_args__ = (
        Index("ix_pushes_due", "priority", "due_at", sqlite_where=text("state = 'planned'"),
              postgresql_where=text("state = 'planned'")),
        Index("ix_pushes_scope", "scope", "version"),
        Index("ix_pushes_patient", "patient_id", "due_at"),
        Index("ix_pushes_campaign", "campaign_id", "state"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """Dedupe key, ``kind:scope:version`` (and the recipient where one scope has many)."""
    kind: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str] = mapped_column(String(64))
    """appointment:12 | case:5 | campaign:3 | publication:2026-11-23 …"""
    version: Mapped[int] = mapped_column(default=1)
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    priority: Mapped[int]
    """0 suspension, 1 payment and booking, 2 reminder, 3 survey and care."""
    state: Mapped[PushState] = mapped_column(choices(PushState), default=PushState.PLANNED)
    reason: Mapped[str] = mapped_column(String(48), default="")
    """Why it was skipped or voided: changed | cancelled | deceased | unsubscribed | capped | expired …"""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempt(Base):
    """One try of one outbox row over one road, and what the platform told of it afterwards."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("outbox_id", "number"),
        Index("ix_attempts_platform", "road", "platform_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    number: Mapped[int]
    """1 for the row's first try, over whatever road."""
    road: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str] = mapped_column(String(64), default="")
    """The client_msg_id it went out with: the same again after a crash."""
    code: Mapped[str] = mapped_column(String(64), default="")
    """Empty: the platform took it."""
    platform_id: Mapped[str] = mapped_column(String(64), default="")
    receipt: Mapped[str] = mapped_column(String(64), default="")
    """delivered | failed:REASON"""
    cost_fen: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    receipt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EarlyReceipt(Base):
    """What the platform told of a message whose acknowledgement is not written yet: matched when it is."""

    __tablename__ = "early_receipts"
    __table_args__ = (UniqueConstraint("road", "platform_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    road: Mapped[str] = mapped_column(String(16))
    platform_id: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PhoneTask(Base):
    """The last rung: a member of staff calls."""

    __tablename__ = "phone_tasks"
    __table_args__ = (Index("ix_phone_tasks_state", "state", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str] = mapped_column(String(64))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[PhoneTaskState] = mapped_column(choices(PhoneTaskState), default=PhoneTaskState.OPEN)
    reason: Mapped[str] = mapped_column(String(64), default="")
    """no_road | unanswered | undelivered …"""
    outcome: Mapped[str] = mapped_column(String(32), default="")
    staff_no: Mapped[str | None] = mapped_column(String(32))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Subscription(Base):
    """What is left of an account's consents to one subscription template (订阅通知)."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("account_id", "template"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    template: Mapped[str] = mapped_column(String(64))
    left_over: Mapped[int] = mapped_column(default=0)
    long_term: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SubscriptionEvent(Base):
    """Each consent and its use, append-only."""

    __tablename__ = "subscription_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    template: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(16))
    """accepted | long_term | rejected | used | revoked | spent"""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Alert(Base):
    """A fault that staff have to mend (40013, 48001 …), counted while it lasts; one open row for each subject."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_open", "kind", "subject", unique=True, sqlite_where=text("state <> 'closed'"),
              postgresql_where=text("state <> 'closed'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    """config_fault | template_disabled | api_stopped | no_permission | bad_data | dead_letters …"""
    subject: Mapped[str] = mapped_column(String(80))
    """wechat:wx123:40013 | template:visit_tomorrow …"""
    code: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[AlertState] = mapped_column(choices(AlertState), default=AlertState.OPEN)
    count: Mapped[int] = mapped_column(default=1)
    staff_no: Mapped[str | None] = mapped_column(String(32))
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Campaign(Base):
    """A broadcast: one text to a frozen audience."""

    __tablename__ = "campaigns"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """What it says, as JSON, encrypted."""
    audience: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    """The query: names and ids, never people."""
    state: Mapped[CampaignState] = mapped_column(choices(CampaignState), default=CampaignState.DRAFT)
    recipients: Mapped[int] = mapped_column(default=0)
    """Frozen when it was confirmed."""
    created_by: Mapped[str] = mapped_column(String(64))
    approved_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
