"""Pages of a list: what comes after a cursor.  A cursor means something to us alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.web.api.problems import Problem
from bot.web.api.shapes.common import LARGEST_ID, Listed, Page

T = TypeVar("T")
A = TypeVar("A")


def cut(found: Sequence[T], asked: Page, of: Callable[[T], int], told: Callable[[T], A]) -> Listed[A]:
    """The page after the id; ``found`` is all of it, in the order of ids."""
    since = after_id(asked.after)
    return page([each for each in found if of(each) > since], asked.limit, of, told)


def page(rest: Sequence[T], limit: int, of: Callable[[T], object], told: Callable[[T], A]) -> Listed[A]:
    """The first ``limit`` of the rest; there is a next page where there are more."""
    some = rest[:limit]
    return Listed(items=[told(each) for each in some], next=str(of(some[-1])) if len(rest) > limit else "")


def after_id(cursor: str) -> int:
    """A cursor that is the last id seen; 0: from the beginning."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and int(cursor) <= LARGEST_ID):
        raise no_cursor()
    return int(cursor)


def no_cursor() -> Problem:
    return Problem("bad-parameter", "after 应为上一页的 next。")
