"""What any message says about department, doctor, day and time: the facets booking, asking and changing share."""

import re
from collections.abc import Sequence
from datetime import date, time

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.dialog.speech import Json
from bot.domain.views import DoctorView, SeatQuery
from bot.domain.world import World
from handlers.texts import clinics as texts
from nlu.understood import TimeRange, Understood

_OTHER_DOCTOR = re.compile(
    r"(换|别的|其他|其它|另外|不要这|不想要这|不喜欢这|不看这).{0,3}(医生|大夫|专家|主任)|^(那|就)?换[个一]?个?人[吧看]?(?![换来])|^(不要|不想要|换掉)(他|她)[了吧]?$"
)
_ANY_DOCTOR = re.compile(r"(哪个|哪位|什么|随便哪个)(医生|大夫|专家)都|(医生|大夫)(随便|都行|不限)")
_ANY_DAY = re.compile(
    r"(哪|什么|随便哪?|任何)(一)?(天|日子|时候|时间)都|换(个|一个)?(日子|日期|天|一天)|(别的|其他|其它|另外)的?(日子|日期|天|时间)"
)
_ANY = re.compile(
    r"随便(?!看|问|聊|说)|随意|都行|都可以|都成|都中|无所谓|看着办|听[你您]的|哪个都|不知道(选|挂|约)?(哪|啥|什么)|不晓得(选|挂)?哪"
    r"|[你您](来|给|帮|替)?(我|俺)?(来)?(定|选|挑|决定|安排)(一?个|吧|就|$)|(帮|给|替)(我|俺)(选|挑|定|安排|来)(一?个|吧|就|$)|给(我|俺)一个"
)
_EARLIEST = re.compile(r"最早|越早越好|早点的?$|早一点|最前")
_LATEST = re.compile(r"最晚|最后一个|晚一点|晚点的?$|越晚越好")


def any_will_do(understood: Understood) -> bool:
    """随便, 你帮我选, 最早的: of what is on offer.  除了周二都行 has a wish of its own."""
    slots, said = understood.slots, understood.normalized
    if slots.dates or slots.period or slots.time or slots.clinic_kind or slots.invalid_date or "不行" in said:
        return False
    return bool(_ANY.search(said) or _EARLIEST.search(said))


def latest(understood: Understood) -> bool:
    return bool(_LATEST.search(understood.normalized))


def ids(value: Json) -> tuple[int, ...]:
    """Doctor ids as stored."""
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, list) else ()


def names(value: Json) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def dates(value: Json) -> tuple[date, ...]:
    return tuple(date.fromisoformat(item) for item in names(value))


def mentioned(understood: Understood, world: World, values: Values) -> Sequence[DoctorView]:
    """Everyone the mention of a doctor may mean, narrowed by the department and the day said now or known."""
    said = understood.slots.doctors or ((understood.slots.doctor,) if understood.slots.doctor else ())
    if not said:
        return ()
    found = world.doctors(names=said)
    wanted = understood.slots.department or values.get("department")
    found = [d for d in found if d.department == wanted] or found
    days_said = understood.slots.dates or dates(values.get("days"))
    return _on_duty(found, days_said, world) if len(found) > 1 and days_said else found


def _on_duty(found: Sequence[DoctorView], wanted: tuple[date, ...], world: World) -> Sequence[DoctorView]:
    """Of several 王主任, those who hold a clinic on the day, full or not; all of them where none does."""
    query = SeatQuery(doctor_ids=tuple(d.id for d in found), days=wanted, with_free_seats_only=False)
    there = {clinic.doctor.id for clinic in world.clinics(query)}
    return [d for d in found if d.id in there] or found


def department(understood: Understood, world: World, values: Values) -> Heard:
    """The department said, or the one the doctors said are in.  A group such as 内科 is asked further."""
    said = understood.slots.department
    doctors = mentioned(understood, world, values)
    if said and world.department(said) is not None and not (doctors and doctors[0].department != said):
        return Known(said)
    if said and not doctors and not children(said, world):
        return Wrong(texts.NO_SUCH_DEPARTMENT)
    homes = {d.department for d in doctors}
    if len(homes) == 1:
        return Known(homes.pop())
    return Known(None) if homes or (said and children(said, world)) else None


def children(group: str, world: World) -> tuple[str, ...]:
    """Departments of a group: 内科 → 心血管内科, 呼吸内科…"""
    return tuple(d.name for d in world.departments() if d.parent == group)


def candidates(understood: Understood, world: World, values: Values) -> Heard:
    """Departments that symptoms, or a group's name, point to: offered, never decided (R1, R42)."""
    said = understood.slots.department
    if said:
        inside = children(said, world)
        return Known(list(inside)) if inside and world.department(said) is None else None
    known = [c.department for c in understood.candidates if world.department(c.department) is not None]
    return Known(list[Json](known[:5])) if known and not understood.slots.doctors else None


