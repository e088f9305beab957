"""From a wish to clinics on offer: what fits, and if nothing does, why not and what comes nearest (R5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.dialog.speech import Json, Option, Reply
from bot.domain import demand
from bot.domain.views import ClinicView, DoctorView, Period, SeatQuery
from bot.domain.world import World
from handlers import heard, paging
from handlers.paging import number, page_of
from handlers.texts import clinics as texts
from handlers.texts import words
from nlu.understood import Understood

_LAST_HOUR = {Period.AM: 11, Period.PM: 17, Period.EVENING: 20}
_OTHER_DAYS = Option(
    texts.OTHER_DAYS,
    None,
    sets={"clinic": None, "days": None, "asap": None, "other_doctor": None, "choose_day": True},
    words=("其他日期", "换日期", "改天", "换个日子", "换一天", "换个时间", "换时间", "别的时间", "其他时间"),
)
_OTHER_DOCTOR = Option(
    texts.OTHER_DOCTOR, None, sets={"doctors": None, "clinic": None, "other_doctor": 0}, words=("换医生",)
)
_OTHER_DEPARTMENT = Option(
    texts.OTHER_DEPARTMENT,
    None,
    sets={"department": None, "doctors": None, "other_doctor": None, "candidates": None, "symptoms": None},
    words=("换科室", "换个科"),
)
_ALL_DEPARTMENTS = Option(
    texts.ALL_DEPARTMENTS,
    None,
    sets={"candidates": None, "symptoms": None, "everything": True},
    words=("所有科室", "别的科", "其他科"),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The facets, read from the values."""

    department: str | None
    doctors: tuple[DoctorView, ...]
    query: SeatQuery

    @property
    def who(self) -> str:
        return texts.subject(self.department, self.doctors)

    @property
    def when(self) -> str:
        return texts.when(self.query.days, self.query.period)


def wish(world: World, values: Values) -> Wish:
    """What the patient wants, as a query."""
    name = values.get("department")
    department = world.department(name) if isinstance(name, str) else None
    wanted = heard.ids(values.get("doctors"))
    period, kind = values.get("period"), values.get("kind")
    return Wish(
        department.name if department else None,
        tuple(d for d in world.doctors() if d.id in wanted) if wanted else (),
        SeatQuery(
            department_id=department.id if department else None,
            doctor_ids=wanted,
            days=heard.dates(values.get("days")),
            period=Period(period) if isinstance(period, str) else None,
            kind=kind if isinstance(kind, str) else None,
        ),
    )


def fitting(world: World, values: Values) -> Sequence[ClinicView]:
    """Clinics with seats left that fit the whole wish."""
    return world.clinics(wish(world, values).query)


def only_one(world: World, values: Values) -> Json:
    """The clinic, where just one fits and the patient named a day: then there is nothing to choose."""
    found = fitting(world, values)
    return found[0].id if len(found) == 1 and values.get("days") else None


def still_fits(understood: Understood, world: World, values: Values) -> Heard:
    """A clinic chosen before is forgotten when the message asks for something that it is not."""
    clinic_id, slots = values.get("clinic"), understood.slots
    said = slots.department or slots.doctors or slots.doctor or slots.dates or slots.period or slots.time
    if not isinstance(clinic_id, int) or not (said or slots.clinic_kind):
        return None
    clinic, query = world.clinic(clinic_id), wish(world, values).query
    fits = clinic is not None and (
        (not query.days or clinic.day in query.days)
        and query.period in (None, clinic.period)
        and query.kind in (None, clinic.kind)
        and (not query.doctor_ids or clinic.doctor.id in query.doctor_ids)
        and query.department_id in (None, clinic.doctor.department_id)
    )
    return None if fits else Known(None)


def offer(world: World, values: Values) -> Reply:
    """Clinics to choose from, or the reason why there is none and what comes nearest."""
    wanted = wish(world, values)
    found = world.clinics(wanted.query)
    if not found:
        return nothing(world, wanted)
    options = [option(c) for c in found]
    shown = page_of(options, number(values.get("page")), "page", texts.MORE, room=5)
    timed = wanted.query.days or wanted.query.period
    lead = texts.offered(wanted.who, wanted.when) if timed else texts.all_offered(wanted.who)
    return Reply(lead, (*shown, _OTHER_DAYS if len(shown) < len(options) else _different_days()))


def _different_days() -> Option:
    """On the only page 换一个 can but mean another day."""
    return Option(
        _OTHER_DAYS.label, None, words=(*_OTHER_DAYS.words, *paging.NEXT), sets=dict(_OTHER_DAYS.sets)
    )


