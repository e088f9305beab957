"""Each person's hours and exams; who failed the same exam three times in a row has to be reported (R23)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.services.staff.rows import S
from bot.services.training.people import Somebody
from bot.services.training.planning import R, T
from bot.store.db import UnitOfWork

ADMITTING = "上岗"
"""An exam with this in its title is the one that lets somebody work."""
FAILURES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One session of one person, called-off ones left out."""

    record_id: int
    training_id: int
    kind: str
    title: str
    day: date
    minutes: int
    present: bool
    score: int | None
    passed: bool | None
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class Failed:
    """三次未达标: the same exam failed three times in a row, up to the last time it was written."""

    last: Entry

    @property
    def told(self) -> str:
        """Who was told; empty: nobody yet."""
        return self.last.note


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody has behind them."""

    staff_no: str
    wards: tuple[str, ...]
    trainings: int
    hours: float
    exams: int
    passed: int
    admitted: bool | None
    """上岗考核: the last one passed or not; None: none written."""
    failed: tuple[Failed, ...]


def entries(uow: UnitOfWork, staff: Collection[int]) -> Mapping[int, Sequence[Entry]]:
    """By person, the oldest first; one query."""
    columns = (
        R.c.staff_id, R.c.id, R.c.training_id, T.c.kind, T.c.title, T.c.day, T.c.minutes, R.c.present, R.c.score,
        R.c.passed, R.c.note, R.c.version,
    )  # fmt: skip
    wanted = select(*columns).join_from(R, T, T.c.id == R.c.training_id).where(T.c.cancelled_at.is_(None))
    if len(staff) <= _FEW:
        wanted = wanted.where(R.c.staff_id.in_(staff))
    mine: dict[int, list[Entry]] = defaultdict(list)
    for row in uow.connection.execute(wanted.order_by(T.c.day, T.c.id)):
        mine[row.staff_id].append(Entry(*tuple(row)[1:]))
    return {staff_id: mine.get(staff_id, []) for staff_id in staff}


_FEW = 500
"""More than these are picked out of all: a statement takes only so many names."""


def people(uow: UnitOfWork, colleagues: Sequence[Somebody]) -> Sequence[Person]:
    known = entries(uow, [each.id for each in colleagues])
    return [_person(each, known[each.id]) for each in colleagues]


def person(uow: UnitOfWork, staff_no: str) -> tuple[Somebody, frozenset[str], Sequence[Entry]] | None:
    """Somebody, their departments and their record, whether they still work here or not."""
    if "\0" in staff_no:  # PostgreSQL takes it in no text
        return None
    columns = (S.c.id, S.c.staff_no, S.c.wards, S.c.departments)
    row = uow.connection.execute(select(*columns).where(S.c.staff_no == staff_no)).first()
    if row is None:
        return None
    who = Somebody(row.id, row.staff_no, tuple(row.wards))
    return who, frozenset(row.departments), entries(uow, [row.id])[row.id]


def summed(who: Somebody, known: Sequence[Entry]) -> Person:
    return _person(who, known)


def failures(known: Sequence[Entry]) -> tuple[Failed, ...]:
    """By title: the last three that were written, all failed.  Who was absent wrote none: it does not count."""
    by_title: dict[str, list[Entry]] = defaultdict(list)
    for entry in known:
        if entry.passed is not None:
            by_title[entry.title].append(entry)
    lasts = [written[-FAILURES:] for written in by_title.values()]
    return tuple(
        Failed(last[-1])
        for last in lasts
        if len(last) == FAILURES and not any(entry.passed for entry in last)
    )


def _person(each: Somebody, known: Sequence[Entry]) -> Person:
    there = [entry for entry in known if entry.present and entry.kind == "training"]
    written = [entry for entry in known if entry.passed is not None]
    admitting = [entry for entry in written if ADMITTING in entry.title]
    return Person(
        each.staff_no, each.wards, len(there), round(sum(entry.minutes for entry in there) / 60, 1), len(written),
        sum(entry.passed is True for entry in written), admitting[-1].passed if admitting else None, failures(known),
    )  # fmt: skip
