"""At most six choices on a phone: pages of an offer, and the way to the next one."""

from collections.abc import Sequence

from bot.dialog.speech import Option

MOST = 6


def page_of(
    options: Sequence[Option], page: int, facet: str, more: str, room: int = MOST
) -> tuple[Option, ...]:
    """``room`` options at most; where there are more, the last one turns the page by setting ``facet``."""
    if len(options) <= room:
        return tuple(options)
    size = room - 1
    pages = -(-len(options) // size)
    now = page % pages
    shown = tuple(options[now * size : (now + 1) * size])
    return (*shown, Option(more, None, sets={facet: now + 1}))


def number(value: object) -> int:
    """A page number as stored, 0 where there is none."""
    return value if isinstance(value, int) else 0
