"""What the pushes of a broadcast say: read when they are queued, and again before they are sent."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.domain.states import CampaignState
from bot.services.broadcast.campaigns import words_of
from bot.services.context import Context
from bot.services.facts import Answer, Due, Facts, Gone
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.push_models import Campaign

_C = table(Campaign)
_STOPPED = (CampaignState.WITHDRAWN,)


def read_campaigns(uow: UnitOfWork, context: Context, pushes: Sequence[Due]) -> Mapping[int, Answer]:
    """The same words for everybody; gone where the campaign was withdrawn."""
    ids = {push.subject for push in pushes}
    rows = uow.connection.execute(select(_C).where(_C.c.id.in_(ids))).fetchall()
    said: dict[int, Answer] = {}
    for row in rows:
        words = words_of(uow, row)
        gone = row.state in _STOPPED
        said[row.id] = Gone("withdrawn") if gone else Facts({"title": words.title, "text": words.text})
    return {push.id: said[push.subject] for push in pushes if push.subject in said}
