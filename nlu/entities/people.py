"""For whom the visit is: 我妈, 孩子, 老公, 我自己."""

import re
from collections.abc import Sequence
from functools import cache

from nlu.data import load_yaml
from nlu.entities.phrasebook import Mention, Word

_SPEAKS = re.compile(r"(?:说|让我|叫我|告诉|建议|催|喊我|推荐|介绍|帮我|陪|带我|给我|送我|同意|觉得)")

_DENIED = re.compile(r"(?:不是|不给|别给|不要给|不是给|不帮)(?:我的?)?\Z")
"""不是我妈，是我自己看: the first one is not meant."""


@cache
def words() -> tuple[tuple[str, Word], ...]:
    """For the phrasebook."""
    return tuple(
        (word, Word("person", canonical))
        for canonical, said in load_yaml("people.yaml").items()
        for word in dict.fromkeys((canonical, *said))
    )


def patient(text: str, mentions: Sequence[Mention]) -> str | None:
    """The last person mentioned who is not merely speaking (我妈让我来挂号)."""
    found: str | None = None
    for mention in mentions:
        if mention.kind != "person" or _SPEAKS.match(text, mention.end):
            continue
        if _DENIED.search(text, 0, mention.start):
            continue
        if mention.value == "本人" and found is not None:
            continue
        found = mention.value
    return found
