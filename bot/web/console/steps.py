"""The step of a follow-up that a page is about; whoever may not see it is told that there is none."""

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.followup.queue import Row, row_of
from bot.web.console.console import Console
from bot.web.console.problems import NotThere


def step_of(console: Console, me: Viewer, followup_id: int, permission: Permission) -> Row:
    """It is in their scope, and stays so: a stay's ward does not change by anything these pages do."""
    with console.db.read() as uow:
        row = row_of(uow, console.hospital.acting(me.actor), followup_id)
    if row is None or not me.scope(permission).covers(ward=row.ward, department=row.department):
        raise NotThere
    return row
