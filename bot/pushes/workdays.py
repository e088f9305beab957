"""Which days people work: the State Council's table of days off and make-up days as far as it is published, else the
law's own holidays and weekends (全国年节及纪念日放假办法, 2024)."""

from datetime import date
from functools import lru_cache

from tyme4py.holiday import LegalHoliday
from tyme4py.solar import SolarDay

_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_LUNAR = frozenset({(1, 1), (1, 2), (1, 3), (5, 5), (8, 15)})
_SATURDAY = 5


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether it is no day off, make-up days counted as work.  Remembered, for the lunar calendar takes long."""
    told = LegalHoliday.from_ymd(day.year, day.month, day.day)
    if told is not None:
        return bool(told.is_work())
    return day.weekday() < _SATURDAY and not _statutory(day)


def _statutory(day: date) -> bool:
    if (day.month, day.day) in _FIXED:
        return True
    solar = SolarDay.from_ymd(day.year, day.month, day.day)
    lunar, tomorrow = solar.get_lunar_day(), solar.next(1).get_lunar_day()
    if (lunar.get_month(), lunar.get_day()) in _LUNAR:
        return True
    new_years_eve = (tomorrow.get_month(), tomorrow.get_day()) == (1, 1)
    term = solar.get_term_day()
    return new_years_eve or (term.get_day_index() == 0 and term.get_name().startswith("清明"))
