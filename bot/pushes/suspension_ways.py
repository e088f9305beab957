"""The answers to a suspension, as they stand under the notice and in the chat; their order is part of a tap's id."""

import re
from enum import StrEnum

from bot.domain.speech import Json, Option


class Way(StrEnum):
    """What a patient may do about a suspended visit."""

    ACCEPT = "accept"
    DAYS = "days"
    DOCTORS = "doctors"
    GIVE_UP = "give_up"


LABELS = {
    Way.ACCEPT: "就换到这个号",
    Way.DAYS: "换别的时间",
    Way.DOCTORS: "换别的医生",
    Way.GIVE_UP: "不看了，退费",
}
GIVE_UP_FREE = "不看了"
"""Where nothing was to be paid, nothing is promised back."""
FRAME = "suspension"
_TAP = re.compile(r"case:([0-9]{1,18})(?:\.([0-9]{1,9}))?:([0-9])")


def ways(*, kept: bool) -> tuple[Way, ...]:
    """With a seat kept for the patient, or without one."""
    return tuple(way for way in Way if kept or way is not Way.ACCEPT)


def label(way: Way, fee_fen: int) -> str:
    return GIVE_UP_FREE if way is Way.GIVE_UP and not fee_fen else LABELS[way]


def options(*, kept: bool, fee_fen: int) -> tuple[Option, ...]:
    return tuple(Option(label(way, fee_fen), None) for way in ways(kept=kept))


def offer_id(case_id: int, offers: int, *, kept: bool) -> str:
    """``case:5.2``: the second seat kept for case 5; ``case:5.0``: nothing could be kept."""
    return f"case:{case_id}.{offers if kept else 0}"


def read_tap(tap: str) -> tuple[str, dict[str, Json]] | None:
    """What a tap below the notice means: the frame it opens, and with what.  ``case:5:1`` does not tell which offer it
    was under: then it is the one that stands."""
    found = _TAP.fullmatch(tap)
    if found is None:
        return None
    case_id, seen, number = int(found[1]), found[2], int(found[3])
    among = ways(kept=seen != "0")
    if not 1 <= number <= len(among):
        return None
    told: dict[str, Json] = {} if seen is None else {"seen": int(seen)}
    return FRAME, {"case": case_id, "way": among[number - 1].value, **told}
