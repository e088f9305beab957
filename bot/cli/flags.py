"""``python -m bot flags``: red flags for whoever is on duty, in the staff's language."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.data import house
from bot.domain.flags import FlagState

if TYPE_CHECKING:
    from bot.services.context import Context
    from bot.services.flags.acting import Acted
    from bot.services.flags.looking import FlagView
    from bot.store.db import UnitOfWork

LEVELS = {"urgent": "紧急", "soon": "尽快"}
STATES = {"open": "没人接", "acknowledged": "有人在处理", "closed": "已处理"}
SOURCES = {"chat": "聊天", "page": "网页问卷", "phone": "电话问卷"}
STAFF = click.option("--staff", required=True, metavar="工号", help="who does it")
FLAG = click.argument("flag", metavar="编号")


@click.group("flags")
def flags() -> None:
    """Red flags: list, open one, take, give back, close; who is on duty (docs/ways/red-flag.md)."""


@flags.command("list")
@click.option("--ward", help="only this ward's")
@click.option("--state", type=click.Choice(["live", *STATES]), default="live", help="live: not closed")
def listing(ward: str | None, state: str) -> None:
    """What waits, the most pressing first; nobody is named."""
    from bot.services.flags.looking import Which
    from bot.services.flags.looking import listing as rows
    from bot.services.flags.rows import LIVE

    states = LIVE if state == "live" else (FlagState(state),)
    with house() as hospital, hospital.db.read() as uow:
        found = rows(uow, hospital.acting("cli"), Which(ward=ward), states=states)
    for each in found:
        click.echo("\t".join(_line(each)))
    if not found:
        click.echo("没有")


@flags.command("show")
@FLAG
@STAFF
def show(flag: str, staff: str) -> None:
    """Who it is, their phone and words; the look is written to the audit log."""
    from bot.services.flags.looking import open_flag

    number = _number(flag)
    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        found = hospital.db.run(lambda uow: open_flag(uow, context, number))
    if found is None:
        raise click.ClickException(f"没有这条警报：{flag}")
    click.echo("\t".join(_line(found.view)))
    click.echo(f"就诊人：{found.patient or '没有登记，只能在公众号里回复'}\n电话：{found.phone or '—'}")
    click.echo(f"原话：{found.words}")
    if found.note:
        click.echo(f"处理：{found.note}")


@flags.command("ack")
@FLAG
@STAFF
def ack(flag: str, staff: str) -> None:
    """Somebody is at it: it goes up no further."""
    from bot.services.flags.acting import acknowledge

    number = _number(flag)
    _act(flag, staff, lambda uow, context: acknowledge(uow, context, number))


@flags.command("give-back")
@FLAG
@STAFF
def give_back(flag: str, staff: str) -> None:
    """Cannot go on with it: the ward is told again."""
    from bot.services.flags.acting import give_back as back

    number = _number(flag)
    _act(flag, staff, lambda uow, context: back(uow, context, number))


@flags.command("close")
@FLAG
@click.option("--outcome", required=True, metavar="CODE", help="see `flags duty`")
@click.option("--note", default="", help="what was done; kept encrypted")
@STAFF
def close(flag: str, outcome: str, note: str, staff: str) -> None:
    """It has been dealt with."""
    from bot.services.flags.acting import close as end

    number = _number(flag)
    _act(flag, staff, lambda uow, context: end(uow, context, number, outcome, note))


@flags.command("duty")
def duty() -> None:
    """Who is told when, phones masked; exit code 1 if something is missing."""
    from bot.domain.masking import mask_phone
    from bot.services.flags.duty import TIERS
    from bot.services.flags.looking import wards_of_late
    from bot.services.flags.telling import KIND, LATE, texts

    with house() as hospital:
        known, now = hospital.duty, hospital.clock.now()
        with hospital.db.read() as uow:
            seen = wards_of_late(uow, hospital.acting("cli"))
        missing = known.gaps(seen)
        missing += [
            f"短信模板 {kind} 没有开通（SMS_VENDOR、SMS_TEMPLATES）：警报只在系统里看得到"
            for kind in (KIND, LATE)
            if not texts(hospital.settings, kind)
        ]
    for ward in (*known.wards.values(), known.desk):
        phones = (
            f"{title} {mask_phone(known.phone(ward.name, tier, now)) or '—'}"
            for tier, title in enumerate(("值班", *TIERS[1:]))
        )
        click.echo(
            "\t".join((ward.name, *phones, "现在有人" if known.staffed(ward.name, now) else "现在没人"))
        )
    for level, told in known.levels.items():
        minutes = "、".join(str(round(wait / timedelta(minutes=1))) for wait in told.waits)
        click.echo(f"{told.title}（{level}）：没人接手，依次过 {minutes} 分钟报上一级")
    click.echo("处理结果：" + "、".join(f"{code} {title}" for code, title in known.outcomes.items()))
    for each in missing:
        click.echo(f"缺：{each}", err=True)
    if missing:
        sys.exit(1)


def _act(flag: str, staff: str, work: "Callable[[UnitOfWork, Context], Acted]") -> None:
    from bot.services.flags.acting import ClosedBy, Done, NoFlag, NoOutcome, NotTaken, TakenBy

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        outcomes = hospital.duty.outcomes
        done = hospital.db.run(lambda uow: work(uow, context))
    match done:
        case Done():
            click.echo("好的")
        case TakenBy(by, at):
            raise click.ClickException(f"已由工号 {by} 在 {_at(at)} 接手")
        case ClosedBy(by, at, outcome):
            raise click.ClickException(f"已由工号 {by} 在 {_at(at)} 处理：{outcomes.get(outcome, outcome)}")
        case NotTaken():
            raise click.ClickException("还没有人接手")
        case NoFlag():
            raise click.ClickException(f"没有这条警报：{flag}")
        case NoOutcome(known):
            raise click.ClickException(f"没有这种处理结果，可以写：{'、'.join(known)}")


def _line(each: "FlagView") -> tuple[str, ...]:
    whose = (
        f"工号 {each.closed_by or each.acknowledged_by}"
        if each.acknowledged_by or each.closed_by
        else each.told
    )
    return (
        each.name, LEVELS[each.level], each.ward or "服务台", each.title, SOURCES.get(each.source, each.source),
        STATES[each.state], whose, _at(each.raised_at), _countdown(each.left),
    )  # fmt: skip


def _countdown(left: timedelta) -> str:
    from bot.web.console.words import span

    return f"已超时 {span(left)}" if left < timedelta() else f"还剩 {span(left)}"


def _number(flag: str) -> int:
    """F12, f12 or 12."""
    digits = flag.upper().removeprefix("F")
    if not digits.isdecimal():
        raise click.ClickException("编号写成 F12")
    return int(digits)


def _at(moment: datetime) -> str:
    from bot.domain.clock import local

    return local(moment).strftime("%m-%d %H:%M")


commands = (flags,)
