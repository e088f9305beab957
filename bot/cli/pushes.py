"""``python -m bot pushes``: what is stuck, dead letters and sending them again, calls to make, alerts."""

import sys
from datetime import datetime

import click

from bot.cli.data import hospital_database
from bot.pushes.preview import NAMES

WHAT = {
    "flag_overdue": "红旗警报超时",
    "planned_overdue": "该发没发（计划）",
    "outbox_overdue": "该发没发（待发）",
    "lease_lost": "发送中断",
    "dead": "发送失败",
    "no_receipt": "没有回执",
    "campaign_waits": "群发停着",
    "task_overdue": "电话没打",
    "alert": "故障未处理",
    "inbox_open": "来信没答",
    "handoff_waits": "转人工没接",
}
HINTS = {
    "flag_overdue": "flags list，马上打电话给值班护士",
    "planned_overdue": "看 scheduler 进程在不在",
    "outbox_overdue": "看 worker 进程在不在，平台是否限流",
    "lease_lost": "worker 可能被杀，过一会儿会自己重发",
    "dead": "pushes --dead 看明细，pushes resend 重发",
    "no_receipt": "平台没有报结果，抽几位打电话问",
    "campaign_waits": "broadcast approve / resume / withdraw",
    "task_overdue": "pushes tasks",
    "alert": "pushes alerts",
    "inbox_open": "看 worker 进程在不在",
    "handoff_waits": "请客服接待",
}


@click.group("pushes", invoke_without_command=True)
@click.option("--stuck", is_flag=True, help="what waits longer than it should; exit code 1 if anything does")
@click.option("--dead", is_flag=True, help="the dead letters, newest first")
@click.pass_context
def pushes(context: click.Context, stuck: bool, dead: bool) -> None:
    """What is stuck, dead letters, calls to make, alerts."""
    if context.invoked_subcommand is not None:
        return
    if dead:
        _dead()
    elif stuck:
        _stuck()
    else:
        click.echo(context.get_help())


def _stuck() -> None:
    from bot.services.stuck import stuck

    with hospital_database() as (db, _):
        found = stuck(db)
    for each in found:
        detail = NAMES.get(each.detail, each.detail)
        ids = "、".join(map(str, each.ids)) + ("…" if each.count > len(each.ids) else "")
        click.echo(
            f"{WHAT[each.what]}\t{detail}\t{each.count} 条\t从 {_at(each.since)}\t编号 {ids}\t{HINTS[each.what]}"
        )
    if found:
        sys.exit(1)
    click.echo("没有卡住的")


def _dead() -> None:
    from bot.services.dead_letters import dead_letters

    with hospital_database() as (db, _):
        found = dead_letters(db)
    for each in found:
        road = NAMES.get(each.road, each.road) or "—"
        click.echo(f"{each.id}\t{each.kind}\t{road}\t{each.error}\t试过 {each.tries} 次\t{_at(each.due_at)}")
    if not found:
        click.echo("没有发送失败的")


@pushes.command("resend")
@click.argument("ids", nargs=-1, type=int)
@click.option("--kind", help="all dead letters of a kind that still have a meaning")
@click.option("--staff", required=True, help="工号 of who decides it")
def resend(ids: tuple[int, ...], kind: str | None, staff: str) -> None:
    """Send dead letters again, from the first rung; what has lost its meaning stays dead."""
    from bot.services.dead_letters import resend as again

    if bool(ids) == bool(kind):
        raise click.UsageError("写明编号，或者用 --kind 选一种")
    with hospital_database() as (db, _):
        sent = again(db, ids=ids, kind=kind, actor=f"staff:{staff}")
    click.echo(f"重发 {sent} 条")


@pushes.command("tasks")
@click.option("--done", "task", type=int, help="the call has been made")
@click.option("--outcome", default="reached", help="reached | no_answer | wrong_number | refused | …")
@click.option("--staff", help="工号 of who called")
def tasks(task: int | None, outcome: str, staff: str | None) -> None:
    """The calls staff have to make; or, with --done, one that has been made."""
    from bot.services.phone_tasks import Unknown, finish, open_tasks

    with hospital_database() as (db, _):
        if task is None:
            for each in open_tasks(db):
                click.echo(f"{each.id}\t{each.kind}\t{each.scope}\t{each.reason}\t{_at(each.due_at)}")
            return
        if not staff:
            raise click.UsageError("写明是谁打的：--staff 工号")
        try:
            finish(db, task, outcome=outcome, staff_no=staff)
        except Unknown:
            raise click.ClickException(f"没有待办的电话 {task}") from None
    click.echo(f"{task} 已记为 {outcome}")


@pushes.command("alerts")
@click.option("--acknowledge", type=int, metavar="ID", help="somebody looks after it")
@click.option("--close", "closed", type=int, metavar="ID", help="it is mended")
@click.option("--staff", help="工号 of who does")
def alerts(acknowledge: int | None, closed: int | None, staff: str | None) -> None:
    """Faults that staff have to mend; acknowledge or close one."""
    from bot.services.alerts import acknowledge as see
    from bot.services.alerts import close, listing

    with hospital_database() as (db, _):
        if acknowledge is None and closed is None:
            with db.read() as uow:
                for each in listing(uow):
                    told = (
                        each.id,
                        each.state,
                        each.kind,
                        each.subject,
                        f"{each.count} 次",
                        _at(each.last_at),
                    )
                    click.echo("\t".join(map(str, told)))
            return
        if not staff:
            raise click.UsageError("写明是谁处理的：--staff 工号")
        number = acknowledge or closed or 0
        act = see if acknowledge is not None else close
        if db.run(lambda uow: act(uow, number, staff)) is None:
            raise click.ClickException(f"没有这样的故障：{number}")
    click.echo("好的")


def _at(moment: datetime) -> str:
    from bot.domain.clock import local

    return local(moment).strftime("%m-%d %H:%M")


commands = (pushes,)
