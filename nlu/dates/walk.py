"""From the day pieces of a message to the days wanted, ruled out and moved from: one walk from left to right."""

import re
from datetime import date

from nlu.dates import context
from nlu.dates.atom import Atom, Days
from nlu.dates.bounds import between, bounded
from nlu.dates.counts import count, later
from nlu.dates.cues import CONTRASTED, CORRECTED, FROM_ON, RANGE, STATED
from nlu.dates.found import Found
from nlu.dates.moves import moves, to_some_day, within_the_day
from nlu.dates.parts import part_of
from nlu.dates.refusals import refused, shared

KINDS = frozenset(("days", "invalid", "part", "shift", "next", "for", "latest", "earliest"))
_DEPENDENT = ("part", "shift", "next", "for")
_BOUND_REACH = 2
"""最晚…周四: at most so many characters between."""


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
        self.wide: set[date] = set()
        """Days wanted only as part of a stretch."""
        self.last: set[date] = set()
        self.before: Atom | None = None
        self.edge: Atom | None = None

    def run(self) -> None:
        i = 0
        while i < len(self.atoms):
            i = self.step(i)
        self.moved_without_a_day()
        self.found.days = tuple(sorted(self.wanted - self.excluded))
        self.found.excluded = tuple(sorted(self.excluded))
        self.found.moved_from = tuple(sorted(self.moved))

    def step(self, i: int) -> int:
        """Take piece i; the number of the next one."""
        atom = self.atoms[i]
        if atom.kind in ("latest", "earliest"):
            self.edge = atom
            return i + 1
        if atom.kind in _DEPENDENT and not self.depends(atom):
            return i + 1
        gap = self.gap(atom)
        if self.contrasted(gap):
            return i + 1
        if self.before is not None and context.repeats(atom, self.before, gap):
            self.before.end = atom.end
            return i + 1
        if self.before is not None and context.disagrees(atom, self.before, gap, self.text):
            self.found.unresolved = self.text[self.before.start : atom.end]
            self.wanted -= self.last
            self.before.end = atom.end
            return i + 1
        if self.before is not None and context.dates_weekday(atom, self.before, gap):
            self.wanted -= self.last
        gap = self.turn(atom, gap)
        if context.gives_week(atom, self.before, gap):
            return self.take_back(atom, i)
        days = self.in_context(atom, gap)
        following = self.following(i)
        if following is not None and self.is_range(days, atom, following):
            days, first, atom, i = between(days, atom, following), atom, following, i + 1
            if atom.wdays and atom.week is None:
                atom.week = first.week  # 下周一到周三要出差，周四可以
            following = self.following(i)
        if self.narrows(atom, days, gap):
            return i + 1
        days = bounded(days, atom, self.text, self.today, self.edge_of(atom, following))
        self.take(atom, days, gap, i, following)
        return i + 1

    def following(self, i: int) -> Atom | None:
        return self.atoms[i + 1] if i + 1 < len(self.atoms) else None

    def gap(self, atom: Atom) -> str:
        return self.text[self.before.end if self.before else 0 : atom.start]

    def is_range(self, days: Days, atom: Atom, following: Atom) -> bool:
        between_ = self.text[atom.end : following.start]
        return bool(days and following.kind == "days" and following.days and RANGE.search(between_))

    def edge_of(self, atom: Atom, following: Atom | None) -> str:
        """latest or earliest, where 最晚 or 最早 stands right before; 国庆后第一天 to come takes it off."""
        edge, self.edge = self.edge, None
        if following is not None and following.kind in ("part", "for"):
            gap = self.text[atom.end : following.start]
            if following.kind == "for" or part_of(following.text, atom, gap) is not None:
                self.edge = edge
                return "none"
        if edge is None or not 0 <= atom.start - edge.end <= _BOUND_REACH:
            return ""
        return "past" if edge.text[0] == "过" else edge.kind

    def depends(self, atom: Atom) -> bool:
        """Pieces that mean something only beside a day: filled in here; False where there is none."""
        if atom.kind == "shift":
            if self.before is not None and self.before.days:
                self.shift(atom)
            return False
        if not context.fill(atom, self.before, self.gap(atom)):
            return False
        if atom.unit == "part" and self.before is not None and not self.before.negated:
            self.wanted -= self.last
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

    def contrasted(self, gap: str) -> bool:
        """是周四不是周三: the second is what was not meant."""
        if self.before is None or not CONTRASTED.fullmatch(gap):
            return False
        return bool(STATED.search(self.text[: self.before.start])) and not self.before.negated

    def turn(self, atom: Atom, gap: str) -> str:
        """改到: what was said so far is the appointment's day; 不对: it was wrong.  The gap that still counts."""
        if self.before is None:
            return gap
        if moves(gap):
            self.moved |= self.wanted | self.excluded
            self.wanted, self.excluded, self.before = set(), set(), None
            return gap
        corrected = [*CORRECTED.finditer(gap)]
        if corrected or context.settles(atom, self.before, gap, self.text):
            self.wanted, self.before = set(), None
            if atom.kind == "days":
                self.found.invalid = None
        return gap[corrected[-1].end() :] if corrected else gap

    def take_back(self, atom: Atom, i: int) -> int:
        """周三吧，下周的: the weekday just said is one of that week."""
        before = self.before
        assert before is not None  # gives_week has looked at it
        self.wanted -= self.last
        before.week, before.start = atom.week, min(before.start, atom.start)
        days = tuple(d for d in atom.whole if d.weekday() in before.wdays and d >= self.today)
        self.take(before, days, "", i, None)
        before.end = atom.end
        return i + 1

    def in_context(self, atom: Atom, gap: str) -> Days:
        found = context.in_context(atom, self.before, gap, self.today)
        if found.replaces and not self.is_refused(atom, gap, None):
            self.wanted -= self.last
        return found.days

    def narrows(self, atom: Atom, days: Days, gap: str) -> bool:
        """这周除了周四都行，从明天算: a bound of what is wanted already, no wish of its own."""
        inside = {day for day in self.wanted & self.wide if days and day >= days[0]}
        if not inside or not FROM_ON.match(self.text, atom.end) or context.joined(gap):
            return False
        self.wanted = (self.wanted - self.wide) | inside
        return True

    def take(self, atom: Atom, days: Days, gap: str, i: int, following: Atom | None) -> None:
        """Into the wish, or out of it."""
        self.last = {d for d in days if d >= self.today}
        if self.is_refused(atom, gap, following):
            if atom.wdays and atom.week is None and self.wanted & self.wide:
                self.last |= {d for d in self.wanted & self.wide if d.weekday() in atom.wdays}
            self.excluded |= self.last
            self.refuse_list(i)
            atom.negated = True
        else:
            self.wanted |= self.last
            if atom.unit in ("span", "filter") or len(days) > 2:
                self.wide |= self.last
            else:
                self.excluded -= self.last
            if not self.last and days and atom.unit != "span":
                self.say_over(atom)
        atom.days = tuple(sorted(days)) or atom.days
        self.before = atom

    def say_over(self, atom: Atom) -> None:
        self.found.over = self.found.over or self.found.invalid is None
        self.found.invalid = self.found.invalid or self.text[atom.start : atom.end]

    def is_refused(self, atom: Atom, gap: str, following: Atom | None) -> bool:
        return refused(self.text, atom, self.before, gap, following)

    def refuse_list(self, i: int) -> None:
        """「周二、周三都不行」 also rules out Tuesday: pieces joined without a comma clause share the refusal."""
        k = i - 1
        while k >= 0 and shared(self.text[self.atoms[k].end : self.atoms[k + 1].start]):
            self.excluded.update(self.atoms[k].days)
            self.wanted.difference_update(self.atoms[k].days)
            k -= 1

    def moved_without_a_day(self) -> None:
        """把明天上午的改到下午: the day stays.  周五的号想改期: to which day is not said."""
        named = self.wanted or self.excluded
        if self.before is None or self.moved or not named:
            return
        if within_the_day(self.text, self.before.end):
            self.moved, self.wanted = set(named), set(named)
            self.excluded = set()
        elif self.wanted and to_some_day(self.text, self.before.end):
            self.moved, self.wanted = set(self.wanted), set()
