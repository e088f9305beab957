"""出院 come in; 随访: whom to call, under which numbers, and what came of it."""

from dataclasses import replace

import msgspec

from bot.domain.api_clients import Caller
from bot.domain.contacts import Outcome
from bot.domain.roles import Permission, scope
from bot.services.context import Context
from bot.services.followup import queue
from bot.services.followup.calls import Call, NotRecorded, record_call
from bot.services.followup.importing import import_discharges
from bot.services.followup.plans import FOLDER, load_plans
from bot.services.followup.revealing import reveal
from bot.services.sheets import RowError, Sheet
from bot.services.staff import managing
from bot.web.api import pages
from bot.web.api.api import Api
from bot.web.api.problems import Problem
from bot.web.api.shapes import care
from bot.web.api.shapes.common import FieldError, Listed, optional_moment

_P = Permission
TAG, CALLS = "出院", "随访电话"
_REFUSED = {
    "ended": ("wrong-state", "这次随访已经结束，不用再打。"),
    "early": ("wrong-state", "还没有到能联系的日子。"),
    "theirs": ("somebody-elses", "这次随访在工号 {} 手里，请让他来记，或先请他放回。"),
    "note": ("invalid-act", "outcome 为 other 时要在 note 里写明情况。"),
    "number": ("invalid-act", "没有这个号码；或者还有别的号码没打，不能记为电话不详。"),
    "moment": ("invalid-act", "约好再打的时间要在现在以后，最远一年。"),
}


