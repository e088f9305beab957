"""退订 and 恢复: which groups of messages an account wants.  What waits already is asked again before it is sent."""

from sqlalchemy import bindparam, select, update

from bot.domain.commands import SetPreference
from bot.domain.outcomes import NotOptional, NotYours, Outcome, PreferenceSet, Refused
from bot.services.context import Context, audit
from bot.services.people import A
from bot.store.db import UnitOfWork

ALL = "all"
_WISHES = select(A.c.preferences).where(A.c.id == bindparam("account")).with_for_update()
_SET = update(A).where(A.c.id == bindparam("account"))


def set_preference(command: SetPreference, uow: UnitOfWork, context: Context) -> Outcome:
    if context.account_id is None:
        return Refused(NotYours())
    kinds = context.kinds
    if command.group == ALL:  # what has to be asked for is not switched on in passing
        groups = tuple(g for g in kinds.optional_groups if not (command.on and g.asked_for))
    else:
        group = kinds.groups[command.group]
        if not group.optional:
            return NotOptional(group.title)
        groups = (group,)
    wishes = dict(uow.execute(_WISHES, {"account": context.account_id}).scalar_one() or {})
    wish = "on" if command.on else "off"
    wishes |= {group.name: wish for group in groups}
    uow.connection.execute(_SET.values(preferences=wishes), {"account": context.account_id})
    audit(
        uow, context, f"preference.{wish}", f"account:{context.account_id}",
        groups=",".join(group.name for group in groups),
    )  # fmt: skip
    return PreferenceSet(tuple(group.title for group in groups), command.on)
