"""A month's sample, its review, and the signatures (R48, R41)."""

from datetime import datetime

import click

from bot.cli.data import house
from bot.cli.followups.common import REFUSED, STAFF, STEP, who

MONTH = click.DateTime(formats=["%Y-%m"])


@click.command("sample")
@click.argument("ward", metavar="病区")
@click.argument("month", metavar="YYYY-MM", type=MONTH)
@click.option("-n", "n", default=10, type=click.IntRange(1, 500))
@click.option("--seed", type=int, help="the month's own, where none is given")
def sample(ward: str, month: datetime, n: int, seed: int | None) -> None:
    """The month's sample of a ward: the same again from the same seed (R48)."""
    from bot.services.followup.reviewing import sampled

    with house() as hospital, hospital.db.read() as uow:
        found = sampled(uow, ward, month.date(), n=n, seed=seed)
    for each in found:
        marks = "未复核" if each.timely is None else _marks(each.timely, bool(each.accurate), each.reviewer)
        click.echo(f"{each.followup_id}　{each.admission_no}　{each.step}　{who(each.staff_no)}　{marks}")
    if not found:
        click.echo("这个月没有联系上的随访")


@click.command("review")
@STEP
@STAFF
@click.option("--timely/--late", required=True, help="was it in time")
@click.option("--accurate/--inaccurate", required=True, help="is what was written down true")
@click.option("--note", default="", help="nothing that names the patient")
def review(followup_id: int, staff: str, timely: bool, accurate: bool, note: str) -> None:
    """Check one of the sample; not one's own call."""
    from bot.services.followup import reviewing

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(
            lambda uow: reviewing.review(
                uow, context, followup_id, timely=timely, accurate=accurate, note=note
            )
        )
    if isinstance(done, reviewing.NotReviewed):
        raise click.ClickException(REFUSED[done.why])
    click.echo("已复核")


@click.command("signoff")
@click.argument("month", metavar="YYYY-MM", type=MONTH)
@click.argument("ward", metavar="[病区]", required=False)
@click.option("--role", type=click.Choice(["director", "medical_office", "nursing_office"]))
@click.option("--staff", metavar="工号", help="who signs")
@click.option("--note", default="")
def signoff(month: datetime, ward: str | None, role: str | None, staff: str | None, note: str) -> None:
    """Sign a ward's month (R41); without a ward: what is missing."""
    from bot.services.followup import signing

    with house() as hospital:
        if ward is None:
            with hospital.db.read() as uow:
                lacks = signing.missing(uow, month.date())
            for each in lacks:
                whose = "、".join(signing.ROLES[role] for role in each.roles) or "无"
                click.echo(
                    f"{each.ward}　到期 {each.steps}，没有结束 {each.open}，已复核 {each.reviewed}，待签字：{whose}"
                )
            if not lacks:
                click.echo("这个月没有到期的随访")
            return
        if role is None or not staff:
            raise click.UsageError("写明 --role 和 --staff")
        context = hospital.acting(f"staff:{staff}")
        done = hospital.db.run(lambda uow: signing.sign(uow, context, ward, month.date(), role, note))
    if isinstance(done, signing.NotSigned):
        raise click.ClickException(REFUSED[done.why] + (f"（工号 {done.staff_no}）" if done.staff_no else ""))
    click.echo("已签字")


def _marks(timely: bool, accurate: bool, reviewer: str | None) -> str:
    return f"{'及时' if timely else '不及时'}、{'准确' if accurate else '不准确'}（{who(reviewer)}）"


commands = (sample, review, signoff)