def first_offered(world: World, values: Values) -> Option | None:
    """Of the clinics on offer the first one, with what it settles: 随便, 你帮我选."""
    return next((o for o in offer_another(world, values).options if isinstance(o.value, int)), None)


def none_suits(world: World, values: Values) -> tuple[Option, ...]:
    """都不要: another day, another doctor, another department."""
    return (_OTHER_DAYS, *((_OTHER_DOCTOR,) if others(world, values) else ()), _OTHER_DEPARTMENT)


def likeliest(understood: Understood, world: World, values: Values) -> Heard:
    """随便, 不知道挂哪个: the department that fits the complaint best, else where it hurts is asked."""
    if not heard.any_will_do(understood):
        return None
    near = heard.names(values.get("candidates"))
    return Known(near[0]) if near and values.get("symptoms") else Wrong(texts.TELL_ME)


def no_day(world: World, values: Values) -> tuple[Option, ...]:
    """None of the days."""
    away: dict[str, Json] = {"days": None, "choose_day": None}
    ways = (_OTHER_DOCTOR, _OTHER_DEPARTMENT) if others(world, values) else (_OTHER_DEPARTMENT,)
    return tuple(Option(o.label, None, words=o.words, sets=o.sets | away) for o in ways)


def no_department(world: World, values: Values) -> tuple[Option, ...]:
    """None of the departments that the complaint points to."""
    return (_ALL_DEPARTMENTS,) if heard.names(values.get("candidates")) else ()


def others(world: World, values: Values) -> dict[int, ClinicView]:
    """The department's other doctors with seats left, each with the first clinic."""
    wanted = wish(world, values)
    if wanted.query.department_id is None:
        return {}
    first: dict[int, ClinicView] = {}
    query = SeatQuery(department_id=wanted.query.department_id)
    kind = replace(query, kind=wanted.query.kind)
    for clinic in world.clinics(kind) or world.clinics(query):
        if clinic.doctor.id != values.get("other_doctor"):
            first.setdefault(clinic.doctor.id, clinic)
    return first


def asks_other(world: World, values: Values) -> bool:
    """换个医生, while there is another one."""
    asked = values.get("other_doctor") is not None and not values.get("doctors")
    return asked and bool(others(world, values))


def no_other(world: World, values: Values) -> tuple[Option, ...]:
    """None of the other doctors either."""
    return _OTHER_DAYS, _OTHER_DEPARTMENT


def anybody(understood: Understood, world: World, values: Values) -> Heard:
    """随便哪位: the department's clinics, whoever has them."""
    return Known(None, {"other_doctor": None}) if heard.any_will_do(understood) else None


def which_other(world: World, values: Values) -> Reply:
    """The department's other doctors, the soonest first."""
    found = others(world, values)
    options = [
        Option(
            texts.other_option(c.doctor, c),
            None,
            words=(c.doctor.name,),
            sets={"doctors": [doctor_id], "other_doctor": None},
        )
        for doctor_id, c in found.items()
    ]
    name = values.get("department")
    return Reply(
        texts.which_other(str(name)),
        page_of(options, number(values.get("doctor_page")), "doctor_page", texts.MORE),
    )


def offer_another(world: World, values: Values) -> Reply:
    """As `offer`; where one clinic fits and is asked about all the same, the patient wants another one."""
    if only_one(world, values) is None:
        return offer(world, values)
    return offer(world, {"department": values.get("department"), "page": values.get("page")})


def nothing(world: World, wanted: Wish) -> Reply:
    """Why nothing fits, with ranked alternatives as choices."""
    why = reason(world, wanted)
    near = world.alternatives(wanted.query, limit=5)
    if near:
        wide = not wanted.department
        options = tuple(option(c, adopt=True, wide=wide) for c in near)
        return Reply(f"{why}{texts.closest()}", (*options, _OTHER_DAYS))
    if not wanted.query.days:
        return Reply(texts.nothing_at_all(wanted.who, world.phone))
    return Reply(why + texts.nothing_else(world.phone))


def option(clinic: ClinicView, *, adopt: bool = False, wide: bool = False) -> Option:
    """A clinic as a choice.  Choosing it makes its day and doctor the wish, so that 「改成下午」 later means that day;
    ``adopt`` (an alternative) replaces the half-day and kind asked for as well."""
    sets: dict[str, Json] = {
        "department": clinic.doctor.department,
        "doctors": [clinic.doctor.id],
        "days": [clinic.day.isoformat()],
    }
    if adopt:
        sets |= {"period": clinic.period.value, "kind": None}
    return Option(words.clinic(clinic, department=wide), clinic.id, sets=sets)


