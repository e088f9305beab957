"""An appointment that moves: from which day, to which, or within the day."""

import re

from nlu.dates.daytime import AM, CLOCK, EVENING, PM

MOVED = re.compile(
    r"(?:改|换|挪|调|推|移|延|更改|改签|变更|变|提前|提早|推迟|延后|延迟|推后|延期|调整|顺延|往后推|往前提)(?:约|期|签)?(?:到|成|至|为|在|去)"
)
MOVED_BARE = re.compile(r"(?:改|换|挪|调|转)(?:个|一下|了|约|期)?(?:到|成|为|去)?\Z")
"""25号改26号, 周三去不了了，换周五: right before the new day."""
_TO_A_TIME = re.compile(
    rf"(?:(?:改|换|挪|调|移)(?:个|一下|约|期)?(?:到|成|为|至)?|(?:推迟|提前|延后|推后|延)(?:到|至))(?:同一天|当天)?的?(?:{AM}|{PM}|{EVENING}|{CLOCK})"
)
_APPOINTMENT = re.compile(
    rf"(?:{AM}|{PM}|{EVENING})?(?:的|那个?|那天|约|挂|预约|,)*[^,。;!?\d]{{0,6}}?(?:号|约|预约|门诊|那个)"
)
_MOVES = re.compile(
    r"改(?:期|约|签|时间|天|日子?|个|一下|一改|改)|[换挪](?:个|一)?(?:时间|天|日子|挪|一下)|提[前早](?!.{0,3}(?:多久|多长|几分|到|来|去|约|预约|挂|订))|推迟|延[后期]|往[后前](?:挪|推|移|延|拖|提)|[晚早](?:几|一|两)天|重新(?:约|安排)|另约"
)
"""改期, 能提前吗: to which day is not said."""


def moves(gap: str) -> bool:
    """What stands between the appointment's day and the new one."""
    return bool(MOVED.search(gap) or MOVED_BARE.search(gap))


def within_the_day(text: str, end: int) -> bool:
    """把明天上午的改到下午: ``end`` is where the day ends; no other follows."""
    return _TO_A_TIME.search(text, end) is not None


def to_some_day(text: str, end: int) -> bool:
    """周五的号想改期."""
    return bool(_APPOINTMENT.match(text, end) and _MOVES.search(text, end))
