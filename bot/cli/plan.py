"""``python -m bot plan``: the follow-up plans, one person's calendar, and the load of each day."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.domain.followup import Plan
    from bot.services.followup.looking import Calendar, Load
    from bot.store.db import UnitOfWork

STATES = {
    "planned": "未到期", "due": "到期", "contacting": "联系中", "answered": "已回答", "reviewed": "已复核",
    "closed": "已结束", "lost": "失访", "refused": "拒绝", "deceased": "已故，停止", "readmitted": "再次入院，停止",
    "overdue": "逾期",
}  # fmt: skip
OWNERS = {"senior": "副主任医师以上", "attending": "主管医师", "nurse": "护士"}
AUDIENCES = {"patient": "患者", "family": "家属"}
WAYS = {
    "home": "医嘱离院", "transfer": "转院", "community": "转社区", "against_advice": "非医嘱离院", "died": "死亡",
    "other": "其他", "in_hospital": "在院",
}  # fmt: skip


@click.group("plan")
def plan() -> None:
    """Follow-up plans: list them, one person's calendar, the load of each day (docs/followup.md)."""


@plan.command("list")
def list_() -> None:
    """Every plan in the order in which they are tried; the first that fits a discharge holds for it."""
    from bot.cli.data import hospital_database

    with hospital_database() as (db, _), db.read() as uow:
        plans = _plans(uow)
    for each in sorted(plans, key=lambda each: (not each.enabled, each.priority, each.name)):
        off = "" if each.enabled else "（停用）"
        click.echo(f"{each.priority:>3} {each.name} {each.title}{off}")
        for step in each.steps:
            click.echo(
                f"      {step.title}：{AUDIENCES[step.audience]}，问卷 {step.questionnaire}，{OWNERS[step.owner]}"
            )


@plan.command("preview")
@click.argument("patient", metavar="PATIENT")
def preview(patient: str) -> None:
    """The calendar of a 住院号, or of every stay of an identity number, the newest first."""
    from bot.cli.data import hospital_database
    from bot.services.followup import looking

    with hospital_database() as (db, _), db.read() as uow:
        found = [looking.preview(uow, each) for each in looking.stays_of(uow, patient)]
    if not found:
        raise click.ClickException("没有这个住院号，也没有这个证件号的出院记录")
    for calendar in found:
        if calendar is not None:
            _tell_calendar(calendar)


def _tell_calendar(found: "Calendar") -> None:
    registered = "已关联就诊人" if found.registered else "没有在公众号登记"
    stay = f"{found.admitted_on} 入院，{found.discharged_on or '—'} {WAYS[found.way]}"
    click.echo(f"{found.masked_name} {found.ward}：{stay}，{registered}")
    if not found.entries:
        click.echo("没有随访计划")
    for each in found.entries:
        days = f"{each.due}（{each.earliest} 至 {each.overdue}）" if each.due else "日期待定"
        state = "计划已更换" if each.reason == "replanned" else STATES[each.state]
        click.echo(
            f"  {days} {each.plan} 第 {each.version} 版·{each.title}：{state}，"
            f"{AUDIENCES[each.audience]}，问卷 {each.questionnaire}，{OWNERS[each.owner]}"
        )


@plan.command("load")
@click.option("--days", default=30, type=click.IntRange(1, 400), help="how many days ahead")
@click.option(
    "--discharged", type=int, default=0, metavar="DAYS",
    help="instead, a trial: today's plans for everybody discharged in the last so many days; writes nothing",
)  # fmt: skip
def load(days: int, discharged: int) -> None:
    """How many follow-ups are due on each day, and whose they are."""
    from bot.cli.data import hospital_database
    from bot.domain.clock import today
    from bot.services.followup import looking

    with hospital_database() as (db, clock), db.read() as uow:
        now = today(clock)
        if discharged:
            counted = looking.trial(uow, _plans(uow), now - timedelta(days=discharged), now)
        else:
            if waiting := looking.backlog(uow, now):
                click.echo(f"以前到期还没联系上：{waiting}")
            counted = looking.load(uow, now, now + timedelta(days=days - 1))
    _tell(counted)


def _tell(counted: "tuple[Load, ...]") -> None:
    for each in counted:
        owners = "，".join(
            f"{title} {each.by_owner[name]}" for name, title in OWNERS.items() if name in each.by_owner
        )
        click.echo(f"{each.day}（周{_weekday(each.day)}）{each.steps}：{owners}")
    click.echo(f"共 {sum(each.steps for each in counted)} 次随访")


def _weekday(day: date) -> str:
    return "一二三四五六日"[day.weekday()]


def _plans(uow: "UnitOfWork") -> "tuple[Plan, ...]":
    """Today's: the files, and what the console has published over them."""
    from bot.cli.data import house_settings
    from bot.services.followup.editions import in_force
    from bot.services.followup.plans import FOLDER, load_plans, read_plan

    found = in_force(uow, load_plans(house_settings().data_dir / FOLDER))
    return tuple(read_plan(name, data) for name, data in found.items())


commands = (plan,)
