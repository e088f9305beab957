"""How days, times and money are written for people."""

from datetime import date, datetime

from bot.domain.clock import local

CARE = "您前几天来看过病，请按医嘱用药休息，不舒服请及时就诊。"
"""To everybody who was seen (R51).  Says nothing of the illness: a lock screen shows it (R24)."""


def day(value: date) -> str:
    """11月24日（周二）"""
    return f"{value.month}月{value.day}日（周{'一二三四五六日'[value.weekday()]}）"


def near(value: date, today: date) -> str:
    """今天, 明天, 后天, else 11月24日（周二）"""
    ahead = (value - today).days
    return ("今天", "明天", "后天")[ahead] if 0 <= ahead <= 2 else day(value)


def clock(moment: datetime) -> str:
    """9:00, 14:30"""
    here = local(moment)
    return f"{here.hour}:{here.minute:02d}"


def span(starts: datetime, ends: datetime) -> str:
    """14:00–14:30"""
    return f"{clock(starts)}–{clock(ends)}"


def moment(value: datetime) -> str:
    """11月24日（周二）12:00"""
    return f"{day(local(value).date())}{clock(value)}"


def full(value: datetime) -> str:
    """2026年11月24日 14:00, as the platforms write a moment."""
    here = local(value)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


def yuan(fen: int) -> str:
    """50元; free visits say so."""
    if fen == 0:
        return "免挂号费"
    return f"{fen // 100}元" if fen % 100 == 0 else f"{fen / 100:.2f}元"
