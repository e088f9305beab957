"""出诊 as another system plans them: one is put, new or as it should be; and 停诊: preview, start, watch, take back."""

from datetime import date
from typing import Any

from bot.domain.api_clients import Caller
from bot.domain.roles import Permission
from bot.domain.suspension import ClinicLine, Progress, Scope, Started
from bot.domain.views import Period
from bot.services.importing import Kind, import_sheet
from bot.services.sheets import Sheet
from bot.services.suspension.saga import Suspensions
from bot.services.suspension.whom import BadScope, Whom, scope_of
from bot.services.suspension.withdraw import CannotWithdraw
from bot.web.api.api import Api
from bot.web.api.problems import Problem
from bot.web.api.shapes import places
from bot.web.api.shapes.common import FieldError, Listed

_P = Permission
TAG, SUSPENSIONS = "排班", "停诊"


def install(api: Api) -> None:
    saga = Suspensions(api.hospital)

    @api.put(
        "/clinics/<staff_no>/<day>/<period>", _P.SCHEDULE_EDIT, places.ClinicDone, "放一次出诊，或改成这样", TAG,
        body=places.ClinicPut, also=_P.SUSPENSION_START, problems=("invalid-rows",),
    )  # fmt: skip
    def clinic_put(
        by: Caller, staff_no: str, day: date, period: Period, sent: places.ClinicPut
    ) -> places.ClinicDone:
        """医生（工号）、日期、半天定一次出诊。再发一次什么也不变。suspend_affected 要另有 suspension.start 权限。"""
        if sent.suspend_affected and not by.may(_P.SUSPENSION_START):
            raise Problem("no-permission", "suspend_affected 要另有 suspension.start 权限。")
        report = import_sheet(
            api.db, api.hospital.clock, Kind.CLINICS, _sheet(staff_no, day, period, sent), dry_run=sent.dry_run,
            actor=by.actor, suspending=api.acting(by) if sent.suspend_affected else None,
        )  # fmt: skip
        if report.errors:
            errors = tuple(FieldError(path=each.column, reason=each.reason) for each in report.errors)
            raise Problem("invalid-rows", errors=errors)
        result: places.ClinicResult = (
            "created" if report.added else "changed" if report.changed else "unchanged"
        )
        return places.ClinicDone(
            result=result, displaced=report.displaced, suspension_id=report.suspension_id
        )  # fmt: skip

    @api.post(
        "/suspensions/preview", _P.SUSPENSION_SEE, places.SuspensionPreview, "停诊会涉及什么", SUSPENSIONS,
        body=places.SuspensionAsked, problems=("unknown-reference",),
    )  # fmt: skip
    def suspension_preview(by: Caller, sent: places.SuspensionAsked) -> places.SuspensionPreview:
        seen = saga.preview(_scope(sent))
        return places.SuspensionPreview(
            clinics=[_line(each) for each in seen.clinics], affected=seen.affected, by_channel=seen.by_channel
        )

    @api.post(
        "/suspensions", _P.SUSPENSION_START, places.SuspensionStarted, "开始停诊", SUSPENSIONS, keyed=True, status=201,
        body=places.SuspensionStart, problems=("unknown-reference", "nothing-to-suspend"),
    )  # fmt: skip
    def suspension_start(by: Caller, sent: places.SuspensionStart, key: str) -> places.SuspensionStarted:
        """马上关闭出诊；患者随后分批收到通知和另外的号。先用 preview 看会涉及谁。"""
        done = saga.start(_scope(sent), key=key, reason=sent.reason, actor=by.actor)
        if not isinstance(done, Started):
            raise Problem("nothing-to-suspend")
        return places.SuspensionStarted(id=done.suspension_id, clinics=done.clinics, affected=done.affected)

    @api.get(
        "/suspensions", _P.SUSPENSION_SEE, Listed[places.Suspension], "最近 20 次停诊，新的在前", SUSPENSIONS
    )
    def suspensions(by: Caller) -> Listed[places.Suspension]:
        return Listed(items=[_progress(each) for each in saga.recent()])

    @api.get(
        "/suspensions/<suspension_id>", _P.SUSPENSION_SEE, places.Suspension, "一次停诊的进展", SUSPENSIONS
    )
    def suspension(by: Caller, suspension_id: int) -> places.Suspension:
        return _progress(_known(suspension_id))

    @api.post(
        "/suspensions/<suspension_id>/withdraw", _P.SUSPENSION_START, places.SuspensionWithdrawn, "撤回停诊",
        SUSPENSIONS, body=places.SuspensionWithdraw, problems=("cannot-withdraw",),
    )  # fmt: skip
    def suspension_withdraw(
        by: Caller, suspension_id: int, sent: places.SuspensionWithdraw
    ) -> places.SuspensionWithdrawn:
        """恢复出诊；还没答复的患者拿回原来的号。撤回过的再撤一次什么也不变。"""
        _known(suspension_id)
        try:
            return places.SuspensionWithdrawn(opened=saga.withdraw(suspension_id, actor=by.actor))
        except CannotWithdraw as why:
            raise Problem("cannot-withdraw", f"{why}。") from None

    def _scope(sent: places.SuspensionAsked) -> Scope:
        whom = Whom(staff_no=sent.staff_no, department=sent.department)
        try:
            with api.db.read() as uow:
                return scope_of(uow, whom, sent.first, sent.last)
        except (BadScope, OverflowError) as why:
            raise Problem("unknown-reference", f"{why}。" if isinstance(why, BadScope) else "") from None

    def _known(suspension_id: int) -> Progress:
        found = saga.progress(suspension_id)
        if found is None:
            raise Problem("not-found", "没有这次停诊。")
        return found


def _sheet(staff_no: str, day: date, period: Period, sent: places.ClinicPut) -> Sheet:
    """The office's row, so that the office's rules hold."""
    cells = {
        "staff_no": staff_no, "day": day.isoformat(), "period": period.value, "seats": str(sent.seats),
        "minutes": str(sent.minutes_each), "fee": f"{sent.fee_fen // 100}.{sent.fee_fen % 100:02d}", "kind": sent.kind,
        "location": sent.location,
    }  # fmt: skip
    if sent.starts is not None:
        cells["starts"] = sent.starts
    if sent.department is not None:
        cells["department"] = sent.department
    return Sheet(tuple(cells), ((1, tuple(cells.values())),))


def _line(line: ClinicLine) -> places.SuspensionLine:
    return places.SuspensionLine(
        clinic_id=line.clinic_id, doctor=line.doctor.name, department=line.doctor.department, day=line.day,
        period=line.period, affected=line.affected, by_channel=dict(line.by_channel), free=line.free,
    )  # fmt: skip


def _progress(seen: Progress) -> places.Suspension:
    by_state: dict[str, Any] = {state.value: many for state, many in seen.by_state.items()}
    return places.Suspension(
        id=seen.suspension_id, state=seen.state, reason=seen.reason, clinics=seen.clinics, affected=seen.affected,
        ended=seen.ended, waiting=seen.waiting, by_state=by_state,
    )  # fmt: skip
