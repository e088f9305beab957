"""The patient's verdicts on the answer to a 意见 or 投诉, as they stand under it; their order is part of a tap's id."""

import re
from enum import StrEnum

from bot.domain.speech import Json, Option


class Verdict(StrEnum):
    """What may be said of an answer."""

    CONTENT = "content"
    NOT_YET = "not_yet"


LABELS = {Verdict.CONTENT: "满意", Verdict.NOT_YET: "还没解决"}
FRAME = "ticket"
_TAP = re.compile(r"ticket:([0-9]{1,18})\.([0-9]{1,9}):([0-9])")


def options() -> tuple[Option, ...]:
    return tuple(Option(LABELS[verdict], None) for verdict in Verdict)


def offer_id(ticket_id: int, version: int) -> str:
    """``ticket:5.4``: the answer that is version 4 of ticket 5; its taps are ``ticket:5.4:1`` …"""
    return f"ticket:{ticket_id}.{version}"


def read_tap(tap: str) -> tuple[str, dict[str, Json]] | None:
    """What a tap below the answer means: the frame it opens, and with what; it works days later."""
    found = _TAP.fullmatch(tap)
    verdicts = tuple(Verdict)
    if found is None or not 1 <= int(found[3]) <= len(verdicts):
        return None
    verdict = verdicts[int(found[3]) - 1].value
    return FRAME, {"ticket": int(found[1]), "seen": int(found[2]), "tapped": verdict}
