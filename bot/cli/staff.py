"""``python -m bot staff …``: the first administrator, the way back in, who there is."""

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.settings import BadSettings, load

if TYPE_CHECKING:
    from bot.domain.staff import Changed
    from bot.store.db import Database

_REFUSED = {
    "taken": "this staff number is taken: `staff reset` gives it a new password",
    "staff_no": "a staff number has 3 to 32 digits or letters",
    "name": "the name has 1 to 32 characters",
}


@click.group("staff")
def staff() -> None:
    """Staff of the console: make an administrator, give a new password, list."""


@staff.command("admin")
@click.argument("staff_no")
@click.option("--name", default="管理员", show_default=True, help="As colleagues see it.")
def admin(staff_no: str, name: str) -> None:
    """Make an administrator; the one-time password is printed once and valid for 24 hours."""
    from bot.services.staff.seeding import make_admin

    with closing(_database()) as db:
        _tell(make_admin(db, staff_no, name, datetime.now(UTC)))


@staff.command("reset")
@click.argument("staff_no")
@click.option("--codes", is_flag=True, help="Also forget the authenticator app.")
def reset(staff_no: str, codes: bool) -> None:
    """Give somebody a new one-time password: when every administrator is locked out."""
    from bot.services.staff import managing

    with closing(_database()) as db:
        person = managing.one(db, staff_no)
        if person is None:
            raise click.ClickException(f"nobody has the staff number {staff_no}")
        act = managing.reset_codes if codes else managing.reset_password
        _tell(act(db, staff_no, person.version, managing.By("cli", datetime.now(UTC))))


@staff.command("list")
def listing() -> None:
    """Everybody: number, roles, whether they may sign in.  No names."""
    from bot.services.staff import managing

    with closing(_database()) as db:
        for person in managing.listing(db):
            state = "active" if person.active else "disabled"
            click.echo(f"{person.staff_no:<12} {state:<9} {', '.join(person.roles)}")


commands = (staff,)


def _database() -> "Database":
    from bot.app import build

    return build(load()).db


def _tell(done: "Changed") -> None:
    from bot.domain.staff import StaffChanged, StaffRefused

    if isinstance(done, StaffChanged):
        click.echo(f"{done.staff_no}: one-time password {done.password} (24 hours; not shown again)")
        return
    why = (
        _REFUSED.get(done.why, done.why) if isinstance(done, StaffRefused) else "changed meanwhile, try again"
    )
    raise BadSettings(f"staff: {why}")
