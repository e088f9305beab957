"""The days that an answer names: those to come as the NLU reads them, those that have been by their own words."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.questionnaires.words import Dates
from nlu.understood import Understood

_AGO = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "大前天": 3}
_DAYS_AGO = re.compile(r"(\d{1,3})天(?:以)?前")
_FULL = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})")
_OF_YEAR = re.compile(r"(?<!\d)(\d{1,2})[月./](\d{1,2})[日号]?")


def days(understood: Understood, today: date) -> Dates:
    """A questionnaire asks about what has been: a day of the year is the last one of that name."""

    def named(text: str) -> Sequence[date]:
        return tuple(_past(text, today)) or understood.slots.dates

    return named


def _past(text: str, today: date) -> Sequence[date]:
    ago = [_AGO[word] for word in sorted(_AGO, key=len, reverse=True) if word in text][:1]
    ago += [int(found[1]) for found in _DAYS_AGO.finditer(text)]
    if ago:
        return [today - timedelta(days=each) for each in ago]
    full = [_day(*map(int, found.groups())) for found in _FULL.finditer(text)]
    if full:
        return [day for day in full if day is not None]
    found = [_last(int(month), int(day), today) for month, day in _OF_YEAR.findall(text)]
    return [day for day in found if day is not None]


def _last(month: int, day: int, today: date) -> date | None:
    this_year = _day(today.year, month, day)
    return this_year if this_year is None or this_year <= today else _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
