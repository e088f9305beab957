"""What confirming a broadcast would do at this moment: how many would get it over which road, and what it costs."""

from collections.abc import Collection

from bot.pushes.shapes import Sms
from bot.pushes.templates import Templates
from bot.services.broadcast.audience import Audience, recipients
from bot.services.broadcast.campaigns import KIND, Words
from bot.services.broadcast.reach import Reach, reach
from bot.services.context import Context
from bot.store.db import UnitOfWork


def dry_run(
    uow: UnitOfWork, context: Context, audience: Audience, words: Words, *, templates: Templates,
    open_roads: Collection[str],
) -> Reach:  # fmt: skip
    """Writes nothing; raises `AudienceError`."""
    settings = context.settings
    fields = {"hospital": settings.hospital_name, "phone": settings.hospital_phone}
    sms = templates.render(KIND, "sms", fields | {"title": words.title, "text": words.text})
    assert isinstance(sms, Sms)
    found = recipients(uow, context.directory, audience, context.today)
    return reach(
        uow, context.kinds[KIND], found, open_roads=open_roads, sms_text=sms.text,
        sms_price_fen=settings.sms_fen_per_part,
    )  # fmt: skip
