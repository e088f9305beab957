"""``python -m bot api …``: the systems that call the JSON API; for who has no browser at hand."""

from datetime import UTC, datetime, timedelta

import click

from bot.domain.api_clients import OFFERED, ClientConflict, ClientMade
from bot.settings import BadSettings

_REFUSED = {
    "name": "a name has 2 to 24 small letters, digits or hyphens and begins with a letter",
    "taken": "this name is taken, if only by a token that was revoked",
    "purpose": "the purpose has at most 200 characters",
    "permissions": "at least one permission",
    "per_minute": "requests a minute: 1 to 60000",
    "expires_at": "the end lies in the past",
}
_CHOICES = click.Choice([permission.value for permission in OFFERED])


@click.group("api")
def api() -> None:
    """Systems that call the JSON API (docs/api.md): list, give a token, take it back."""


@api.command("list")
def listing() -> None:
    """All of them: name, state, when last used, permissions.  No tokens."""
    from bot.cli.data import hospital_database
    from bot.services import api_clients

    now = datetime.now(UTC)
    with hospital_database() as (db, _):
        for client in api_clients.listing(db):
            used = "never" if client.used_at is None else f"{client.used_at:%Y-%m-%d %H:%MZ}"
            held = ", ".join(client.permissions)
            click.echo(f"{client.name:<24} {client.state(now):<8} {used:<18} {client.hint}…  {held}")


@api.command("create")
@click.argument("name")
@click.option("--may", "permissions", multiple=True, required=True, type=_CHOICES, help="what it may; repeat")
@click.option("--purpose", default="", help="which system, who answers for it")
@click.option("--per-minute", default=600, show_default=True, type=int)
@click.option("--days", type=click.IntRange(1), help="until when it is good; without: until it is revoked")
def create(name: str, permissions: tuple[str, ...], purpose: str, per_minute: int, days: int | None) -> None:
    """Give NAME a token, which is printed once."""
    from bot.cli.data import hospital_database
    from bot.domain.roles import Permission
    from bot.services import api_clients

    now = datetime.now(UTC)
    held = tuple(dict.fromkeys(Permission(each) for each in permissions))
    wish = api_clients.Wish(
        name, held, purpose, per_minute, None if days is None else now + timedelta(days=days)
    )
    with hospital_database() as (db, _):
        done = api_clients.create(db, wish, actor="cli", now=now)
    if not isinstance(done, ClientMade):
        raise BadSettings(f"api: {_REFUSED[done.why]}")
    click.echo(f"{done.name}: {done.token} (not shown again)")


@api.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Take the token of NAME back, from its next request on."""
    from bot.cli.data import hospital_database
    from bot.services import api_clients

    with hospital_database() as (db, _):
        done = api_clients.revoke(db, name, None, actor="cli", now=datetime.now(UTC))
    if isinstance(done, ClientConflict):
        raise click.ClickException(f"no token of {name} is in use")
    click.echo(f"{name}: revoked")


commands = (api,)
