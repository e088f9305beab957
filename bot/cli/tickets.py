"""``python -m bot tickets``: 意见、投诉、表扬 as the office deals with them, until the console has its pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.data import house

if TYPE_CHECKING:
    from bot.domain.tickets import Acted
    from bot.services.context import Context
    from bot.services.tickets.acting import Seen
    from bot.services.tickets.desk import Line
    from bot.store.db import Database, UnitOfWork

    Work = Callable[[UnitOfWork, Context, Seen], Acted]

KINDS = {"complaint": "投诉", "suggestion": "意见", "praise": "表扬"}
STATES = {
    "open": "待处理", "assigned": "已转办", "acted": "已答复", "confirmed": "患者满意", "reopened": "没解决，重办",
    "closed": "已办结",
}  # fmt: skip
EVENTS = {
    "opened": "提出", "added": "补充", "taken": "接手", "classified": "确认分类", "assigned": "转办", "acted": "答复",
    "attached": "附材料", "confirmed": "患者满意", "closed": "办结", "reopened": "没解决",
    "escalated": "超期上报",
}  # fmt: skip
SOURCES = {"chat": "公众号", "questionnaire": "问卷", "staff": "工作人员登记"}
WHY = {
    "unknown": "没有这个编号", "state": "现在的状态不能这样办", "unconfirmed": "请先确认分类：tickets confirm",
    "category": "没有这个分类", "department": "没有这个科室", "no_answer": "答复不能为空", "too_long": "写得太长了",
    "too_big": "文件超过 5 MB", "too_many": "附件太多了", "not_a_picture": "只收图片和 PDF（看内容，不看文件名）",
    "reason": "已经有答复的，只能用 --reason told",
}  # fmt: skip
REASONS = {"duplicate": "重复", "withdrawn": "患者撤回", "empty": "没有具体内容", "told": "已电话或当面答复"}
_STAFF = click.option("--staff", required=True, help="工号 of who does it")
_SEEN = click.option("--version", type=int, help="as it was seen; without it, as it is now")


@click.group("tickets")
def tickets() -> None:
    """意见、投诉、表扬: list, show, open, take, confirm, assign, act, attach, close, reopen."""


@tickets.command("list")
@click.option("--all", "everything", is_flag=True, help="closed ones too")
@click.option("--overdue", is_flag=True, help="only those past their deadline")
@click.option("--department", default="", help="its business, or given to it")
@click.option("--owner", default="", metavar="工号")
def list_(everything: bool, overdue: bool, department: str, owner: str) -> None:
    """The tickets that wait for somebody, the most urgent first."""
    from bot.services.tickets import desk

    with _office("cli") as (db, context), db.read() as uow:
        found = desk.listing(
            uow, context, open_only=not everything, overdue_only=overdue, department=department, owner=owner
        )
    for line in found:
        click.echo(_said(line))
    click.echo(f"共 {len(found)} 件")


@tickets.command("show")
@click.argument("number", metavar="编号")
@_STAFF
def show(number: str, staff: str) -> None:
    """One ticket with its words; that it was read is written to the audit log."""
    from bot.services.tickets import desk

    with _office(f"staff:{staff}") as (db, context):
        found = db.run(lambda uow: desk.whole(uow, context, _id(uow, number)))
    if found is None:
        raise click.ClickException(f"没有编号 {number}")
    click.echo(_said(found.line))
    if found.whose is not None:
        click.echo(f"患者：{found.whose.name} {found.whose.phone}")
    elif found.line.anonymous:
        click.echo("患者：匿名")
    for title, words in (("原话", found.text), ("改进措施", found.measure), ("答复", found.answer)):
        if words:
            click.echo(f"{title}：{words}")
    for event in found.events:
        note = f"：{event.note}" if event.note else ""
        click.echo(f"  {_at(event.at)} {EVENTS.get(event.what, event.what)}（{event.actor}）{note}")
    for file in found.files:
        click.echo(f"  附件 {file.id} {file.name}（{file.media_type}，{file.size} 字节，{file.sha256[:12]}）")


@tickets.command("open")
@click.argument("text", metavar="原话")
@_STAFF
@click.option("--kind", type=click.Choice(list(KINDS)), help="without it, guessed from the words")
@click.option("--department", default="", help="the one it is about")
@click.option("--patient", default="", help="id of the registered patient")
@click.option("--anonymous", is_flag=True)
@click.option("--key", default="", help="the same again opens nothing new")
def open_(
    text: str, staff: str, kind: str | None, department: str, patient: str, anonymous: bool, key: str
) -> None:
    """Write down what somebody said at the desk or on the phone."""
    from uuid import uuid4

    from bot.domain.tickets import TicketKind, TicketSource
    from bot.services.tickets import opening, rows

    key = key or f"staff:{uuid4().hex}"
    with _office(f"staff:{staff}") as (db, context):

        def work(uow: "UnitOfWork") -> str:
            opening.add(
                uow, context, key=key, text=text, source=TicketSource.STAFF, department=department,
                kind=TicketKind(kind) if kind else None, patient_id=patient or None, anonymous=anonymous,
            )  # fmt: skip
            row = rows.by_key(uow, key)
            return "" if row is None else f"{row.number} {row.category} {row.department}"

        made = db.run(work)
    if not made:
        raise click.ClickException("原话不能为空")
    click.echo(made)


@tickets.command("take")
@click.argument("number", metavar="编号")
@_STAFF
@_SEEN
def take(number: str, staff: str, version: int | None) -> None:
    """首问负责: who takes it first answers for it to the end."""
    from bot.services.tickets import acting

    _act(number, staff, version, acting.take)


@tickets.command("confirm")
@click.argument("number", metavar="编号")
@click.option("--kind", type=click.Choice(list(KINDS)), help="without it, as it is")
@click.option("--category", default="", help="without it, as it is")
@click.option("--department", default="", help="without it, as it is")
@_STAFF
@_SEEN
def confirm(
    number: str, kind: str | None, category: str, department: str, staff: str, version: int | None
) -> None:
    """A person says what it is and whose: the machine only guesses."""
    from bot.domain.tickets import Cannot, TicketKind
    from bot.services.tickets import acting, rows

    def work(uow: "UnitOfWork", context: "Context", seen: "Seen") -> "Acted":
        row = rows.one(uow, seen.ticket_id)
        if row is None:
            return Cannot("unknown")
        return acting.confirm(
            uow, context, seen, kind=TicketKind(kind or row.kind), category=category or row.category,
            department=department or row.department,
        )  # fmt: skip

    _act(number, staff, version, work)


@tickets.command("assign")
@click.argument("number", metavar="编号")
@click.argument("to", metavar="科室或工号")
@_STAFF
@_SEEN
def assign(number: str, to: str, staff: str, version: int | None) -> None:
    """To a department or a member of staff."""
    from bot.services.tickets import acting

    _act(number, staff, version, lambda uow, context, seen: acting.assign(uow, context, seen, to=to))


@tickets.command("act")
@click.argument("number", metavar="编号")
@click.option("--measure", default="", help="改进措施")
@click.option("--answer", required=True, help="what the patient gets")
@_STAFF
@_SEEN
def act(number: str, measure: str, answer: str, staff: str, version: int | None) -> None:
    """What was done, and the answer: it goes to the patient at once."""
    from bot.services.tickets import acting

    _act(
        number, staff, version,
        lambda uow, context, seen: acting.act(uow, context, seen, measure=measure, answer=answer),
    )  # fmt: skip


@tickets.command("attach")
@click.argument("number", metavar="编号")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_STAFF
def attach(number: str, file: Path, staff: str) -> None:
    """A picture or PDF as proof, at most 5 MB."""
    from bot.services.tickets import files

    if file.stat().st_size > files.MOST_BYTES:
        raise click.ClickException(WHY["too_big"])
    content = file.read_bytes()
    _act(
        number, staff, None,
        lambda uow, context, seen: files.attach(uow, context, seen.ticket_id, file.name, content),
    )  # fmt: skip


@tickets.command("close")
@click.argument("number", metavar="编号")
@click.option("--reason", type=click.Choice(list(REASONS)), required=True, help="told: by phone or in person")
@click.option("--note", default="")
@_STAFF
@_SEEN
def close(number: str, reason: str, note: str, staff: str, version: int | None) -> None:
    """Without the patient's verdict; always with a reason."""
    from bot.domain.tickets import CloseReason
    from bot.services.tickets import acting

    why = CloseReason(reason)
    _act(
        number, staff, version,
        lambda uow, context, seen: acting.close(uow, context, seen, reason=why, note=note),
    )  # fmt: skip


