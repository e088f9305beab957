"""Jinja filters: dates, spans, numbers and amounts as a Chinese hospital writes them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.clock import local
from bot.domain.masking import mask_id_number, mask_name, mask_numbers, mask_phone
from bot.domain.roles import ROLES, Role

_WEEKDAYS = "一二三四五六日"
NOTHING = "—"


def day(value: date | datetime | None, now: datetime | None = None) -> str:
    """11月22日 周日; of another year than now's with its year."""
    if value is None:
        return NOTHING
    shown = local(value).date() if isinstance(value, datetime) else value
    return f"{_year(shown, now)}{shown.month}月{shown.day}日 周{_WEEKDAYS[shown.weekday()]}"


def full_day(value: date | datetime | None) -> str:
    """2026年11月22日"""
    if value is None:
        return NOTHING
    shown = local(value).date() if isinstance(value, datetime) else value
    return f"{shown.year}年{shown.month}月{shown.day}日"


def weekday(value: date) -> str:
    """周日"""
    return f"周{_WEEKDAYS[value.weekday()]}"


def clock(value: datetime | None) -> str:
    """14:05"""
    return NOTHING if value is None else f"{local(value):%H:%M}"


def moment(value: datetime | None, now: datetime | None = None) -> str:
    """11月22日 14:05; of another year than now's with its year."""
    if value is None:
        return NOTHING
    shown = local(value)
    return f"{_year(shown, now)}{shown.month}月{shown.day}日 {shown:%H:%M}"


def full_moment(value: datetime | None) -> str:
    """2026年11月22日 14:05:09"""
    if value is None:
        return NOTHING
    shown = local(value)
    return f"{shown.year}年{shown.month}月{shown.day}日 {shown:%H:%M:%S}"


def iso(value: datetime) -> str:
    """For machines: a `time` element, a countdown."""
    return value.isoformat(timespec="seconds")


def span(value: timedelta) -> str:
    """3 天 2 小时, 2 小时 5 分, 12 分钟, 40 秒: at most two units."""
    seconds = max(int(abs(value.total_seconds())), 0)
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分钟" if minutes else f"{seconds} 秒"


def minutes(value: float | None) -> str:
    """1466.8 → 1 天"""
    return NOTHING if value is None else span(timedelta(minutes=value))


def left(deadline: datetime, now: datetime) -> str:
    """还剩 12 分钟 or 已超时 3 分钟"""
    return f"还剩 {span(deadline - now)}" if deadline > now else f"已超时 {span(now - deadline)}"


def count(value: int | float) -> str:
    """12,345"""
    return f"{value:,}"


def percent(value: float | None, digits: int = 1) -> str:
    """97.3%"""
    return NOTHING if value is None else f"{value * 100:.{digits}f}%"


def yuan(fen: int) -> str:
    """50 元, 12.50 元"""
    return f"{fen // 100:,} 元" if fen % 100 == 0 else f"{fen / 100:,.2f} 元"


def role(value: Role | str) -> str:
    return ROLES[Role(value)].title


def _year(shown: date, now: datetime | None) -> str:
    """2025年, where it is another than now's."""
    return "" if now is None or shown.year == local(now).year else f"{shown.year}年"


_PROGRAMS = (
    ("MicroMessenger/", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "安卓"), ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Mac OS", "苹果电脑"),
    ("Linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """Which browser on what, of a User-Agent: Chrome 142，Windows.  One that is no browser's as it is."""
    program = next(((mark, name) for mark, name in _PROGRAMS if mark in agent), None)
    if program is None:
        return agent[:40] or "—"
    number = agent.partition(program[0])[2].partition(".")[0]
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{program[1]} {number[:4]}{'，' if system else ''}{system}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "full_day": full_day,
    "weekday": weekday,
    "clock": clock,
    "moment": moment,
    "full_moment": full_moment,
    "iso": iso,
    "span": span,
    "minutes": minutes,
    "left": left,
    "count": count,
    "percent": percent,
    "yuan": yuan,
    "role": role,
    "device": device,
    "mask_name": mask_name,
    "mask_phone": mask_phone,
    "mask_id": mask_id_number,
    "mask_numbers": mask_numbers,
}
