"""The Chinese calendar: lunar days and solar terms as dates, from tyme4py (GB/T 33661-2017)."""

from datetime import date
from functools import cache

_NAMES = "冬至小寒大寒立春雨水惊蛰春分清明谷雨立夏小满芒种夏至小暑大暑立秋处暑白露秋分寒露霜降立冬小雪大雪"
TERMS = tuple(_NAMES[i : i + 2] for i in range(0, len(_NAMES), 2))


@cache
def term(name: str, year: int) -> date:
    """立春 of a year; the library counts 冬至 of the year before as the first of a year."""
    from tyme4py.solar import SolarTerm  # slow to import, and few messages speak of it

    index = TERMS.index(name)
    day = SolarTerm.from_index(year + (name == "冬至"), index).get_julian_day().get_solar_day()
    return date(day.get_year(), day.get_month(), day.get_day())


@cache
def lunar_day(year: int, month: int, day: int) -> date | None:
    """正月十五 of the lunar year; day -1 is the month's last (除夕); None where the month is too short."""
    from tyme4py.lunar import LunarDay, LunarMonth

    count = LunarMonth.from_ym(year, month).get_day_count()
    if day > count:
        return None
    found = LunarDay.from_ymd(year, month, day if day > 0 else count).get_solar_day()
    return date(found.get_year(), found.get_month(), found.get_day())