@tickets.command("reopen")
@click.argument("number", metavar="编号")
@click.option("--words", required=True, help="what is still missing, as the patient says it")
@_STAFF
def reopen(number: str, words: str, staff: str) -> None:
    """The patient says by phone or at the desk that it is not solved: back to its owner, with a new deadline."""
    from bot.domain.tickets import ANSWERED, Cannot, Moved, TicketState
    from bot.services.tickets import judging, rows

    def work(uow: "UnitOfWork", context: "Context", seen: "Seen") -> "Acted":
        row = rows.one(uow, seen.ticket_id)
        if row is None or row.state not in ANSWERED:
            return Cannot("state")
        judging.reopen(uow, context, row, "", words)
        return Moved(row.id, row.version + 1, TicketState.REOPENED)

    _act(number, staff, None, work)


commands = (tickets,)


def _act(number: str, staff: str, version: int | None, what: "Work") -> None:
    from bot.domain.tickets import Cannot, Conflict, HasOwner, Moved
    from bot.services.tickets import rows
    from bot.services.tickets.acting import Seen

    with _office(f"staff:{staff}") as (db, context):

        def work(uow: "UnitOfWork") -> "Acted":
            row = rows.one(uow, _id(uow, number), lock=True)
            assert row is not None  # found by its number
            return what(uow, context, Seen(row.id, version or row.version))

        done = db.run(work)
    match done:
        case Moved(version=now, state=state):
            click.echo(f"{number} {STATES[state]}，版本 {now}")
        case Conflict(version=now):
            raise click.ClickException(f"别人刚改过（现在是版本 {now}），请先看一眼：tickets show {number}")
        case HasOwner(owner=owner):
            raise click.ClickException(f"首问负责人是 {owner}")
        case Cannot(why=why):
            raise click.ClickException(WHY.get(why, why))


def _id(uow: "UnitOfWork", number: str) -> int:
    from bot.services.tickets import desk

    found = desk.by_number(uow, number)
    if found is None:
        raise click.ClickException(f"没有编号 {number}")
    return found


def _said(line: "Line") -> str:
    guess = "" if line.confirmed_by else "（待确认）"
    late = f"，超期（第 {line.tier} 级）" if line.overdue else ""
    whose = f"，首问 {line.owner}" if line.owner else "，没人接手"
    to = f"，转 {line.assigned_to}" if line.assigned_to else ""
    return (
        f"{line.number} {KINDS[line.kind]} {line.category}{guess} {line.department}：{STATES[line.state]}{whose}{to}，"
        f"{_at(line.due_at)} 前答复{late}，版本 {line.version}，来自{SOURCES[line.source]}"
    )


def _at(moment: datetime) -> str:
    from bot.domain.clock import local

    return local(moment).strftime("%m-%d %H:%M")


@contextmanager
def _office(actor: str) -> Iterator[tuple["Database", "Context"]]:
    with house() as hospital:
        yield hospital.db, hospital.acting(actor)
