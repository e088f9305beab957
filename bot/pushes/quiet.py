"""When a push may go: not in the quiet hours, and where its kind says so not on days off."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from bot.domain.clock import HOSPITAL_TZ, local
from bot.pushes.kinds import Kind, Quiet, QuietHours
from bot.pushes.workdays import is_workday

_DAY = timedelta(days=1)


def is_quiet(moment: datetime, hours: QuietHours) -> bool:
    """Whether people sleep; the hours may or may not span midnight."""
    clock = local(moment).time()
    if hours.start <= hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end


def allowed(
    kind: Kind, due: datetime, hours: QuietHours, *, workday: Callable[[date], bool] = is_workday
) -> datetime:
    """``due``, or the nearest moment at which its kind may go: earlier only where the kind says so."""
    if kind.quiet is Quiet.EARLIER and is_quiet(due, hours):
        return _evening_before(due, hours)
    if kind.quiet is Quiet.LATER:
        due = awake(due, hours)
    while kind.workdays and not workday(local(due).date()):
        due += _DAY
    return due


def postponed(
    kind: Kind, now: datetime, hours: QuietHours, *, workday: Callable[[date], bool] = is_workday
) -> datetime:
    """``now``, or the next moment at which a push that is already due may go."""
    if kind.quiet is Quiet.EARLIER:
        return awake(now, hours)
    return allowed(kind, now, hours, workday=workday)


def awake(due: datetime, hours: QuietHours) -> datetime:
    """``due``, or the end of the quiet hours it falls into."""
    if not is_quiet(due, hours):
        return due
    end = datetime.combine(local(due).date(), hours.end, HOSPITAL_TZ)
    return end if end > due else end + _DAY


def _evening_before(due: datetime, hours: QuietHours) -> datetime:
    evening = datetime.combine(local(due).date(), hours.evening, HOSPITAL_TZ)
    return evening if evening < due else evening - _DAY