def symptoms(understood: Understood, world: World, values: Values) -> Heard:
    return Known(True) if understood.slots.symptoms else None


def doctors(understood: Understood, world: World, values: Values) -> Heard:
    """Ids of the doctors meant; several for 王主任 until the patient says which."""
    found = mentioned(understood, world, values)
    if found:
        return Known([d.id for d in found])
    if understood.slots.doctor_said:
        return Wrong(texts.NO_SUCH_DOCTOR)
    if _ANY_DOCTOR.search(understood.normalized) or wants_other_doctor(understood):
        return Known(None)
    said = understood.slots.department
    known = ids(values.get("doctors"))
    if said and known:
        inside = [d.id for d in world.doctors() if d.id in known and d.department == said]
        return Known(list[Json](inside) or None)
    if len(known) > 1 and understood.slots.dates:
        there = _on_duty([d for d in world.doctors() if d.id in known], understood.slots.dates, world)
        return Known([d.id for d in there]) if len(there) < len(known) else None
    return None


def wants_other_doctor(understood: Understood) -> bool:
    """换个医生, 不要这个医生."""
    return bool(_OTHER_DOCTOR.search(understood.normalized))


def other_doctor(understood: Understood, world: World, values: Values) -> Heard:
    """The doctor who is not wanted any more, 0 for nobody in particular: the others are offered."""
    named = understood.slots.doctors or understood.slots.doctor_said
    if named or not wants_other_doctor(understood):
        return Known(None) if values.get("other_doctor") is not None and named else None
    chosen = values.get("clinic")
    clinic = world.clinic(chosen) if isinstance(chosen, int) else None
    known = ids(values.get("doctors"))
    return Known(clinic.doctor.id if clinic else known[0] if len(known) == 1 else 0)


def days(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.invalid_date
    if said:  # whatever day was said before is not meant any more
        text = texts.day_over(said) if understood.slots.day_over else texts.invalid_date(said)
        return Wrong(text, forget=True)
    if understood.slots.dates:
        said_days = [d.isoformat() for d in understood.slots.dates]
        void: dict[str, Json] = {"period": None, "time": None} if _widens(understood, values) else {}
        return Known(list[Json](said_days), void)
    if understood.slots.unresolved_date:  # 出院后两周: nobody told us the day it counts from
        return Wrong(texts.unresolved_date(understood.slots.unresolved_date))
    # 最早的, of what is on offer, is no wish for another day
    sooner = understood.slots.asap and not values.get("clinic") and not any_will_do(understood)
    forget = sooner or understood.slots.any_day or _ANY_DAY.search(understood.normalized)
    return Known(None) if forget and values.get("days") else None


def day_settled(understood: Understood, world: World, values: Values) -> Heard:
    """哪天都行 ends the question which day."""
    free = understood.slots.asap or understood.slots.any_day or understood.slots.dates
    return Known(None) if values.get("choose_day") and free else None


def asap(understood: Understood, world: World, values: Values) -> Heard:
    if understood.slots.asap:
        return Known(True)
    return Known(None) if understood.slots.dates and values.get("asap") else None


def period(understood: Understood, world: World, values: Values) -> Heard:
    if understood.slots.period and not (latest(understood) and values.get("clinic")):
        return Known(understood.slots.period)  # 最晚的, of a clinic's times, is no wish for the evening
    said = understood.slots.time
    start = said.start or said.end if isinstance(said, TimeRange) else said
    if start is None or start.hour < 6:
        return None
    return Known("am" if start.hour < 12 else "pm" if start.hour < 18 else "evening")


def _widens(understood: Understood, values: Values) -> bool:
    """今天, said after 今天晚上 and nothing else: any time of that day."""
    slots = understood.slots
    more = slots.doctors or slots.department or slots.choice is not None or slots.patient or slots.clinic_kind
    again = bool(slots.dates) and slots.dates == dates(values.get("days"))
    return again and bool(values.get("period")) and not more and slots.period is None and slots.time is None


def clock_time(understood: Understood, world: World, values: Values) -> Heard:
    """A time of the day; another half-day said alone makes an earlier time void."""
    said = understood.slots.time
    if isinstance(said, TimeRange):
        return Known({"from": _text(said.start), "to": _text(said.end)})
    if said is not None:
        return Known(_text(said))
    moved = understood.slots.period not in (None, values.get("period"))
    return Known(None) if moved and values.get("time") else None


def kind(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.clinic_kind) if understood.slots.clinic_kind else None


def _text(value: time | None) -> str | None:
    return None if value is None else f"{value:%H:%M}"
