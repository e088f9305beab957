"""From the day pieces of a message to the days wanted, ruled out and moved from: one walk from left to right."""

import re
from datetime import date, timedelta

from nlu.dates import almanac
from nlu.dates.atom import Atom, Days
from nlu.dates.bounds import between, bounded
from nlu.dates.counts import count, later
from nlu.dates.cues import (
    AFTERWARDS,
    CONTRASTED,
    CORRECTED,
    DENIED,
    DENIES,
    MOVED,
    MOVED_BARE,
    RANGE,
    RATHER,
    REFINES,
    REFUSES_NEXT,
    STATED,
)
from nlu.dates.found import Found
from nlu.dates.parts import part_of

KINDS = frozenset(("days", "invalid", "part", "shift", "next", "latest", "earliest"))
_BOUND_REACH = 2
"""最晚…周四: at most so many characters between."""
_WEEK_REACH = 10
"""下周三不成，那就周四: the week said holds for a weekday so many characters on."""


def walk(atoms: list[Atom], found: Found, text: str, today: date) -> None:
    """Read the pieces into ``found``."""
    _Walk([a for a in atoms if a.kind in KINDS], text, today, found).run()


class _Walk:
    """Each piece in the light of the one before."""

    def __init__(self, atoms: list[Atom], text: str, today: date, found: Found) -> None:
        self.atoms, self.text, self.today, self.found = atoms, text, today, found
        self.wanted: set[date] = set()
        self.excluded: set[date] = set()
        self.moved: set[date] = set()
        self.last: set[date] = set()
        self.before: Atom | None = None
        self.edge: Atom | None = None

    def run(self) -> None:
        i = 0
        while i < len(self.atoms):
            i = self.step(i)
        self.moved_within_the_day()
        self.found.days = tuple(sorted(self.wanted - self.excluded))
        self.found.excluded = tuple(sorted(self.excluded))
        self.found.moved_from = tuple(sorted(self.moved))

    def step(self, i: int) -> int:
        """Take piece i; the number of the next one."""
        atom = self.atoms[i]
        if atom.kind in ("latest", "earliest"):
            self.edge = atom
            return i + 1
        if atom.kind in ("part", "shift", "next") and not self.depends(atom):
            return i + 1
        gap = self.gap(atom)
        if self.contrasted(atom, gap):
            return i + 1
        self.turn(atom, gap)
        days = self.in_context(atom, gap)
        following = self.atoms[i + 1] if i + 1 < len(self.atoms) else None
        if following is not None and self.is_range(days, atom, following):
            days, atom, i = between(days, atom, following), following, i + 1
            following = self.atoms[i + 1] if i + 1 < len(self.atoms) else None
        days = bounded(days, atom, self.text, self.today, self.edge_of(atom, following))
        self.take(atom, days, gap, i, following)
        return i + 1

    def gap(self, atom: Atom) -> str:
        return self.text[self.before.end if self.before else 0 : atom.start]

    def is_range(self, days: Days, atom: Atom, following: Atom) -> bool:
        between_ = self.text[atom.end : following.start]
        return bool(days and following.kind == "days" and following.days and RANGE.search(between_))

    def edge_of(self, atom: Atom, following: Atom | None) -> str:
        """latest or earliest, where 最晚 or 最早 stands right before; 国庆后第一天 to come takes it off."""
        edge, self.edge = self.edge, None
        if following is not None and following.kind == "part":
            gap = self.text[atom.end : following.start]
            if part_of(following.text, atom, gap) is not None:
                self.edge = edge
                return "none"
        return edge.kind if edge is not None and 0 <= atom.start - edge.end <= _BOUND_REACH else ""

    def depends(self, atom: Atom) -> bool:
        """Pieces that mean something only beside a day: filled in here; False where there is none."""
        before, gap = self.before, self.gap(atom)
        if atom.kind == "next":
            if before is not None and before.days and len(gap) <= _WEEK_REACH:
                atom.days = (before.days[-1] + timedelta(days=1),)
            atom.kind, atom.unit = "days", "day"
            return bool(atom.days)
        if before is None or not before.days:
            return False
        if atom.kind == "shift":
            self.shift(atom)
            return False
        days = part_of(atom.text, before, gap)
        if days is None:
            return False
        if not before.negated:
            self.wanted -= self.last
        atom.kind, atom.unit, atom.days = "days", "part", days
        return True

    def shift(self, atom: Atom) -> None:
        """周五的推迟一周: the appointment's day, and the day it shall move to."""
        many, unit = count(atom.text)
        sign = -1 if re.search(r"提[前早]|[往向]前", atom.text) else 1
        self.moved |= self.wanted
        moved = {later(day, sign * many, unit) for day in self.wanted}
        self.wanted = {day for day in moved if day >= self.today}
        if moved and not self.wanted:
            self.say_over(atom)

    def contrasted(self, atom: Atom, gap: str) -> bool:
        """是周四不是周三: the second is what was not meant."""
        if self.before is None or not CONTRASTED.fullmatch(gap):
            return False
        return bool(STATED.search(self.text[: self.before.start])) and not self.before.negated

    def turn(self, atom: Atom, gap: str) -> None:
        """改到: what was said so far is the appointment's day; 不对: it was wrong."""
        if self.before is None:
            return
        if MOVED.search(gap) or MOVED_BARE.fullmatch(gap):
            self.moved |= self.wanted | self.excluded
            self.wanted, self.excluded, self.before = set(), set(), None
        elif CORRECTED.search(gap) or self.rather(gap, atom):
            self.wanted, self.before = set(), None
            if atom.kind == "days":
                self.found.invalid = None

    def rather(self, gap: str, atom: Atom) -> bool:
        """明天，还是后天吧."""
        return bool(RATHER.search(gap)) and bool(
            re.match(r"[^,。]{0,6}(?:吧|好了|算了)", self.text[atom.end :])
        )

    def in_context(self, atom: Atom, gap: str) -> Days:
        """下周一或周三: the second takes the first one's week; 12月3号5号: the month; 下周的周末: part of it."""
        before = self.before
        if before is None:
            return atom.days
        if self.refines(atom, gap):
            return tuple(d for d in before.days if d.weekday() in atom.wdays)
        if atom.unit == "weekday" and atom.week is None:
            if before.unit == "later" and gap in ("", "的", "那周的"):
                self.wanted -= self.last
                monday = almanac.monday(before.days[-1])
                return tuple(monday + timedelta(days=w) for w in sorted(atom.wdays))
            if before.week is not None and len(gap) <= _WEEK_REACH:
                atom.week = before.week
                days = almanac.week(self.today, before.week)
                return tuple(days[w] for w in sorted(atom.wdays))
        if atom.dom and before.month and len(gap) <= 8:
            day = almanac.safe_date(*before.month, atom.dom)
            if day is not None and day >= self.today:
                atom.month = before.month
                return (day,)
        return atom.days

    def refines(self, atom: Atom, gap: str) -> bool:
        before = self.before
        return (
            before is not None
            and before.unit == "span"
            and bool(atom.wdays)
            and atom.week is None
            and not before.negated
            and REFINES.fullmatch(gap) is not None
        )

    def take(self, atom: Atom, days: Days, gap: str, i: int, following: Atom | None) -> None:
        """Into the wish, or out of it."""
        if self.refines(atom, gap) and not atom.negated:
            self.wanted -= self.last
        self.last = {d for d in days if d >= self.today}
        if self.is_refused(atom, gap, following):
            self.excluded |= self.last
            self.refuse_list(i)
            atom.negated = True
        else:
            self.wanted |= self.last
            if not self.last and days and atom.unit != "span":
                self.say_over(atom)
        atom.days = tuple(sorted(days)) or atom.days
        self.before = atom

    def say_over(self, atom: Atom) -> None:
        self.found.over = self.found.over or self.found.invalid is None
        self.found.invalid = self.found.invalid or self.text[atom.start : atom.end]

    def is_refused(self, atom: Atom, gap: str, following: Atom | None) -> bool:
        if DENIES.search(gap) or self.shares_refusal(gap):
            return True
        denied = DENIED.match(self.text, atom.end)
        if denied is None or (following and self.same_clause(atom, following)):
            return False
        return not (following and denied.end() == following.start and REFUSES_NEXT.search(denied.group()))

    def same_clause(self, atom: Atom, following: Atom) -> bool:
        """「周二周三不行」: the refusal is the following piece's, and reaches back by `refuse_list`."""
        return not self.text[atom.end : following.start].strip("、,和跟或 ")

    def shares_refusal(self, gap: str) -> bool:
        """「除了周一周二」: the refusal that stands before a list is for all of it."""
        return self.before is not None and self.before.negated and not gap.strip("、和跟或 ")

    def refuse_list(self, i: int) -> None:
        """「周二、周三都不行」 also rules out Tuesday: pieces joined without a comma clause share the refusal."""
        k = i - 1
        while k >= 0 and not self.text[self.atoms[k].end : self.atoms[k + 1].start].strip("、和跟或 "):
            self.excluded.update(self.atoms[k].days)
            self.wanted.difference_update(self.atoms[k].days)
            k -= 1

    def moved_within_the_day(self) -> None:
        """把明天上午的改到下午: the day stays."""
        if self.before is None or self.moved or not self.wanted:
            return
        match = MOVED.search(self.text, self.before.end)
        if match and AFTERWARDS.match(self.text, match.end()):
            self.moved = set(self.wanted)
