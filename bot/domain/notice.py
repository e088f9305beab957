"""What a push tells, before any road gives it a shape."""

import msgspec

from bot.domain.speech import Option


class Notice(msgspec.Struct, frozen=True):
    """The facts of one push to one recipient, read when it was queued; stored encrypted in its outbox row."""

    kind: str
    fields: dict[str, str]
    """By the templates' own names (department, doctor, when, patient …), ready for people to read; names masked."""
    options: tuple[Option, ...] = ()
    """What may be tapped where the road has taps (客服消息 with msgmenu)."""
    offer: str = ""
    """Id of the offer the options belong to; a tap comes back as ``offer:n``."""
    phone: str = ""
    """Where an SMS goes."""
    order: str = ""
    """One episode of care (就医助手's order_id): booking, reminder and visit share it."""
