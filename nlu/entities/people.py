"""For whom the visit is: 我妈, 孩子, 老公, 我自己."""

import re
from collections.abc import Sequence
from functools import cache

from nlu.data import load_yaml
from nlu.entities.phrasebook import Mention, Word

_SPEAKS = re.compile(
    r"(?:[^,。;!?]{0,5}(?:带我|陪我|送我|接我|替我|帮我)|不在家?|没空|没时间|(?:也|都)?(?:要|得|在)?(?:上班|出差|加班)|说|让我|叫我|告诉|建议|催|喊我|推荐|介绍|帮我|陪|带我|给我|送我|同意|觉得|提醒|[^,。;!?]{0,4}(?:放学|开家长会|学校))"
)

_CALLED = re.compile(
    r"^(?:喂|哎|诶|嗨|你好|您好|那个|这位|小|大|我说|,| )*\Z"
    r"|(?:谢谢|谢了|多谢|麻烦|辛苦|你好|您好|是吧|对吧)(?:你|您)?(?:了|啊|呀|啦|,| )*\Z"
)
_CALLING = re.compile(r"[啊呀哎哟,!?。 ]|$|你|您|麻烦|请问|我[想要问]")
_YOUNG = frozenset(("女儿", "儿子", "孩子"))
"""闺女啊，我想看病; 谢谢你啊姑娘: old people call the one who serves them so."""

_MINDS = re.compile(r"(?:(?:要|得)(?:带|接送?|照看|照顾|管)(?:我家?的?)?|生[完了过]|怀[着了])\Z")
_TO_SEE = re.compile(r"[^,。;!?]{0,3}(?:看|挂|约|去|来|打|查|复|瞧|做|补|拔|配|开)")
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
        if mention.kind == "person" and _minded(text, mention):
            continue
        if mention.kind != "person" or _SPEAKS.match(text, mention.end):
            continue
        if _DENIED.search(text, 0, mention.start):
            continue
        if mention.value in _YOUNG and _called(text, mention):
            continue
        if mention.value == "本人" and found is not None:
            continue
        found = mention.value
    return found


def _minded(text: str, mention: Mention) -> bool:
    """周末我要带孩子: why somebody cannot come; 带孩子看病 is another matter."""
    return bool(_MINDS.search(text, 0, mention.start)) and not _TO_SEE.match(text, mention.end)


def _called(text: str, mention: Mention) -> bool:
    """Addressed, not spoken of.  A bare 「闺女」 answers for whom."""
    alone = mention.end - mention.start == len(text.strip(",。! ")) or "给他" in text or "给她" in text
    before, after = text[: mention.start], text[mention.end :]
    return (
        not alone
        and bool(_CALLED.search(before))
        and bool(_CALLING.match(after))
        and not after.startswith(",发")
    )
