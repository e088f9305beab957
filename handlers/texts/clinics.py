"""Copy for looking for a clinic: what is offered, and why there is nothing."""

from collections.abc import Sequence
from datetime import date

from bot.domain.views import ClinicView, DoctorView, Period
from handlers.texts import words

WHICH_DEPARTMENT = "您想挂哪个科？可以点下面的，也可以直接说科室、医生，或者哪里不舒服。"
WHICH_DAY = "您想哪一天来？点一个，或者直接说日子，比如「下周二」。"
WHERE_DOES_IT_HURT = "您哪里不舒服？说说哪儿、多久了，我帮您看看可以挂哪个科。"
TELL_ME = "拿不准挂哪个科没关系，说说哪里不舒服，我帮您看看。"
MORE = "看更多"
OTHER_DAYS = "换个日期"
OTHER_DOCTOR = "换个医生"
OTHER_DEPARTMENT = "换个科室"
ALL_DEPARTMENTS = "看看所有科室"
LATER_DAYS = "再往后几天"
MORE_TIMES = "看更多时段"
NO_DAYS = "最近都没有可以约的号了。您可以换一个科室或医生，也可以回复「人工」。"
NO_SUCH_DOCTOR = "我们医院没有找到您说的这位医生。您可以说医生的全名，或者从下面选。"
NO_SUCH_DEPARTMENT = "我们医院没有这个科。您可以点下面的科室，或者告诉我哪里不舒服。"


def by_symptoms(departments: Sequence[str]) -> str:
    """Candidates, never a diagnosis (R42)."""
    if len(departments) == 1:
        return f"我不能看病，只能帮您挂号。按您说的，一般先看{departments[0]}。要挂这个科吗？"
    return "我不能看病，只能帮您挂号。按您说的，一般可以看这些科，您选一个："


def one_department(name: str) -> str:
    return f"您是要挂{name}吗？回复「好」就行，也可以直接说别的科。"


def which_other(department: str) -> str:
    return f"{department}还有这些医生最近有号，您要哪一位？"


def other_option(doctor: DoctorView, first: ClinicView) -> str:
    """王强 主任医师，最早11月25日（周三）上午 50元"""
    return f"{words.doctor(doctor)}，最早{words.half(first.day, first.period)} {words.yuan(first.fee_fen)}"


def which_doctor(doctors: Sequence[DoctorView]) -> str:
    same = {d.surname for d in doctors}
    who = f"姓{same.pop()}的医生" if len(same) == 1 else "医生"
    return f"有{len(doctors)}位{who}，您要挂哪一位？"


def doctor_option(doctor: DoctorView) -> str:
    return f"{doctor.department} {words.doctor(doctor)}"


def subject(department: str | None, doctors: Sequence[DoctorView]) -> str:
    """Whom or what the wish is about: 王建国医生, 骨科."""
    if len(doctors) == 1:
        return f"{doctors[0].name}医生"
    return department or "医院"


def when(days: Sequence[date], period: Period | None) -> str:
    part = words.PERIODS[period] if period else ""
    if not days:
        return f"最近{part}" if part else "最近"
    if len(days) > 3:
        return f"{words.day(days[0])}到{words.day(days[-1])}{part}"
    return "、".join(words.day(d) for d in days) + part


def offered(who: str, when_: str) -> str:
    return f"{who}{when_}可以约的号，您选一个："


def all_offered(who: str) -> str:
    return f"{who}最近可以约的号，您选一个，也可以直接说日子："


def closest() -> str:
    return "下面这些可以约，您看看："


def invalid_date(said: str) -> str:
    return f"没有「{said}」这一天，请再说一次日期，比如「12月1日」或「下周二」。"


def unresolved_date(said: str) -> str:
    """A day counted from one that the bot does not know."""
    return f"我不知道「{said}」是从哪天算起，请直接说日子，比如「12月1日」或「下周二」。"


def day_over(said: str) -> str:
    return f"{said}已经过了，约不了。请说今天或以后的日子，比如「明天」或「下周二」。"


def beyond(last: date, window: int) -> str:
    """R9."""
    return f"现在只能约到{words.day(last)}（提前{window}天放号），您说的日子还没有放号。"


def past(cutoff: int) -> str:
    """R10."""
    return f"今天这个时间的号已经停止预约了（开始前{words.duration(cutoff)}截止）。"


def full(who: str, when_: str) -> str:
    return f"{who}{when_}的号已经约满了。"


def all_full(who: str) -> str:
    return f"{who}最近的号都约满了。"


def suspended(clinic: ClinicView) -> str:
    return f"{clinic.doctor.name}医生{words.half(clinic.day, clinic.period)}停诊，很抱歉。"


def off(who: str, when_: str) -> str:
    return f"{who}{when_}不出诊。"


def no_kind(kind: str) -> str:
    return f"您说的时间没有{kind}。"


def nothing_else(phone: str) -> str:
    return f"这几天也没有其他号了。您可以换个日期、换个科室，或者打电话 {phone} 问一问。"


def nothing_at_all(who: str, phone: str) -> str:
    return f"{who}最近没有可以约的号。您可以换个科室或医生，过几天再看，或者打电话 {phone} 问一问。"


def day_option(value: date, free: int) -> str:
    return f"{words.day(value)} {words.left(free)}"
