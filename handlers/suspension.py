"""停诊：先道歉，说清给病人留了哪个号；点一下就换好，也可以换时间、换医生，或者不看了退费（R18）。"""

import re

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values, Wrong
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import AcceptOffer, ChooseOther, Command, GiveUp
from bot.domain.outcomes import CaseClosed, GivenUp, OfferGone, Outcome, Rebooked, Refused, Taken
from bot.domain.suspension import CaseView
from bot.domain.world import World
from bot.pushes.suspension_ways import Way, label, ways
from handlers import finding, guard, heard, times
from handlers.booking import WISH
from handlers.texts import booking, refusals, words
from handlers.texts import suspension as texts
from nlu.understood import Understood

_ACCEPT = re.compile(
    r"(就|换|约|选|要|按|去)(成|到|约|换)?[这那]个(?!.*不)|就[这那]样|就(换到?)?[这那](天|个时间|号)|^(接受|同意)"
)
_GIVE_UP = re.compile(r"不(看|去|挂|约|来|治)了|退[钱费号款]|钱.{0,2}退|放弃")
_TIME = re.compile(r"(换|改|别的|其他|其它|另外|另).{0,4}(时间|时候|日子|日期|天)|改天|改期|改约")
_GO = re.compile(r"(还|能|可以).{0,3}(去|来|看)(得了|成|吗|么)|要不要去|用不用去")
_WHY = re.compile(
    r"停诊|怎么(这样|搞的|回事|又)|凭什么|为什么|搞什么|白(请|跑|等|来|准备)|不像话|太不负责|有没有搞错|不靠谱"
)
_WHAT_NOW = re.compile(
    r"(怎么办|咋办|咋整|怎么弄|咋弄)|^(我)?(知道|晓得|收到|看到|明白)了?[。!]?$|^(哦+|噢+|唉+)[。!]?$"
)
_NO_SWITCH = re.compile(r"换(个)?(屁|毛|鬼)|(不|没法)换|[就只]?[要看找][这那]个?(医生|大夫|专家)")
"""换个屁；我就要这个医生: agreed to nothing, whatever follows."""
_ANGRY = re.compile(
    r"垃圾|[说想]停就停|[破烂]医院|狗屁|放屁|^我?[草操艹靠]+[!。,]?$|操你|卧槽|[他你]妈(?!妈)|^妈的|傻[逼叉缺]|^滚|滚蛋|去你的|神经病|有病[吧啊]|无语|气(死|人|炸)"
    r"|烦死|[骗坑]人|骗子|[玩耍]我|什么玩意|欺负|缺德|混蛋|王八|太?过分|tmd|cnm|呸"
)
_COMPLAINS = re.compile(r"投诉|举报|12345|曝光|意见|领导|院长|医务科|卫健委|说法|交代")
_BURST = 16
"""Characters of a burst of anger; a longer message tells what happened."""
_THIS_ONE = ("好就这个吧", "就这个", "就这个吧", "就换这个", "换吧")


def _case(world: World, values: Values) -> CaseView | None:
    case = values.get("case")
    return world.case(case) if isinstance(case, int) else None


def _waiting(world: World, values: Values) -> bool:
    """Settled a moment ago: a message that comes again still means what it meant."""
    case = _case(world, values)
    return case is not None and (
        case.waiting or any(m.values.get("case") == case.id for m in world.matters())
    )


def _question(world: World, values: Values) -> Reply:
    case = _case(world, values)
    if case is None:
        return Reply(texts.UNKNOWN)
    text = texts.again(case) if case.offers > 1 else texts.notice(case, world.hospital)
    return Reply(text, tuple(_option(way, case) for way in ways(kept=case.kept)))


def _in_short(world: World, values: Values) -> str:
    case = _case(world, values)
    return texts.again(case) if case is not None else ""


def _option(way: Way, case: CaseView) -> Option:
    words_of = {
        Way.ACCEPT: _THIS_ONE,
        Way.DAYS: ("换时间", "换个时间", "改天", "其他时间", "换日期"),
        Way.DOCTORS: ("换医生", "换个医生", "其他医生", "别的医生"),
        Way.GIVE_UP: ("退费", "退钱", "退号", "不看了", "不去了"),
    }
    return Option(label(way, case.appointment.fee_fen), way.value, words_of[way])


