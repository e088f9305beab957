"""Whom to call, the most urgent first; taken, given back, given to somebody."""

from typing import TYPE_CHECKING

import click

from bot.cli.data import house
from bot.cli.followups.common import REFUSED, STAFF, STEP, at, who
from bot.cli.plan import OWNERS, STATES
from bot.domain.contacts import OUTCOMES, Outcome

if TYPE_CHECKING:
    from bot.services.followup.assigning import Assignment
    from bot.services.followup.queue import Row

SHOWN = {
    "flagged": "红旗", "overdue": "逾期", "redial": "该打电话", "due": "到期", "waiting": "等回音", "lost": "失访",
}  # fmt: skip
ROADS = {"phone": "电话", "chat": "公众号", "page": "网页", "sms": "短信", "visit": "上门", "letter": "书信"}


@click.command("queue")
@click.option("--ward", "wards", multiple=True, help="one or more wards")
@click.option("--doctor", default="", help="经管医生 of the stay")
@click.option("--owner", type=click.Choice(list(OWNERS)), help="whose grade it is (R39)")
@click.option("--staff", default="", metavar="工号", help="what this person has")
@click.option("--free", is_flag=True, help="what nobody has")
@click.option("--show", type=click.Choice(["all", *SHOWN]), default="all")
@click.option("--page", default=1, type=click.IntRange(1))
@click.option(
    "--counts", type=click.Choice(["ward", "doctor", "owner", "staff"]), help="only how long they are"
)
def queue(
    wards: tuple[str, ...], doctor: str, owner: str | None, staff: str, free: bool, show: str, page: int,
    counts: str | None,
) -> None:  # fmt: skip
    """Whom to call, the most urgent first; names are masked."""
    from bot.services.followup import queue as queues

    which = queues.Which(wards, doctor, owner or "", staff, free, queues.Show(show))
    with house() as hospital, hospital.db.read() as uow:
        context = hospital.acting("cli")
        if counts:
            for key, found in queues.counts(uow, context, which, counts).items():
                told = "，".join(f"{SHOWN[each]} {n}" for each, n in sorted(found.items()))
                click.echo(f"{OWNERS.get(key, key) or '没有人'}：{told}")
            return
        listed = queues.page_of(uow, context, which, page)
    for row in listed.rows:
        click.echo(_line(row))
    if not listed.rows:
        click.echo("没有要做的")
    if listed.more:
        click.echo(f"还有，看下一页：--page {page + 1}")


@click.command("show")
@STEP
def show(followup_id: int) -> None:
    """One step, and every try so far."""
    from bot.services.followup.history import tries
    from bot.services.followup.queue import row_of

    with house() as hospital, hospital.db.read() as uow:
        row = row_of(uow, hospital.acting("cli"), followup_id)
        made = tries(uow, followup_id)
    if row is None:
        raise click.ClickException(f"没有随访 {followup_id}")
    click.echo(_line(row))
    for each in made:
        title = OUTCOMES[Outcome(each.outcome)].title
        note = f"　{each.note}" if each.note else ""
        click.echo(f"  {at(each.at)}　{ROADS.get(each.road, each.road)}　{title}　{who(each.staff_no)}{note}")


@click.command("take")
@STEP
@STAFF
@click.option("--back", is_flag=True, help="give it back to the ward's queue")
def take(followup_id: int, staff: str, back: bool) -> None:
    """Take a step, or give it back."""
    from bot.services.followup import assigning

    act = assigning.give_back if back else assigning.take
    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(lambda uow: act(uow, context, followup_id))
    _told(done)


@click.command("assign")
@click.argument("followup_id", metavar="[编号]", type=int, required=False)
@STAFF
@click.option("--to", metavar="工号", help="to whom")
@click.option(
    "--by-grade", is_flag=True, help="nobody's steps to the doctor of the stay, where their title fits (R39)"
)
@click.option("--ward", "wards", multiple=True, help="with --by-grade: only these wards")
def assign(
    followup_id: int | None, staff: str, to: str | None, by_grade: bool, wards: tuple[str, ...]
) -> None:
    """Give a step to somebody."""
    from bot.services.followup import assigning, queue

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        if by_grade:
            given = hospital.db.run(lambda uow: assigning.assign_by_grade(uow, context, wards))
            click.echo(f"按职称分配了 {given} 个随访")
            return
        if followup_id is None or not to:
            raise click.UsageError("写明编号和 --to 工号，或者用 --by-grade")
        with hospital.db.read() as uow:
            row = queue.row_of(uow, context, followup_id)
        seen = row.assigned_to if row is not None else None
        _told(hospital.db.run(lambda uow: assigning.assign(uow, context, followup_id, to, seen=seen)))


def _line(row: "Row") -> str:
    call = f"，{at(row.next_call_at)} 再打" if row.next_call_at is not None else ""
    tried = f"，打过 {row.calls} 次{call}" if row.calls or call else ""
    due = f"{row.due_on:%m-%d} 到期" if row.due_on is not None else "日期待定"
    urgent = "紧急" if row.urgent else ""
    patient = f"{row.masked_name}　{row.admission_no}　{row.ward}"
    muted = "，已退订消息" if row.muted else ""
    what = f"{row.step}，{due}，{STATES[row.state]}{tried}{muted}"
    whose = f"{OWNERS[row.owner]}　{who(row.assigned_to)}"
    return f"{row.id}　{urgent}{SHOWN[row.because]}　{patient}　{what}　{whose}"


def _told(done: "Assignment") -> None:
    from bot.services.followup.assigning import Assigned, Theirs

    match done:
        case Assigned(None):
            click.echo("已放回病区的队列")
        case Assigned(staff_no):
            click.echo(f"归 {who(staff_no)}")
        case Theirs(staff_no):
            raise click.ClickException(f"已经在 {who(staff_no)} 手里")
        case _:
            raise click.ClickException(REFUSED.get(done.why) or f"不用做了：{STATES.get(done.why, done.why)}")


commands = (queue, show, take, assign)