def reason(world: World, wanted: Wish) -> str:
    """The first rule or fact that explains an empty result."""
    query = wanted.query
    policy = world.policy(query.department_id, _only_doctor(query))
    match obstacle(world, wanted):
        case demand.TOO_EARLY:
            return texts.beyond(_last_day(world, query), policy.booking_window_days)
        case demand.SUSPENDED:
            return texts.suspended(_whatever_seats(world, query)[0])
        case demand.TOO_LATE:
            return texts.past(policy.booking_cutoff_minutes)
        case demand.FULL:
            return texts.full(wanted.who, wanted.when) if query.days else texts.all_full(wanted.who)
    if query.kind and not _whatever_seats(world, query) and _whatever_seats(world, replace(query, kind=None)):
        return texts.no_kind(query.kind)
    return texts.off(wanted.who, wanted.when) if query.days else ""


def obstacle(world: World, wanted: Wish) -> str:
    """Why nothing fits, as `bot.domain.demand` calls it."""
    query = wanted.query
    if query.days and query.days[0] > _last_day(world, query):
        return demand.TOO_EARLY
    there = _whatever_seats(world, query)
    if there and all(c.suspended for c in there):
        return demand.SUSPENDED
    today = world.now.date()
    if query.days == (today,) and not any(c.total and not c.suspended and _ahead(c, world) for c in there):
        return demand.TOO_LATE if there or _over(world, query) else demand.NO_CLINIC
    return demand.FULL if there else demand.NO_CLINIC


def _whatever_seats(world: World, query: SeatQuery) -> Sequence[ClinicView]:
    return world.clinics(replace(query, with_free_seats_only=False))


def _only_doctor(query: SeatQuery) -> int | None:
    return query.doctor_ids[0] if len(query.doctor_ids) == 1 else None


def _last_day(world: World, query: SeatQuery) -> date:
    return world.booking_days(query.department_id, _only_doctor(query))[1]


def _ahead(clinic: ClinicView, world: World) -> bool:
    """Whether any of the clinic's slots can still be booked as far as the clock is concerned."""
    return bool(world.slots(clinic.id))


def _over(world: World, query: SeatQuery) -> bool:
    """Whether the half-day asked for, or today's last, is about to end: nothing is left of it, clinics or not."""
    return world.now.hour >= _LAST_HOUR[query.period or Period.PM]


def days_on_offer(world: World, values: Values) -> Reply:
    """Days with seats left, for 「换个日期」."""
    query = replace(wish(world, values).query, days=())
    free: dict[date, int] = {}
    for clinic in world.clinics(query):
        free[clinic.day] = free.get(clinic.day, 0) + clinic.free
    if not free:
        return Reply(texts.NO_DAYS)
    options = [
        Option(texts.day_option(day, left), None, sets={"days": [day.isoformat()], "choose_day": None})
        for day, left in sorted(free.items())
    ]
    return Reply(
        texts.WHICH_DAY, page_of(options, number(values.get("day_page")), "day_page", texts.LATER_DAYS)
    )


def departments(world: World, values: Values) -> Reply:
    """Which department: candidates of the symptoms, or the hospital's own, a page at a time."""
    near = heard.names(values.get("candidates"))
    shown = near or tuple(d.name for d in world.departments())
    text = texts.one_department(near[0]) if len(near) == 1 else texts.WHICH_DEPARTMENT
    text = texts.by_symptoms(near) if near and values.get("symptoms") else text
    options = [Option(name, name) for name in shown]
    return Reply(text, page_of(options, number(values.get("department_page")), "department_page", texts.MORE))


def which_doctor(world: World, values: Values) -> Reply:
    """王主任: which one?"""
    meant = wish(world, values).doctors
    options = [
        Option(
            texts.doctor_option(d),
            None,
            words=(d.name, d.department),
            sets={"doctors": [d.id], "department": d.department},
        )
        for d in meant
    ]
    return Reply(
        texts.which_doctor(meant),
        page_of(options, number(values.get("doctor_page")), "doctor_page", texts.MORE),
    )


def any_clinic(understood: Understood, world: World, values: Values) -> Heard:
    """随便, 最早的: to the question which clinic; it is read back before anything is written."""
    first = first_offered(world, values) if heard.any_will_do(understood) else None
    return Known(first.value, {**first.sets, "anyhow": True}) if first is not None else None