def install(api: Api) -> None:
    @api.post(
        "/discharges", _P.PATIENTS_EDIT, care.DischargesDone, "写入出院，开始或停止随访", TAG,
        body=care.DischargesGiven, problems=("invalid-rows",),
    )  # fmt: skip
    def discharges(by: Caller, sent: care.DischargesGiven) -> care.DischargesDone:
        """按住院号认：发几次都是一次。有一行不对，一行也不写入，errors 里有行号、列名和原因。"""
        context = api.acting(by)
        plans = load_plans(context.settings.data_dir / FOLDER)
        done = import_discharges(api.db, context, _sheet(sent.rows), plans, dry_run=sent.dry_run)
        report, settled = done.report, done.settled
        if report.errors:
            raise Problem("invalid-rows", errors=tuple(_error(each) for each in report.errors))
        return care.DischargesDone(
            rows=report.rows, added=report.added, changed=report.changed, unchanged=report.unchanged,
            planned=settled.planned, stopped=settled.stopped, died=settled.died, strangers=settled.strangers,
        )  # fmt: skip

    @api.get(
        "/followups/calls", _P.FOLLOWUP_SEE, Listed[care.FollowupCall], "要联系的随访，最急的在前", CALLS,
        query=care.CallsAsked,
    )  # fmt: skip
    def followup_calls(by: Caller, asked: care.CallsAsked) -> Listed[care.FollowupCall]:
        """队列一直在变：边翻边变时可能漏看或重看，请从头再取。"""
        number, size = _place(asked.after, asked.limit)
        which = queue.Which(wards=(asked.ward,) if asked.ward else (), show=asked.show, scope=by.scope())
        with api.db.read() as uow:
            found = queue.page_of(uow, api.acting(by), which, number, size)
        following = f"{number + 1}.{size}" if found.more else ""
        return Listed(items=[care.call(row) for row in found.rows], next=following)

    @api.get("/followups/<followup_id>", _P.FOLLOWUP_SEE, care.FollowupCall, "一次随访", CALLS)
    def followup(by: Caller, followup_id: int) -> care.FollowupCall:
        return care.call(_row(by, followup_id))

    @api.post(
        "/followups/<followup_id>/numbers", _P.PATIENTS_REVEAL, care.Numbers, "打给谁，什么号码", CALLS,
        body=care.NumbersAsked, problems=("unknown-reference", "wrong-state"),
    )  # fmt: skip
    def followup_numbers(by: Caller, followup_id: int, sent: care.NumbersAsked) -> care.Numbers:
        """不遮盖；谁、为什么，都记入审计。"""
        context = _acting_for(by, sent.staff_no, _row(by, followup_id))
        found = api.db.run(lambda uow: reveal(uow, context, followup_id, sent.reason))
        if found is None:
            raise Problem("wrong-state", "这次随访不用再打电话了。")
        numbers = [
            care.PhoneNumber(index=index, whose=each.whose, number=each.digits, dead=each.dead)
            for index, each in enumerate(found.numbers)
        ]
        return care.Numbers(
            name=found.name, birth_date=found.birth_date, id_tail=found.id_tail, numbers=numbers
        )

    @api.post(
        "/followups/<followup_id>/calls", _P.FOLLOWUP_ACT, care.CallRecorded, "记一次电话的结果", CALLS, keyed=True,
        body=care.CallMade, problems=("unknown-reference", "wrong-state", "somebody-elses", "invalid-act"),
    )  # fmt: skip
    def followup_called(by: Caller, followup_id: int, sent: care.CallMade, key: str) -> care.CallRecorded:
        """打通的电话接着由这位工作人员做问卷；没打通的自动排下一次。"""
        context = _acting_for(by, sent.staff_no, _row(by, followup_id))
        call = Call(Outcome(sent.outcome), sent.note, sent.number, sent.again_at, sent.for_good)
        done = api.hospital.carry(lambda uow: record_call(uow, context, followup_id, call, key=key))
        if isinstance(done, NotRecorded):
            kind, words = _REFUSED.get(done.why, ("not-found", ""))
            raise Problem(kind, words.format(done.detail))
        return care.CallRecorded(
            state=done.state, reason=done.reason, calls=done.calls, next_number=done.next_number, correct=done.correct,
            next_call_at=optional_moment(done.next_call_at),
        )  # fmt: skip

    def _row(by: Caller, followup_id: int) -> queue.Row:
        with api.db.read() as uow:
            found = queue.row_of(uow, api.acting(by), followup_id)
        if found is None:
            raise Problem("not-found", "没有这次随访。")
        return found

    def _acting_for(by: Caller, staff_no: str, row: queue.Row) -> Context:
        """R45: somebody with a 工号 stands behind a call, and may make it: of their wards and departments."""
        person = managing.one(api.db, staff_no)
        if person is None or not person.active:
            raise Problem("unknown-reference", "没有这个工号，或者已经停用。")
        reached = scope(person.roles, _P.FOLLOWUP_ACT, person.wards, person.departments)
        if not reached.covers(ward=row.ward, department=row.department):
            raise Problem("unknown-reference", "这位工作人员没有随访权限，或者这位患者不在他的病区、科室。")
        return replace(api.acting(by), actor=by.actor_for(staff_no))


def _sheet(rows: list[care.Discharge]) -> Sheet:
    """The office's table.  A field that is not sent stays as it is, so all rows have to send the same ones."""
    given = [msgspec.to_builtins(row) for row in rows]
    head = tuple(given[0])
    other = [number for number, cells in enumerate(given, 1) if set(cells) != set(head)]
    if other:
        wrong = tuple(FieldError(path="", line=each, reason="写的字段和第 1 行不一样") for each in other)
        raise Problem("invalid-rows", errors=wrong)
    return Sheet(head, tuple((n, tuple(cells[name] for name in head)) for n, cells in enumerate(given, 1)))


def _error(error: RowError) -> FieldError:
    return FieldError(path=error.column, line=error.line, reason=error.reason)


def _place(cursor: str, limit: int) -> tuple[int, int]:
    """Page and size: a queue has no other place that keeps."""
    if not cursor:
        return 1, limit
    number, _, size = cursor.partition(".")
    page, most = pages.after_id(number), pages.after_id(size)
    if not (1 <= page <= 10_000 and 1 <= most <= 200):
        raise pages.no_cursor()
    return page, most
