"""The table of who asked for an appointment and what came of it: the denominator of 预约成功率 (R21)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.types import UtcDateTime


class BookingAsk(Base):
    """One wish for an appointment, from the first word to what came of it: a chat, a call, a walk-in, another system.

    Holds ids, never words.
    """

    __tablename__ = "booking_asks"
    __table_args__ = (
        Index("ix_booking_asks_day", "day", "channel", "outcome", "department_id", "doctor_id"),
        Index("ix_booking_asks_account_id_day", "account_id", "day"),
        Index("ix_booking_asks_open", "asked_at", sqlite_where=text("outcome = 'open'"),
              postgresql_where=text("outcome = 'open'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    """Of the message or request that began it."""
    day: Mapped[date]
    """The hospital's calendar day on which they asked."""
    channel: Mapped[str] = mapped_column(String(16))
    """wechat | alipay | phone | window | api:NAME …, as in ``appointments.channel``"""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctors.id"))
    outcome: Mapped[str] = mapped_column(String(24), default="open")
    """open | booked | again | the reason why not: full | no_clinic | gave_up | left … (`bot.domain.demand.REASONS`)"""
    hindrance: Mapped[str] = mapped_column(String(24), default="")
    """What stood in the way last, the reason where they leave without a word; of ``again``: how that try ended."""
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
