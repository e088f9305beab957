"""Shapes that every operation shares: texts, numbers, pages, problems."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from bot.domain.clock import local

T = TypeVar("T")
LARGEST_ID = 2**31 - 1
"""What the database takes for a number."""
_CLEAN = "^[^\\u0000]*$"
"""PostgreSQL takes no NUL in a text."""

Id = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
Version = Annotated[
    int, Meta(ge=1, le=LARGEST_ID, description="读取时的 version；与现在的不同则为 409 stale")
]
PatientId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="就诊人编号，由 POST /patients 得到")]
StaffNo = Annotated[str, Meta(pattern="^[0-9A-Za-z-]{1,32}$", description="工号")]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=_CLEAN)]
Words = Annotated[str, Meta(max_length=200, pattern=_CLEAN)]
LongWords = Annotated[str, Meta(min_length=1, max_length=4000, pattern=_CLEAN)]
Cursor = Annotated[
    str, Meta(max_length=64, pattern="^[0-9A-Za-z._-]*$", description="上一页的 next；空为第一页")
]
Limit = Annotated[int, Meta(ge=1, le=200, description="一页最多几条")]
Moment = Annotated[datetime, Meta(tz=True, description="带时区，如 2026-11-24T14:00:00+08:00")]


class Request(Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be asked: a field that is not known is a mistake worth telling."""


class Answer(Struct, kw_only=True):
    """What is told."""


class Nothing(Request):
    """No parameters."""


class Page(Request):
    """Which page of a list."""

    after: Cursor = ""
    limit: Limit = 50


class Listed(Answer, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: Annotated[str, Meta(description="下一页的 after；没有下一页时为空")] = ""


class FieldError(Answer):
    """One field or cell that is wrong."""

    path: Annotated[str, Meta(description="字段的路径；表格为列名")]
    reason: Annotated[str, Meta(description="原因")]
    line: Annotated[int | UnsetType, Meta(description="第几行，从 1 数起")] = UNSET


def moment(at: datetime) -> datetime:
    """On the hospital's wall clock, to the second."""
    return local(at).replace(microsecond=0)


def optional_moment(at: datetime | None) -> datetime | None:
    return None if at is None else moment(at)