def _way(understood: Understood, world: World, values: Values) -> Heard:
    """Plain words for one of the ways, or a question about it."""
    case, said = _case(world, values), understood.normalized
    if case is None or values.get("way") is not None:
        return None
    if _GIVE_UP.search(said):
        return Known(Way.GIVE_UP.value)
    if heard.wants_other_doctor(understood) or understood.slots.doctors:
        return Known(Way.DOCTORS.value)
    if understood.slots.dates or understood.slots.period or _TIME.search(said):
        return Known(Way.DAYS.value)
    if _NO_SWITCH.search(said):
        return Wrong(texts.PICK)
    if _ACCEPT.search(said) and case.kept:
        return Known(Way.ACCEPT.value)
    if _GO.search(said):
        return Wrong(texts.cannot_go(case))
    if _WHAT_NOW.search(said):
        return Wrong(texts.PICK)
    return Wrong(texts.why(case)) if _WHY.search(said) else None


def _angry(understood: Understood, world: World, values: Values) -> Heard:
    """说停就停，垃圾: an apology, and the question again; with one of the ways in it (垃圾，退钱) that way."""
    said = understood.normalized
    if len(said) > _BURST or not _ANGRY.search(said) or _COMPLAINS.search(said):
        return None
    way = _way(understood, world, values)
    if not isinstance(way, Known):
        return Wrong(texts.SORRY)
    return way if way.value == Way.GIVE_UP.value else None  # 妈的，换明天上午: the day counts, too


def _none_of_them(understood: Understood, world: World, values: Values) -> Heard:
    """都不要, 不行: nothing else is on offer than the ways themselves."""
    none = understood.slots.choice == 0 or understood.intent == "deny"
    return Wrong(texts.PICK) if none else None


def _seen(world: World, values: Values) -> Json:
    """Which offer is on the table."""
    case = _case(world, values)
    return case.offers if case is not None else None


def _same_doctor(world: World, values: Values) -> Json:
    case = _case(world, values)
    return [case.appointment.doctor.id] if case and values.get("way") == Way.DAYS.value else None


def _not_this_one(world: World, values: Values) -> Json:
    """换别的医生: the others of the department."""
    case = _case(world, values)
    return case.appointment.doctor.id if case and values.get("way") == Way.DOCTORS.value else None


def _asks_other(world: World, values: Values) -> bool:
    return _elsewhere(world, values) and finding.asks_other(world, values)


def _department(world: World, values: Values) -> Json:
    case = _case(world, values)
    return case.appointment.doctor.department if case else None


def _patient(world: World, values: Values) -> Json:
    case = _case(world, values)
    return case.appointment.patient.id if case else None


def _elsewhere(world: World, values: Values) -> bool:
    return values.get("way") in (Way.DAYS.value, Way.DOCTORS.value) and _waiting(world, values)


def _asks_day(world: World, values: Values) -> bool:
    return _elsewhere(world, values) and bool(values.get("choose_day")) and not values.get("days")


def _clinics(world: World, values: Values) -> Reply:
    case = _case(world, values)
    offered = finding.offer_another(world, values)
    if case is None or values.get("days") or values.get("page") or not offered.options:
        return offered
    if not finding.fitting(world, values):
        return offered
    same = values.get("way") == Way.DAYS.value
    return Reply(texts.which_time(case) if same else texts.which_doctor(case), offered.options)


def _nothing_against(world: World, values: Values) -> Json:
    case = _case(world, values)
    return True if case and guard.refusal(world, values, moving=case.appointment.id) is None else None


def _explained(world: World, values: Values) -> Reply:
    case = _case(world, values)
    return guard.explained(world, values, moving=case.appointment.id if case else 0)


