"""Whose rows somebody reaches, as the booking window counts them: by department."""

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.context import Context
from bot.services.desk_booking import whom


def departments(me: Viewer, permission: Permission, context: Context) -> frozenset[int]:
    """The departments they may do this in, with what belongs to them."""
    return frozenset(whom.department_ids(me.scope(permission), context.directory))
