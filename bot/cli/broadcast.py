"""``python -m bot broadcast``: one text to many, tried first, frozen, approved, watched, paused or withdrawn."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.data import house
from bot.pushes.preview import NAMES

if TYPE_CHECKING:
    from bot.pushes.templates import Templates
    from bot.services.broadcast.audience import Audience
    from bot.services.broadcast.campaigns import Words
    from bot.services.broadcast.progress import Progress
    from bot.services.context import Context
    from bot.services.hospital import Hospital
    from bot.store.db import UnitOfWork

T = TypeVar("T")
PLACES = {
    "waiting": "等着发",
    "paused": "暂停",
    "queued": "排队",
    "sending": "发送中",
    "sent": "已发出",
    "delivered": "已送达",
    "staff": "转人工电话",
    "dead": "失败",
    "withdrawn": "已撤回",
    "skipped": "没有发",
}
STATES = {
    "draft": "草稿",
    "awaiting": "等批准",
    "running": "发送中",
    "paused": "已暂停",
    "withdrawn": "已撤回",
    "done": "已发完",
}
REASONS = {"unsubscribed": "退订了", "none": "没有办法联系"}

_staff = click.option("--staff", required=True, help="工号 of who does it")


@click.group("broadcast")
def broadcast() -> None:
    """Send one text to many: draft, dry run, confirm, approve, pause, withdraw."""


def _days(context: click.Context, parameter: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value is not None else None


@broadcast.command("create")
@click.option("--title", required=True, help="why it is sent, at most 20 characters")
@click.option("--text", required=True, help="what it says, at most 300 characters")
@click.option("--clinic", "clinics", multiple=True, type=int, help="everybody with a visit in this 出诊")
@click.option("--doctor", "doctors", multiple=True, help="name or 工号")
@click.option("--department", "departments", multiple=True, help="with the departments under it")
@click.option("--ward", "wards", multiple=True, help="discharged from it")
@click.option("--tag", "tags", multiple=True, help="marked with it")
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), callback=_days, help="first day of the visits"
)
@click.option(
    "--to", "last", type=click.DateTime(["%Y-%m-%d"]), callback=_days, help="last day of the visits"
)
@click.option("--dry-run", is_flag=True, help="count who would be reached how, and the cost; write nothing")
@_staff
def create(
    title: str, text: str, clinics: tuple[int, ...], doctors: tuple[str, ...], departments: tuple[str, ...],
    wards: tuple[str, ...], tags: tuple[str, ...], first: date | None, last: date | None, dry_run: bool, staff: str,
) -> None:  # fmt: skip
    """Write a draft; it shows who would get it and how it looks.  Nothing is sent before `confirm`."""
    from uuid import uuid4

    from bot.services.broadcast import campaigns
    from bot.services.broadcast.audience import Audience

    audience = Audience(clinics, doctors, departments, wards, tags, first, last)
    words = campaigns.Words(title, text)
    with house() as hospital:
        for finding in campaigns.findings(words):
            where = f"{NAMES[finding.road]}：" if finding.road else ""
            click.echo(f"{'不能发' if finding.blocks else '注意'}：{where}{finding.text}", err=True)
        context = hospital.acting(f"staff:{staff}")
        _tell_reach(hospital, context, audience, words)
        if dry_run:
            click.echo("试运行，没有写入")
            return
        made = _do(hospital, lambda uow: campaigns.create(
            uow, context, key=f"cli:{uuid4().hex}", words=words, audience=audience
        ))  # fmt: skip
    click.echo(f"草稿 {made}。先看预览，再确认：python -m bot broadcast confirm {made} --staff {staff}")


@broadcast.command("preview")
@click.argument("campaign", type=int)
def preview(campaign: int) -> None:
    """Show a broadcast as phones show it, over each road."""
    from bot.pushes.preview import preview as shown
    from bot.services.broadcast.campaigns import CampaignError, words_of
    from bot.services.broadcast.progress import row_of

    with house() as hospital, hospital.db.read() as uow:
        try:
            row = row_of(uow, campaign)
        except CampaignError as error:
            raise click.ClickException(str(error)) from None
        words = words_of(uow, row)
    settings = hospital.settings
    fields = {"hospital": settings.hospital_name, "phone": settings.hospital_phone}
    fields |= {"title": words.title, "text": words.text}
    templates = _templates(hospital)
    for road in templates.roads(row.kind):
        click.echo(f"—— {NAMES[road]}\n{shown(templates, row.kind, road, fields, settings.hospital_name)}\n")


@broadcast.command("confirm")
@click.argument("campaign", type=int)
@_staff
def confirm(campaign: int, staff: str) -> None:
    """Freeze the audience and begin; above BROADCAST_APPROVAL_ABOVE recipients somebody else has to approve first."""
    from bot.services.broadcast import campaigns

    with house() as hospital:
        context = hospital.acting(f"staff:{staff}")
        above = hospital.settings.broadcast_approval_above
        done = _do(hospital, lambda uow: campaigns.confirm(uow, context, campaign, approval_above=above))
    waits = "，要等另一位同事批准（broadcast approve）" if done.awaiting else "，开始发送"
    click.echo(f"共 {done.recipients} 人{waits}")


def _act(name: str, done: str, help_: str) -> click.Command:
    """One of the acts that need nothing but the campaign and who does it."""

    @click.command(name, help=help_)
    @click.argument("campaign", type=int)
    @_staff
    def act(campaign: int, staff: str) -> None:
        from bot.services.broadcast import campaigns

        with house() as hospital:
            context = hospital.acting(f"staff:{staff}")
            _do(hospital, lambda uow: getattr(campaigns, name)(uow, context, campaign))
        click.echo(done)

    return act


broadcast.add_command(_act("approve", "已批准，开始发送", "Approve it, as somebody other than its author."))
broadcast.add_command(_act("pause", "已暂停", "Let nothing more leave."))
broadcast.add_command(_act("resume", "继续发送", "Go on where it was paused."))
broadcast.add_command(_act("withdraw", "没发的都撤回了", "Withdraw what has not been sent."))


@broadcast.command("status")
@click.argument("campaign", type=int)
def status(campaign: int) -> None:
    """Where every recipient stands; the places sum to all of them."""
    from bot.services.broadcast.progress import progress

    with house() as hospital:
        found = _do(hospital, lambda uow: progress(uow, campaign))
    _tell_progress(found)


def _tell_progress(found: "Progress") -> None:
    click.echo(f"群发 {found.campaign_id}「{found.title}」{STATES[found.state]}，共 {found.recipients} 人")
    for place, name in PLACES.items():
        if found.places.get(place):
            click.echo(f"  {name}\t{found.places[place]}")
    for name, counts in (("渠道", found.by_road), ("没有发", found.skipped), ("失败", found.failed)):
        if counts:
            told = "、".join(
                f"{NAMES.get(key, REASONS.get(key, key))} {n}" for key, n in sorted(counts.items())
            )
            click.echo(f"  {name}：{told}")
    click.echo(f"  花费 {found.cost_fen / 100:.2f} 元")


def _tell_reach(hospital: "Hospital", context: "Context", audience: "Audience", words: "Words") -> None:
    from bot.channels.ready import open_roads
    from bot.services.broadcast.campaigns import KIND
    from bot.services.broadcast.dry_run import dry_run

    templates = _templates(hospital)
    roads = open_roads(hospital.settings, templates, KIND)
    seen = _do(
        hospital,
        lambda uow: dry_run(uow, context, audience, words, templates=templates, open_roads=roads),
    )
    click.echo(f"共 {seen.total} 人")
    for road, count in sorted(seen.by_road.items(), key=lambda pair: -pair[1]):
        click.echo(f"  {NAMES.get(road, REASONS.get(road, road))}\t{count}")
    click.echo(f"  短信每人 {seen.sms_parts} 条，约 {seen.cost_fen / 100:.2f} 元")


def _templates(hospital: "Hospital") -> "Templates":
    from bot.cli.templates import FOLDER
    from bot.pushes.templates import Templates

    return Templates.load(hospital.settings.data_dir / FOLDER)


def _do(hospital: "Hospital", work: "Callable[[UnitOfWork], T]") -> T:
    """In one transaction; what cannot be done is said in one line."""
    from bot.services.broadcast.audience import AudienceError
    from bot.services.broadcast.campaigns import CampaignError

    try:
        return hospital.db.run(work)
    except (AudienceError, CampaignError) as error:
        raise click.ClickException(str(error)) from None


commands = (broadcast,)