def _read_back(world: World, values: Values) -> Reply:
    case, clinic_id = _case(world, values), values.get("clinic")
    clinic = world.clinic(clinic_id) if isinstance(clinic_id, int) else None
    slot = next((s for s in world.slots(clinic.id) if s.id == values.get("slot")), None) if clinic else None
    if case is None or clinic is None or slot is None:
        return Reply(booking.TAKEN_CLINIC)
    when = f"{words.half(clinic.day, clinic.period)} {words.span(slot.starts_at, slot.ends_at)}"
    who = f"{clinic.doctor.department} {words.doctor(clinic.doctor)}"
    return Reply(texts.read_back(case, when, who, clinic.location, clinic.fee_fen))


class Suspension(
    Frame,
    id="suspension",
    version=1,
    title="停诊改约",
    takes=("change", "cancel", "pay", "book", "query_slots", "my_appointments"),
    gives_up="way",
):
    """Raised on its own (`World.matters`), or opened by a tap on the notice."""

    case = Slot()
    seen = Slot(auto=_seen, after=("case",))
    page = Slot(after=WISH)
    way = Slot(
        ask=_question,
        hear=_way,
        claim=_angry,
        answer=_none_of_them,
        after=("case",),
        when=_waiting,
        title="怎么办",
        hint="1，或者「换个时间」",
        again=_in_short,
    )
    days = Slot(hear=heard.days)
    asap = Slot(hear=heard.asap)
    period = Slot(hear=heard.period)
    time = Slot(hear=heard.clock_time)
    kind = Slot(hear=heard.kind)
    other_doctor = Slot(auto=_not_this_one, after=("way",))
    doctors = Slot(hear=heard.doctors, auto=_same_doctor, after=("way",))
    department = Slot(auto=_department, after=("case",))
    patient = Slot(auto=_patient, after=("case",))
    choose_day = Slot(hear=heard.day_settled)
    doctor_page = Slot(after=("doctors",))
    day_page = Slot(after=("doctors",))
    slot_page = Slot(after=("clinic",))
    anyhow = Slot(after=("clinic",))
    which_other = Slot(ask=finding.which_other, answer=finding.anybody, when=_asks_other, hint="1")
    which_day = Slot(ask=finding.days_on_offer, when=_asks_day, hint="下周二")
    clinic = Slot(
        ask=_clinics,
        after=(*WISH, "way"),
        hear=finding.still_fits,
        auto=finding.only_one,
        answer=finding.any_clinic,
        when=_elsewhere,
        title="医生和日期",
        hint="1，或者「周四上午」",
        otherwise=finding.none_suits,
    )
    slot = Slot(
        ask=times.offer,
        after=("clinic", "time"),
        hear=times.still_fits,
        auto=times.only_one,
        answer=times.answered,
        when=_elsewhere,
        title="时段",
        hint="1，或者「两点半」",
    )
    allowed = Slot(ask=_explained, after=("slot",), auto=_nothing_against, when=_elsewhere)
    sure = Confirm(_read_back, after=("clinic", "slot"), when=_elsewhere)

    def commit(self, values: Values, key: str) -> Command | None:
        case, seen, slot = values.get("case"), values.get("seen"), values.get("slot")
        if not isinstance(case, int):
            return None
        match values.get("way"):
            case Way.ACCEPT.value:
                return AcceptOffer(key, case, seen if isinstance(seen, int) else 0)
            case Way.GIVE_UP.value:
                return GiveUp(key, case)
            case _:
                return ChooseOther(key, case, slot) if isinstance(slot, int) else None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        case = _case(world, values)
        match outcome:
            case Rebooked(appointment=seen):
                return Said(Reply(texts.rebooked(seen)))
            case GivenUp(before=before, refund_fen=refund):
                return Said(Reply(texts.given_up(before, refund)))
            case OfferGone():
                return Said(Reply(texts.KEPT_GONE), done=False, clear=("way", "seen"))
            case Taken(slots=slots):
                again = "slot" if any(s.free for s in slots) else "clinic"
                return Said(Reply(booking.TAKEN_CLINIC), done=False, clear=(again, "time"))
            case Refused(why=why) if values.get("way") == Way.ACCEPT.value:
                return Said(Reply(refusals.reason(why, world.phone)), done=False, clear=("way",))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)))
            case CaseClosed() | None if case is not None and not case.waiting:
                return Said(Reply(texts.settled(case)))
            case _:
                return Said(Reply(texts.UNKNOWN))
