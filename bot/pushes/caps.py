"""How many pushes that nobody waits for one person gets in a day."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from bot.domain.clock import HOSPITAL_TZ, local

MORNING = time(9, 0)
"""When what was too much yesterday goes."""


def deferred(due: datetime, sent: Iterable[datetime], a_day: int) -> datetime:
    """``due``, or the morning of the first day on which the person has not had ``a_day`` of them; 0: no limit."""
    if not a_day:
        return due
    days = [local(moment).date() for moment in sent]
    while days.count(local(due).date()) >= a_day:
        due = datetime.combine(local(due).date() + timedelta(days=1), MORNING, HOSPITAL_TZ)
    return due
