"""科室, 医生, 出诊 and 时段: what can be booked."""

from datetime import date, timedelta

from bot.domain.api_clients import Caller
from bot.domain.roles import Permission
from bot.domain.rules import booking_days
from bot.domain.views import ClinicView, Period
from bot.services import schedule
from bot.web.api import pages
from bot.web.api.api import Api
from bot.web.api.problems import Problem
from bot.web.api.shapes import places
from bot.web.api.shapes.common import Listed, Page

_P = Permission
TAG = "科室、医生、出诊"
_ORDER = list(Period)


def install(api: Api) -> None:
    @api.get("/departments", _P.SCHEDULE_SEE, Listed[places.Department], "可以挂号的科室", TAG, query=Page)
    def departments(by: Caller, asked: Page) -> Listed[places.Department]:
        found = sorted(api.acting(by).directory.listed_departments, key=lambda view: view.id)
        return pages.cut(found, asked, lambda view: view.id, places.department)

    @api.get("/doctors", _P.SCHEDULE_SEE, Listed[places.Doctor], "在岗的医生", TAG, query=places.DoctorsAsked)
    def doctors(by: Caller, asked: places.DoctorsAsked) -> Listed[places.Doctor]:
        """department_id 含下级科室。"""
        directory = api.acting(by).directory
        within = None if asked.department_id is None else directory.within(asked.department_id)
        among = (view for view in directory.listed_doctors if within is None or view.department_id in within)
        return pages.cut(sorted(among, key=lambda view: view.id), asked, lambda view: view.id, places.doctor)

    @api.get("/clinics", _P.SCHEDULE_SEE, Listed[places.Clinic], "出诊和余号", TAG, query=places.ClinicsAsked)
    def clinics(by: Caller, asked: places.ClinicsAsked) -> Listed[places.Clinic]:
        """放号范围内的出诊，按日期、半天、编号排。过了停止预约时间的号不算余号。"""
        context, cursor = api.acting(by), _place(asked.after)
        first, last = booking_days(context.now, context.directory.policy(context.today))
        days = _days(
            max(asked.first or first, context.today), min(asked.last or last, last + timedelta(days=1))
        )
        departments = None if asked.department_id is None else context.directory.within(asked.department_id)
        with api.db.read() as uow:
            found = schedule.clinics(
                uow, context.directory, context.now, departments=departments, days=days,
                doctors=() if asked.doctor_id is None else (asked.doctor_id,), only_free=asked.free,
            ) if days else ()  # fmt: skip
        rest = sorted((view for view in found if _key(view) > cursor), key=_key)
        some = rest[: asked.limit]
        following = _cursor(some[-1]) if len(rest) > asked.limit else ""
        return Listed(items=[places.clinic(view) for view in some], next=following)

    @api.get("/clinics/<clinic_id>", _P.SCHEDULE_SEE, places.Clinic, "一次出诊", TAG)
    def clinic(by: Caller, clinic_id: int) -> places.Clinic:
        return places.clinic(_clinic(by, clinic_id))

    @api.get("/clinics/<clinic_id>/slots", _P.SCHEDULE_SEE, Listed[places.Slot], "一次出诊的时段和余号", TAG)
    def clinic_slots(by: Caller, clinic_id: int) -> Listed[places.Slot]:
        """一次全给：不分页。"""
        context, view = api.acting(by), _clinic(by, clinic_id)
        with api.db.read() as uow:
            found = schedule.slots(uow, context.directory, context.now, view)
        return Listed(items=[places.slot(each) for each in found])

    def _clinic(by: Caller, clinic_id: int) -> ClinicView:
        context = api.acting(by)
        with api.db.read() as uow:
            found = schedule.clinics(uow, context.directory, context.now, ids=(clinic_id,), only_free=False)
        if not found:
            raise Problem("not-found", "没有这次出诊，或者它不在放号范围内。")
        return found[0]


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _key(view: ClinicView) -> tuple[date, int, int]:
    return view.day, _ORDER.index(view.period), view.id


def _cursor(view: ClinicView) -> str:
    return f"{view.day:%Y%m%d}.{view.period}.{view.id}"


def _place(cursor: str) -> tuple[date, int, int]:
    if not cursor:
        return date.min, 0, 0
    day, _, rest = cursor.partition(".")
    period, _, number = rest.partition(".")
    try:
        return date.fromisoformat(day), _ORDER.index(Period(period)), pages.after_id(number)
    except ValueError:
        raise pages.no_cursor() from None
