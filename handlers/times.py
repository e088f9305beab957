"""Choosing a 时段 of a clinic: the one that a time said points to, the only one, or a question."""

from collections.abc import Sequence
from datetime import datetime, time

from bot.dialog.frame import Heard, Known, Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.clock import local
from bot.domain.views import SlotView
from bot.domain.world import World
from handlers.heard import any_will_do, latest
from handlers.paging import number, page_of
from handlers.texts import booking as texts
from handlers.texts import clinics, words
from nlu.understood import Understood


def free(world: World, values: Values) -> Sequence[SlotView]:
    """The clinic's slots with seats left."""
    clinic = values.get("clinic")
    return [s for s in world.slots(clinic) if s.free] if isinstance(clinic, int) else ()


def only_one(world: World, values: Values) -> Json:
    """The slot that the time said means, or the only one left."""
    slots = matching(free(world, values), values.get("time"))
    return slots[0].id if len(slots) == 1 or (slots and values.get("anyhow")) else None


def still_fits(understood: Understood, world: World, values: Values) -> Heard:
    """A slot chosen before is forgotten when another time is said."""
    chosen = values.get("slot")
    if chosen is None or understood.slots.time is None:
        return None
    fits = any(s.id == chosen for s in matching(free(world, values), values.get("time")))
    return None if fits else Known(None)


def offer(world: World, values: Values) -> Reply:
    """Slots to choose from; those that fit a stretch of time said, else all."""
    clinic_id = values.get("clinic")
    clinic = world.clinic(clinic_id) if isinstance(clinic_id, int) else None
    slots = free(world, values)
    if clinic is None or not slots:
        return Reply(clinics.NO_DAYS if clinic is None else texts.clinic_full(clinic), _elsewhere())
    said = values.get("time")
    fitting = matching(slots, said)
    if len(fitting) == 1:  # it would have been taken without a question: the patient wants another time
        fitting = slots
    asked_in_vain = isinstance(said, str) and not fitting and _within(slots, time.fromisoformat(said))
    text = texts.no_such_time(str(said).removeprefix("0")) if asked_in_vain else texts.which_time(clinic)
    shown = fitting or (_nearest(slots, time.fromisoformat(str(said))) if asked_in_vain else slots)
    options = [Option(words.slot(s), s.id, words=(words.clock(s.starts_at),)) for s in shown]
    page = page_of(options, number(values.get("slot_page")), "slot_page", clinics.MORE_TIMES, room=5)
    return Reply(text, (*page, OTHER_DAY))


OTHER_DAY = Option(
    clinics.OTHER_DAYS,
    None,
    sets={"clinic": None, "days": None, "time": None, "choose_day": True},
    words=(
        "换日期",
        "换一天",
        "换个日子",
        "换个时间",
        "换时间",
        "改天",
        "换一个",
        "别的时间",
        "都不要",
        "都不行",
        "都不合适",
    ),
)


def _elsewhere() -> tuple[Option, ...]:
    return (Option(texts.OTHER_TIME, None, sets={"clinic": None, "time": None}),)


def matching(slots: Sequence[SlotView], said: Json) -> Sequence[SlotView]:
    """Slots that fit a time said; all of them where none was."""
    if isinstance(said, str):
        wanted = time.fromisoformat(said)
        return [s for s in slots if _clock(s.starts_at) <= wanted < _clock(s.ends_at)]
    if isinstance(said, dict):
        low, high = said.get("from"), said.get("to")
        start = time.fromisoformat(low) if isinstance(low, str) else time.min
        end = time.fromisoformat(high) if isinstance(high, str) else time.max
        return [s for s in slots if start <= _clock(s.starts_at) < end]
    return slots


def answered(understood: Understood, world: World, values: Values) -> Heard:
    """最早的, 随便, 最晚的: to the question which time."""
    slots = free(world, values)
    if not slots:
        return None
    if latest(understood):
        return Known(slots[-1].id)
    return Known(slots[0].id) if any_will_do(understood) or understood.slots.asap else None


def _clock(moment: datetime) -> time:
    return local(moment).time().replace(tzinfo=None)


def _within(slots: Sequence[SlotView], wanted: time) -> bool:
    return time(7) <= wanted and (_clock(slots[0].starts_at).hour < 12) == (wanted.hour < 12)


def _nearest(slots: Sequence[SlotView], wanted: time) -> Sequence[SlotView]:
    """The four slots nearest to the time wanted, by time."""

    def distance(slot: SlotView) -> int:
        at = _clock(slot.starts_at)
        return abs((at.hour - wanted.hour) * 60 + at.minute - wanted.minute)

    return sorted(sorted(slots, key=distance)[:4], key=lambda s: s.starts_at)
