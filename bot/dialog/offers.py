"""What a message picks from the choices shown last: a tap, a number, a name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialog import events
from bot.dialog.session import Offer
from bot.dialog.speech import Json, Option
from bot.pushes import survey_ways, suspension_ways, ticket_ways
from nlu.understood import Understood

SHORT = 16
"""Longer messages say more than a choice; only in shorter ones is a part taken for it."""
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Picked:
    """One of the choices; ``bare`` where the message says nothing else."""

    option: Option
    bare: bool


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A number that was not offered."""

    count: int


@dataclass(frozen=True, slots=True)
class NoneOfThem:
    """都不要."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A tap on choices that are no longer current."""


Choice = Picked | OutOfRange | NoneOfThem | Stale | None


def plain(text: str) -> str:
    """Without spaces, punctuation and width, for comparing."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def pushed(tap: str) -> tuple[str, dict[str, Json]] | None:
    """The frame that a tap below a push opens, and about which appointment: ``open:change:appointment:12``.

    A push's choices are in no session: they work days later, whatever was said since."""
    match tap.split(":"):
        case ["open", frame]:
            return frame, {}
        case ["open", frame, "appointment", number] if number.isascii() and number.isdigit():
            return frame, {"appointment": int(number)}
        case ["case", *_]:
            return suspension_ways.read_tap(tap)
        case ["followup", *_]:
            return survey_ways.read_tap(tap)
        case ["ticket", *_]:
            return ticket_ways.read_tap(tap)
        case _:
            return None


def tapped(offer: Offer | None, tap: str) -> Choice:
    """What a tap picks: the number counts within the very offer it was shown in."""
    if events.tapped(tap) is not None:  # its meaning is complete, `bot.dialog.engine`
        return None
    offer_id, _, number = tap.rpartition(":")
    if not offer_id:
        return None
    if offer is None or offer.id != offer_id or not number.isascii() or not number.isdigit():
        return Stale()
    chosen = int(number)
    if not 1 <= chosen <= len(offer.options):
        return Stale()
    return Picked(offer.options[chosen - 1], bare=True)


def named(options: Sequence[Option], heard: Understood, *, loosely: bool, numbered: bool = True) -> Choice:
    """What words pick.  ``loosely``: also by a part that only one choice has.  Numbers count only where the
    patient has seen them."""
    text = plain(heard.normalized or heard.text)
    exact = [o for o in options if text and text in _names(o)]
    if len(exact) == 1:
        return Picked(exact[0], bare=True)
    if heard.slots.choice is not None and numbered:
        return _numbered(options, heard.slots.choice, bare=len(text) <= 4)
    if loosely and text and len(text) <= SHORT:
        return _only(o for o in options if any(text in name for name in _names(o))) or _only(
            o for o in options if any(len(name) > 1 and name in text for name in _names(o))
        )
    return None


def _numbered(options: Sequence[Option], number: int, *, bare: bool) -> Choice:
    if number == 0:
        return NoneOfThem()
    if number == -1:
        number = len(options)
    if not 1 <= number <= len(options):
        return OutOfRange(len(options))
    return Picked(options[number - 1], bare)


def _only(options: Iterable[Option]) -> Picked | None:
    found = list(options)
    return Picked(found[0], bare=False) if len(found) == 1 else None


def _names(option: Option) -> list[str]:
    return [plain(name) for name in (option.label, *option.words)]
