"""At most six choices on a phone: pages of an offer, and the way to the next one."""

from collections.abc import Sequence

from bot.dialog.speech import Option

MOST = 6
NEXT = (
    "换一个", "换一批", "换一换", "还有别的吗", "还有吗", "还有没有别的", "别的", "其他的",
    "其它的", "下一页", "有没有别的", "更多",
)  # fmt: skip
"""Other ways to ask for the next page."""


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
    return (*shown, Option(more, None, words=NEXT, sets={facet: now + 1}))


def number(value: object) -> int:
    """A page number as stored, 0 where there is none."""
    return value if isinstance(value, int) else 0
