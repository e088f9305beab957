"""Readers of half-days, clock times and the small words around them."""

from collections.abc import Callable
from datetime import date

from nlu.dates.atom import Atom
from nlu.dates.clock import read_clock

Reader = Callable[[Atom, str, date], None]


def period(value: str) -> Reader:
    """早上, 吃完午饭: a half-day."""

    def reader(atom: Atom, text: str, today: date) -> None:
        atom.kind, atom.period = "period", value
        atom.soft = True

    return reader


def clock(atom: Atom, text: str, today: date) -> None:
    atom.clock = read_clock(text)
    atom.kind = "clock" if atom.clock else "noise"


def kind(value: str) -> Reader:
    """A piece whose words are all it says."""

    def reader(atom: Atom, text: str, today: date) -> None:
        atom.kind = value

    return reader
