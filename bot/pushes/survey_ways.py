"""The answers to an invitation to a questionnaire, as they stand under the push; their order is part of a tap's id."""

import re
from enum import StrEnum

from bot.domain.speech import Json, Option


class Way(StrEnum):
    """What may be done about a questionnaire that is offered."""

    START = "start"
    FAMILY = "family"
    """A relative answers for the patient (R34)."""
    LATER = "later"
    REFUSE = "refuse"


LABELS = {
    Way.START: "开始回答",
    Way.FAMILY: "我是家属，帮着答",
    Way.LATER: "晚点再说",
    Way.REFUSE: "不想参加",
}
GO_ON = "接着回答"
"""In place of 开始回答, where somebody has begun."""
FRAME = "survey"
_TAP = re.compile(r"(followup:[0-9]{1,18}):([0-9])")


def options(*, begun: bool = False) -> tuple[Option, ...]:
    """Under the push; the taps are numbered by `Way`'s order, whatever their labels."""
    return tuple(Option(GO_ON if begun and way is Way.START else LABELS[way], None) for way in Way)


def offer_id(scope: str) -> str:
    """``followup:12``; its taps are ``followup:12:1`` …"""
    return scope


def read_tap(tap: str) -> tuple[str, dict[str, Json]] | None:
    """What a tap below the push means: the frame it opens, and with what; it works days later."""
    found = _TAP.fullmatch(tap)
    ways = tuple(Way)
    if found is None or not 1 <= int(found[2]) <= len(ways):
        return None
    return FRAME, {"scope": found[1], "way": ways[int(found[2]) - 1].value}
