"""``python -m bot suspend``: 停诊 of a doctor, a department or the whole hospital; its progress; taking it back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.data import house

if TYPE_CHECKING:
    from bot.domain.suspension import Preview, Progress
    from bot.services.hospital import Hospital
    from bot.services.suspension.saga import Suspensions

UNBALANCED = 3
"""Exit code where the reconciliation does not add up."""
_SHOWN = 40
CHANNELS = {
    "wechat": "微信", "alipay": "支付宝", "desk": "窗口/电话", "phone": "电话", "window": "窗口", "kiosk": "自助机",
    "web": "网上",
}  # fmt: skip
PERIODS = {"am": "上午", "pm": "下午", "evening": "晚上"}
STATES = {
    "open": "还没通知", "offered": "已通知", "reminded": "已提醒", "phone": "待电话联系", "rebooked": "已改约",
    "refunded": "不看了（退费）", "declined": "不看了", "reached_by_phone": "电话已联系", "withdrawn": "停诊撤回",
}  # fmt: skip
SUSPENSIONS = {
    "starting": "正在开始", "running": "进行中", "done": "已办完", "withdrawing": "正在撤回", "withdrawn": "已撤回",
}  # fmt: skip


@click.command("suspend")
@click.option("--doctor", default="", help="name of the doctor")
@click.option("--staff-no", default="", help="工号, where several doctors have that name")
@click.option("--department", default="", help="with the departments under it")
@click.option("--whole-hospital", is_flag=True, help="force majeure: every clinic of these days")
@click.option("--from", "since", default="", metavar="ISO", help="day, or moment for a half-day")
@click.option(
    "--to", "until", default="", metavar="ISO", help="last day, or moment; without it the first day"
)
@click.option("--reason", default="", help="as patients read it; never an illness")
@click.option("--key", default="", help="idempotency key; without it the same command again changes nothing")
@click.option("--staff", default="", help="工号 of who does it, for the audit log")
@click.option("--dry-run", is_flag=True, help="who would be affected; writes nothing")
@click.option("--list", "listed", is_flag=True, help="the last suspensions")
@click.option("--status", type=int, metavar="ID", help="progress and reconciliation of one")
@click.option("--withdraw", type=int, metavar="ID", help="take one back")
@click.option("--reached", type=int, metavar="CASE", help="what a call came to, with --outcome")
@click.option("--outcome", type=click.Choice(["accepted", "other", "gave_up"]), help="of the call")
@click.option("--slot", type=int, help="the slot chosen, with --outcome other")
def suspend(
    doctor: str, staff_no: str, department: str, whole_hospital: bool, since: str, until: str, reason: str,
    key: str, staff: str, dry_run: bool, listed: bool, status: int | None, withdraw: int | None,
    reached: int | None, outcome: str | None, slot: int | None,
) -> None:  # fmt: skip
    """Suspend clinics (停诊): preview, start, watch, take back.  Everybody affected is told."""
    from bot.services.suspension.whom import BadScope, Whom

    actor = f"staff:{staff}" if staff else "cli"
    with _saga() as (saga, hospital):
        if listed:
            for seen in saga.recent():
                _tell(seen)
        elif status is not None:
            sys.exit(_status(saga, status))
        elif withdraw is not None:
            _withdraw(saga, withdraw, actor)
        elif reached is not None:
            _reached(saga, reached, outcome, slot, actor)
        else:
            whom = Whom(doctor, staff_no, department)
            if sum((bool(doctor or staff_no), bool(department and not doctor), whole_hospital)) != 1:
                raise click.UsageError("--doctor（--staff-no）、--department、--whole-hospital 三选一")
            if not since:
                raise click.UsageError("--from 不能为空")
            try:
                _start(saga, hospital, whom, since, until, reason, key, actor, dry_run=dry_run)
            except BadScope as wrong:
                raise click.UsageError(str(wrong)) from None


def _start(
    saga: "Suspensions", hospital: "Hospital", whom: object, since: str, until: str, reason: str, key: str,
    actor: str, *, dry_run: bool,
) -> None:  # fmt: skip
    from bot.domain.suspension import Started
    from bot.services.suspension.whom import Whom, default_key, scope_of

    assert isinstance(whom, Whom)
    with hospital.db.read() as uow:
        scope = scope_of(uow, whom, since, until)
        key = key or default_key(uow, scope)
    _show(saga.preview(scope))
    if dry_run:
        click.echo("试运行，没有写入")
        return
    if not reason:
        raise click.UsageError("--reason 不能为空：患者会看到停诊的原因")
    started = saga.start(scope, key=key, reason=reason, actor=actor)
    if not isinstance(started, Started):
        raise click.ClickException("这段时间没有出诊，不用停诊")
    again = "（以前已经开始过，这次没有改动）" if started.again else ""
    click.echo(
        f"停诊编号 {started.suspension_id}：{started.clinics} 次出诊，涉及 {started.affected} 个预约{again}"
    )
    saga.work()  # where this is killed, the scheduler's tick goes on
    if code := _status(saga, started.suspension_id):
        sys.exit(code)


def _status(saga: "Suspensions", suspension_id: int) -> int:
    """The exit code."""
    found = saga.reconcile(suspension_id)
    if found is None:
        raise click.UsageError(f"没有编号为 {suspension_id} 的停诊")
    _tell(found.progress)
    if found.balanced:
        click.echo(f"核对：{found.progress.affected} 个预约都对得上")
        return 0
    click.echo(
        f"核对不符：缺 {found.missing}，仍有预约 {list(found.still_booked)}，状态不一致 {list(found.at_odds)}，"
        f"号源不一致 {list(found.seats_astray)}",
        err=True,
    )
    return UNBALANCED


def _withdraw(saga: "Suspensions", suspension_id: int, actor: str) -> None:
    from bot.services.suspension.withdraw import CannotWithdraw

    try:
        opened = saga.withdraw(suspension_id, actor=actor)
    except CannotWithdraw as why:
        raise click.UsageError(str(why)) from None
    saga.work()
    click.echo(f"已撤回，{opened} 次出诊恢复")
    _status(saga, suspension_id)


def _reached(saga: "Suspensions", case_id: int, outcome: str | None, slot: int | None, actor: str) -> None:
    from bot.domain.outcomes import CaseClosed, GivenUp, Rebooked

    if outcome is None or (outcome == "other") != (slot is not None):
        raise click.UsageError("--reached 要同时给 --outcome；选「other」时还要 --slot")
    match saga.reached(case_id, outcome, actor=actor, slot_id=slot):
        case Rebooked(appointment=new):
            click.echo(f"已改约：{new.day} {new.doctor.name}，凭证 {new.code}")
        case GivenUp(refund_fen=refund):
            click.echo(f"不看了，应退 {refund / 100:.2f} 元")
        case CaseClosed():
            raise click.ClickException("这个预约已经处理过了")
        case refused:
            raise click.ClickException(f"没有办成：{type(getattr(refused, 'why', refused)).__name__}")
    saga.work()


def _show(preview: "Preview") -> None:
    for line in preview.clinics[:_SHOWN]:
        channels = "、".join(f"{CHANNELS.get(name, name)}{n}" for name, n in sorted(line.by_channel.items()))
        click.echo(
            f"{line.day} {PERIODS[line.period]} {line.doctor.department} {line.doctor.name}："
            f"涉及 {line.affected} 个预约{f'（{channels}）' if channels else ''}，未约的号 {line.free}"
        )
    if len(preview.clinics) > _SHOWN:
        click.echo(f"……另有 {len(preview.clinics) - _SHOWN} 次出诊")
    total = "、".join(f"{CHANNELS.get(name, name)} {n}" for name, n in preview.by_channel.items())
    click.echo(
        f"共 {len(preview.clinics)} 次出诊，涉及 {preview.affected} 个预约{f'：{total}' if total else ''}"
    )


def _tell(seen: "Progress") -> None:
    parts = "，".join(f"{STATES[state]} {n}" for state, n in sorted(seen.by_state.items()) if n)
    click.echo(
        f"停诊 {seen.suspension_id}（{SUSPENSIONS[seen.state]}，{seen.reason}）："
        f"涉及 {seen.affected}，已了结 {seen.ended}，等答复 {seen.waiting}{f'；{parts}' if parts else ''}"
    )


@contextmanager
def _saga() -> "Iterator[tuple[Suspensions, Hospital]]":
    from bot.services.suspension.saga import Suspensions

    with house() as hospital:
        yield Suspensions(hospital), hospital


commands = (suspend,)
