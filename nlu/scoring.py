"""Is what was understood what was meant?  One utterance against its gold."""

from collections.abc import Callable
from datetime import date
from functools import cache

from nlu.corpus import Gold, Line
from nlu.lexicon import Lexicon
from nlu.understood import Slots, TimeRange, Understood

REQUESTS = ("book", "query_slots", "change", "cancel", "waitlist")
"""Intents whose slots decide what is done."""
_TRAPS = ("triage", "emergency")


def intent_right(gold: Gold, heard: Understood) -> bool:
    return heard.intent in gold.intents


def slots_judged(line: Line) -> bool:
    """Whether every slot of this line is in its gold; a line without any has no say (many only teach intents)."""
    asked = "ask" in line.gold.slots if not line.intent else line.intent in REQUESTS
    return asked and bool(line.gold.slots)


def dates_judged(line: Line) -> bool:
    return any(key in line.gold.slots for key in ("dates", "from", "invalid"))


def dates_right(line: Line, slots: Slots) -> bool:
    """The days, all of them and no other."""
    gold = line.gold
    if "invalid" in gold.slots:
        return slots.invalid_date is not None
    if slots.invalid_date is not None:
        return False
    wanted, old = gold.days("dates"), gold.days("from")
    if line.intent == "cancel":
        return set(slots.dates) | set(slots.from_dates) == {*wanted, *old}
    return tuple(slots.dates) == wanted and (not old or tuple(slots.from_dates) == old)


def trap(line: Line) -> bool:
    """A line with numbers or times in it, perhaps, but no wish for a day."""
    return "nodate" in line.gold.slots or (line.intent in _TRAPS and not dates_judged(line))


def false_alarm(slots: Slots) -> bool:
    return bool(slots.dates or slots.from_dates or slots.invalid_date or slots.time)


def wrong_slots(line: Line, slots: Slots) -> list[str]:
    """Names of the slots that are not as in the gold; 「-」 among its values: may be empty."""
    gold = line.gold
    checks: dict[str, Callable[[], bool]] = {
        "department": lambda: _department_right(gold, slots),
        "doctor": lambda: (slots.doctor or "-") in gold.slots.get("doctor", ("-",)),
        "dates": lambda: dates_right(line, slots),
        "asap": lambda: slots.asap == ("asap" in gold.slots),
        "period": lambda: slots.period == gold.one("period"),
        "time": lambda: show_time(slots.time) == gold.one("time"),
        "patient": lambda: (slots.patient or "-") in gold.slots.get("patient", ("-",)),
        "choice": lambda: (None if slots.choice is None else str(slots.choice)) == gold.one("choice"),
    }
    return [name for name, right in checks.items() if not right()]


def top_right(gold: Gold, heard: Understood) -> bool:
    """One of the right departments is among the first three."""
    return any(c.department in gold.slots["top"] for c in heard.candidates[:3])


def _department_right(gold: Gold, slots: Slots) -> bool:
    if "department" in gold.slots:
        return (slots.department or "-") in gold.slots["department"]
    return slots.department is None or slots.department == _departments().get(gold.one("doctor") or "")


def show_time(time: object) -> str | None:
    if isinstance(time, TimeRange):
        return "-".join(f"{end:%H:%M}" if end else "" for end in (time.start, time.end))
    return f"{time:%H:%M}" if time else None


@cache
def _departments() -> dict[str, str]:
    return {doctor.name: doctor.department for doctor in Lexicon.demo().doctors}


def show_days(days: tuple[date, ...]) -> str:
    return ",".join(f"{day:%m-%d}" for day in days)
