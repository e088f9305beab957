"""The step of a follow-up that a page is about; whoever may not see it is told that there is none."""

from collections.abc import Sequence

from bot.domain.flags import FlagState
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.flags.looking import FlagView, Which, listing
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


def raised_by(console: Console, me: Viewer, row: Row) -> Sequence[FlagView]:
    """The red flags of this step, for those who see flags."""
    if not me.may(Permission.FLAGS_SEE):
        return ()
    which = Which(me.scope(Permission.FLAGS_SEE), followup_id=row.id)
    with console.db.read() as uow:
        return listing(uow, console.hospital.acting(me.actor), which, states=tuple(FlagState))
