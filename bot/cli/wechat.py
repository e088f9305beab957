"""``python -m bot wechat menu|qrcode``: what is set up on the platform's side through its API."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx

from bot.channels.base import SendError
from bot.channels.http import pool
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.menu import MENU, definition
from bot.demo import ACCOUNT_FILE, environment
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
        ticket, url = client.qrcode_create(scene, expire_seconds=None if days is None else days * DAY)
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
    if settings.demo or (not settings.wechat_app_id and (settings.data_dir / ACCOUNT_FILE).exists()):
        os.environ.update(environment(os.environ))
        settings = load()
    if not settings.wechat_app_id:
        raise click.ClickException("WECHAT_APP_ID and WECHAT_SECRET are not set")
    return settings


commands = (wechat,)
