"""Copy for a suspended visit (R18): sorry first, then what is kept for the patient, and the truth about the fee."""

from bot.domain.suspension import CaseState, CaseView, OfferView
from bot.domain.views import AppointmentView
from handlers.texts import words

WAYS = "您可以："
PICK = "给您添麻烦了。您点一个，我马上给您办好。"
SORRY = "真的很对不起，耽误您了，您生气是应该的。我先帮您把号办好；要投诉，回复「投诉」，我原样记下。"
NONE_KEPT = "暂时没有给您留到合适的号。您可以换个时间、换位医生，也可以不看了。"
KEPT_GONE = "给您留的那个号已经过了保留时间，或者有变动，不能用了，很抱歉。"
UNKNOWN = "没有找到这条停诊的记录。回复「我的预约」可以看看您现在有哪些号。"


def notice(case: CaseView, hospital: str) -> str:
    """What happened, and what is kept; the choices follow."""
    seen = case.appointment
    why = f"（{case.reason}）" if case.reason else ""
    return (
        f"很抱歉，有件要紧的事先跟您说：{hospital}{seen.doctor.department}{seen.doctor.name}医生"
        f"{words.half(seen.day, seen.period)}停诊了{why}，{seen.patient.masked_name}约的"
        f"{words.span(seen.starts_at, seen.ends_at)}这个号看不成了，给您添麻烦了。\n"
        f"{offered(case)}"
    )


def offered(case: CaseView) -> str:
    """The seat kept, or that there is none."""
    if case.offer is None:
        return f"{NONE_KEPT}{fee(case)}"
    lead = "我先给您留了一个号" if case.offers == 1 else "我又给您留了一个号"
    return f"{lead}：\n{seat(case.offer, case.appointment)}\n{fee(case)}{WAYS}"


def again(case: CaseView) -> str:
    """The question in short: the patient has just read the whole."""
    seen = case.appointment
    lead = f"{words.half(seen.day, seen.period)}{seen.doctor.name}医生停诊，您看怎么办？"
    return f"{lead}\n{offered(case)}"


def seat(offer: OfferView, before: AppointmentView) -> str:
    charge = words.yuan(offer.fee_fen)
    if offer.fee_fen != before.fee_fen:
        charge = f"{charge}（原来{words.yuan(before.fee_fen)}）"
    return (
        f"{words.half(offer.day, offer.period)} {words.span(offer.starts_at, offer.ends_at)} "
        f"{offer.doctor.department} {words.doctor(offer.doctor)} {charge}\n"
        f"为您留到{words.moment(offer.until)}，过了就要给别人了。"
    )


def fee(case: CaseView) -> str:
    """R17: a suspended visit costs nothing; whoever has paid gets everything back."""
    if not case.appointment.fee_fen:
        return ""
    return f"不看的话，交过的挂号费{words.yuan(case.appointment.fee_fen)}会全部退给您，也不算退号次数。\n"


def cannot_go(case: CaseView) -> str:
    """那我还去得了吗."""
    seen = case.appointment
    return (
        f"原来{words.half(seen.day, seen.period)}的号去不了了，{seen.doctor.name}医生那个时间不出诊，请先别跑空。"
        "从下面选一个，马上就能办好。"
    )


def why(case: CaseView) -> str:
    """怎么又停诊."""
    reason = f"这次停诊是因为{case.reason}" if case.reason else "这次是临时停诊"
    return f"真的很抱歉，让您白准备了。{reason}，医院也是没有办法。"


def which_time(case: CaseView) -> str:
    return f"{case.appointment.doctor.name}医生这些时间还有号，您看哪个合适？"


def which_doctor(case: CaseView) -> str:
    return f"{case.appointment.doctor.department}这些医生还有号，您看哪个合适？"


def read_back(case: CaseView, when: str, who: str, where: str, fee_fen: int) -> str:
    seen = case.appointment
    return (
        "请您核对：\n"
        f"停诊的号：{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)} {seen.doctor.name}\n"
        f"换成：{when} {who}\n"
        f"地点：{where}\n"
        f"费用：{words.yuan(fee_fen)}\n"
        f"就诊人：{words.person(seen.patient)}\n"
        "没问题就回复「确认」。"
    )


def rebooked(seen: AppointmentView) -> str:
    return (
        "换好了，新的预约：\n"
        f"预约凭证号：{seen.code}\n"
        f"时间：{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)}，第{seen.number}号\n"
        f"医生：{seen.doctor.department} {words.doctor(seen.doctor)}\n"
        f"地点：{seen.location}\n"
        f"就诊人：{words.person(seen.patient)}\n"
        "停诊耽误了您，再次抱歉，到时候见。"
    )


def given_up(before: AppointmentView, refund_fen: int) -> str:
    money = f"已经交过的挂号费{words.yuan(refund_fen)}，会原路全部退给您。" if refund_fen else ""
    return (
        f"好的，{words.half(before.day, before.period)}{before.doctor.name}医生的号就不看了。{money}"
        "这次是医院停诊，不算您退号。\n以后想再约，直接说科室和时间就行。"
    )


def settled(case: CaseView) -> str:
    """A tap on an old notice: how it ended."""
    seen = case.appointment
    which = f"{words.half(seen.day, seen.period)}{seen.doctor.name}医生停诊的这个号"
    if case.state is CaseState.WITHDRAWN:
        return f"医生恢复出诊了，您{words.half(seen.day, seen.period)}的号还有效，请按时来。"
    if case.rebooked is not None:
        new = case.rebooked
        when = f"{words.half(new.day, new.period)} {words.span(new.starts_at, new.ends_at)}"
        return f"{which}已经换好了：{when} {new.doctor.department} {words.doctor(new.doctor)}。"
    money = f"，挂号费{words.yuan(case.refund_fen)}会退给您" if case.refund_fen else ""
    return f"{which}已经处理好了，不看了{money}。想再约，直接说科室和时间就行。"
