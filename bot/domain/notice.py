"""What a push tells, before any road gives it a shape."""

import msgspec

from bot.domain.speech import Option


class Notice(msgspec.Struct, frozen=True):
    """The facts of one push to one recipient, read when it was queued; stored encrypted in its outbox row."""

    kind: str
    fields: dict[str, str]
    """By the templates' own names (department, doctor, when, patient …), ready for people to read; names masked."""
    options: tuple[Option, ...] = ()
    """What may be tapped where the road has taps (客服消息 with msgmenu).  One whose value is text is tapped by that
    text (``open:change:appointment:12``): it works days later, whatever was said since; see `taps`."""
    offer: str = ""
    """Id of the offer the options belong to; a tap comes back as ``offer:n``."""
    phone: str = ""
    """Where an SMS goes."""
    url: str = ""
    """The page that a card opens when it is tapped (模板消息, 订阅通知); other roads have no use for it."""
    order: str = ""
    """One episode of care (就医助手's order_id): booking, reminder and visit share it."""


def taps(notice: Notice) -> tuple[tuple[str, str], ...]:
    """(id, label) of what may be tapped."""
    return tuple(
        (option.value if isinstance(option.value, str) else f"{notice.offer}:{n}", option.label)
        for n, option in enumerate(notice.options, 1)
    )
