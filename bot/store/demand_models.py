"""The table of who asked for an appointment and what came of it: the denominator of 预约成功率 (R21)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base
from bot.store.types import UtcDateTime


class BookingAsk(Base):
    """One wish for an appointment, from the first word to what came of it: a chat, a call, a walk-in, another system.

    Holds ids, never words.
    """

    __tablename__ = "booking_asks"
    __table_args__ = (
        Index("ix_booking_asks_day", "day", "channel"),
        Index("ix_booking_asks_open", "account_id", "outcome"),
    )
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
    """open | booked | the reason why not: full | no_clinic | too_early | too_late | limit | taken | gave_up | left …"""
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
