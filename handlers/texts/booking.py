"""Copy for booking: times, patients, the read-back (R8) and how it ended."""

from datetime import datetime

from bot.domain.outcomes import AlreadyBooked, ClinicClosed, Refusal, TooLate
from bot.domain.views import AppointmentView, ClinicView, PatientView, SlotView
from handlers.texts import visits, words

EARLIEST = "我先帮您选了最前面的一个，您看行不行。"
FOR_WHOM = "这个号给谁看？"
FOR_OTHERS = "您还没有添加{role}的信息。给谁看？"
ADD_PATIENT = "添加就诊人"
OTHER_TIME = "换个时间"
OTHER_SLOT = "换个时段"
OTHER_PATIENT = "换一位就诊人"
TAKEN_SLOT = "很抱歉，刚才那个号被别人先约走了，还没有给您约上。"
TAKEN_CLINIC = "很抱歉，这半天的号刚刚被约完了，还没有给您约上。"


def which_time(clinic: ClinicView) -> str:
    free = f"还有{clinic.free}个号，{words.yuan(clinic.fee_fen)}"
    when = words.half(clinic.day, clinic.period)
    return f"{words.doctor(clinic.doctor)}，{when}，{free}。您想几点来？"


def no_such_time(said: str) -> str:
    return f"{said}没有号了，附近的时段您选一个："


def clinic_full(clinic: ClinicView) -> str:
    return f"{clinic.doctor.name}医生{words.half(clinic.day, clinic.period)}的号刚刚约满了。"


def read_back(clinic: ClinicView, slot: SlotView, patient: PatientView) -> str:
    return (
        "请您核对：\n"
        f"科室：{clinic.doctor.department}\n"
        f"医生：{words.doctor(clinic.doctor)}（{clinic.kind}）\n"
        f"时间：{words.half(clinic.day, clinic.period)} {words.span(slot.starts_at, slot.ends_at)}\n"
        f"地点：{clinic.location}\n"
        f"费用：{words.yuan(clinic.fee_fen)}\n"
        f"就诊人：{words.person(patient)}，证件 {patient.masked_id_number}\n"
        "没问题就回复「确认」。"
    )


def cannot(why: Refusal, reason: str) -> str:
    """A rule says no before anything is confirmed; the options say how to go on."""
    match why:
        case AlreadyBooked():
            return f"{reason}\n要改时间，请回复「改约」。"
        case TooLate() | ClinicClosed():
            return f"{reason}您换一个吧："
        case _:
            return reason


def booked(seen: AppointmentView, now: datetime) -> str:
    return f"约好了！\n{voucher(seen)}\n\n{_ways(seen, now)}"


def _ways(seen: AppointmentView, now: datetime) -> str:
    """Only what can still be done: a visit in an hour can be neither changed nor cancelled here (R16, R17)."""
    cancel, change = now <= seen.cancellable_until, now <= seen.changeable_until
    if cancel and change:
        return "不来了请说「退号」，想改时间请说「改约」。"
    if cancel:
        return "不来了请说「退号」。快到就诊时间了，不能再改时间。"
    return "想改时间请说「改约」。快到就诊时间了，不能再退号。" if change else visits.SOON


def voucher(seen: AppointmentView) -> str:
    """The booking voucher (R7), with the department's visit notes (R6)."""
    lines = [
        f"预约凭证号：{seen.code}",
        f"科室：{seen.doctor.department}",
        f"医生：{words.doctor(seen.doctor)}（{seen.kind}）",
        f"时间：{words.half(seen.day, seen.period)} {words.span(seen.starts_at, seen.ends_at)}，第{seen.number}号",
        f"地点：{seen.location}",
        f"费用：{words.yuan(seen.fee_fen)}",
        f"就诊人：{words.person(seen.patient)}",
        "请提前15分钟到，带上身份证或医保卡。",
    ]
    if seen.notes:
        lines.append(f"就诊提醒：{seen.notes}")
    return "\n".join(lines)
