"""What a dialog says: a text, and choices the patient may tap, number or name."""

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
    """A value as a session may store it."""
else:  # msgspec decodes no recursive alias; Any is the same on the wire
    Json = Any


class Option(msgspec.Struct, frozen=True):
    """One choice of an offer."""

    label: str
    """What the patient reads: 「11月22日（周日）下午 王建国 主任医师 余3号 50元」."""
    value: Json
    """What the slot gets; JSON, because the offer is stored with the session."""
    words: tuple[str, ...] = ()
    """Other ways of naming it (王建国, 王主任); the label itself always counts."""
    sets: dict[str, Json] = {}
    """Other slots of the same frame that the choice fills before its own (None forgets one): an alternative clinic
    sets its own day and doctor.  With ``value`` None only these are set: 「更多」 turns the page, and the slot is
    asked again."""


class Reply(msgspec.Struct, frozen=True):
    """One bubble.  Channels number the options 1, 2, 3… and make them tappable where they can."""

    text: str
    options: tuple[Option, ...] = ()
    offer: str = ""
    """Id of the stored offer that the options belong to, set by the engine; a tap comes back as ``offer:n``."""
