"""``python -m bot wechat menu|qrcode|bedside``: what is set up on the platform's side through its API."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx

from bot.channels.base import SendError
from bot.channels.http import pool
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.menu import MENU, definition
from bot.cli.data import house, house_settings
from bot.settings import Settings, load

DAY = 86_400
_HINTS = {
    "40013": "WECHAT_APP_ID is not known to the platform",
    "40125": "WECHAT_SECRET is wrong",
    "40164": "this machine's address is not in the account's IP whitelist",
    "48001": "the account has no permission for this API",
}


@click.group("wechat")
def wechat() -> None:
    """Publish the menu, make QR codes."""


@wechat.command("menu")
@click.option("--dry-run", is_flag=True, help="show the menu, publish nothing")
def menu(dry_run: bool) -> None:
    """Publish the account's menu; phones show it within minutes, or after following anew."""
    for name, entries in MENU:
        click.echo(f"{name}: " + " · ".join(f"{entry} ({key})" for entry, key in entries))
    if dry_run:
        return
    with _client() as client:
        client.menu_create(definition())
    click.echo("published")


@wechat.command("qrcode")
@click.option("--scene", required=True, help="book:department:NAME, book:doctor:NAME or intent:NAME")
@click.option("--days", type=click.IntRange(1, 30), help="a temporary code; without it, it is for ever")
def qrcode(scene: str, days: int | None) -> None:
    """Make a QR code that opens a dialog, for posters and consulting rooms; prints its image's address."""
    if not 1 <= len(scene) <= 64:
        raise click.BadParameter("1 to 64 characters", param_hint="--scene")
    with _client() as client:
        _shown(*client.qrcode_create(scene, expire_seconds=None if days is None else days * DAY))


@wechat.command("bedside")
@click.argument("admission_no", metavar="住院号")
@click.option("--staff", required=True, help="staff number of whoever prints it; written to the audit log")
def bedside(admission_no: str, staff: str) -> None:
    """Make the QR code that stands at a bed: who scans it and knows the last four of the identity number is linked to
    the stay.  Good until three days after the discharge, 30 days at most; a new one voids the one before."""
    from bot.domain.clock import local
    from bot.services.bedside_codes import Code, NoCode, make

    with house() as hospital, _client() as client:
        context = hospital.acting(f"staff:{staff}")
        made = hospital.db.run(lambda uow: make(uow, context, admission_no))
        match made:
            case Code(scene=scene, expires_at=until):
                seconds = max(int((until - hospital.clock.now()).total_seconds()), 60)
                shown = client.qrcode_create(scene, expire_seconds=seconds)
            case NoCode.DECEASED:
                raise click.ClickException(f"{admission_no}：患者已去世，不做随访码")
            case _:
                raise click.ClickException(f"没有住院号 {admission_no}，先导入出院（在院）患者")
    _shown(*shown)
    click.echo(f"场景值 {scene}，有效到 {local(until):%Y-%m-%d %H:%M}；打印图片，放在床边")


def _shown(ticket: str, url: str) -> None:
    """What the code leads to, and its picture."""
    click.echo(url)
    click.echo(str(httpx.URL("https://mp.weixin.qq.com/cgi-bin/showqrcode", params={"ticket": ticket})))


@contextmanager
def _client() -> Iterator[WechatClient]:
    """A client of this command's own; a refusal is said in one line."""
    settings = _settings()
    with pool(seconds=10) as http:
        try:
            yield WechatClient(settings, None, http)
        except SendError as error:
            hint = _HINTS.get(error.code, settings.wechat_api_base)
            raise click.ClickException(f"the platform refused: {error.code} ({hint})") from None


def _settings() -> Settings:
    """The environment's account, or that of the demo which lives in the data directory."""
    settings = load()
    if settings.demo or not settings.wechat_app_id:
        settings = house_settings()
    if not settings.wechat_app_id:
        raise click.ClickException("WECHAT_APP_ID and WECHAT_SECRET are not set")
    return settings


commands = (wechat,)
