"""How days, times, money, doctors and people are written for a phone screen."""

from datetime import date

from bot.domain.views import (
    AppointmentView,
    ClinicView,
    DoctorView,
    PatientView,
    Period,
    Relation,
    Sex,
    SlotView,
)
from bot.pushes.wording import clock as clock
from bot.pushes.wording import day as day
from bot.pushes.wording import moment as moment
from bot.pushes.wording import span as span
from bot.pushes.wording import yuan as yuan

PERIODS = {Period.AM: "上午", Period.PM: "下午", Period.EVENING: "晚上"}
RELATIONS = {
    Relation.SELF: "本人",
    Relation.PARENT: "父母",
    Relation.CHILD: "子女",
    Relation.SPOUSE: "爱人",
    Relation.OTHER: "其他亲友",
}
SEXES = {Sex.MALE: "男", Sex.FEMALE: "女"}
SHARED = "聊天和通知要经过微信、短信公司传送；除此以外，法律没要求的，都不给医院以外的人。"
"""Who else sees a patient's data: part of what is consented to."""
DOCUMENTS = {
    "resident_id": "居民身份证",
    "passport": "护照",
    "hk_macao_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "foreign_permanent_id": "外国人永久居留证",
    "birth_certificate": "出生医学证明",
}


def half(value: date, period: Period) -> str:
    """11月24日（周二）下午"""
    return day(value) + PERIODS[period]


def left(free: int) -> str:
    return f"余{free}号" if free else "约满"


def duration(minutes: int) -> str:
    """提前多久: 2小时, 30分钟, 1天."""
    if minutes and minutes % 1440 == 0:
        return f"{minutes // 1440}天"
    return f"{minutes // 60}小时" if minutes and minutes % 60 == 0 else f"{minutes}分钟"


def doctor(view: DoctorView) -> str:
    """王建国 主任医师"""
    return f"{view.name} {view.title}"


def clinic(view: ClinicView, *, department: bool = False) -> str:
    """11月24日（周二）下午 王建国 主任医师 余3号 50元"""
    where = f"{view.doctor.department} " if department else ""
    state = "停诊" if view.suspended else left(view.free)
    return f"{half(view.day, view.period)} {where}{doctor(view.doctor)} {state} {yuan(view.fee_fen)}"


def slot(view: SlotView) -> str:
    """14:00–14:30 余2号"""
    return f"{span(view.starts_at, view.ends_at)} {left(view.free)}"


def visit(view: AppointmentView) -> str:
    """11月24日（周二）14:00–14:30 心血管内科 王建国 王*国: one line of a list."""
    when = f"{day(view.day)}{span(view.starts_at, view.ends_at)}"
    return f"{when} {view.doctor.department} {view.doctor.name}（{view.patient.masked_name}）"


def person(view: PatientView) -> str:
    """王*国（女，45岁）"""
    facts = [SEXES[view.sex]] if view.sex in SEXES else []
    if view.age is not None:
        facts.append(f"{view.age}岁")
    return view.masked_name + (f"（{'，'.join(facts)}）" if facts else "")


def patient(view: PatientView) -> str:
    """王*国（女，45岁） 本人: one line of a list."""
    return f"{person(view)} {RELATIONS[view.relation]}"
