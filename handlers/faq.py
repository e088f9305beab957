"""常见问题：答案在 texts/faq.yaml 和医院自己的 faq.yaml 里；没有把握就说不知道，不乱答。"""

import re

from bot.dialog.frame import BESIDES, Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.faq import filled
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers.faq_book import Entry, FaqBook
from handlers.texts import small as texts
from nlu.understood import Understood

SEVERAL = 3
"""Appointments whose places fit into one answer."""
_FLOOR = re.compile(
    r"^[^,，。?？]{0,6}(几楼|哪一?层|几层|哪栋楼?|几号楼|哪个诊室|几诊室)[^,，。]{0,4}[?？]?$"
)
_LISTED = re.compile(
    r"号[吗没么不]|有没有|多少钱|什么价|贵不贵|挂号费|哪[个位些天]|几点|什么时候|有空|出诊|约"
)
_ASKED = re.compile(r"[吗么嘛?？]$|什么|怎么|几楼|哪[里儿]|要不要|能不能|可不可以|用不用|带啥")
_PARTS = re.compile(r"[^,.!?;，。！？；\n]+[?？]?")
_WHERE = re.compile(r"几楼|哪层|几层|在哪|哪里|哪儿|哪栋|几号楼|位置|怎么走|怎么去|怎么找|什么地方")


def besides(understood: Understood) -> str:
    """The questions in a message that asks for something else, too: not those that a list of clinics answers."""
    parts = _PARTS.findall(understood.normalized)
    return "?".join(part for part in parts if _ASKED.search(part) and not _LISTED.search(part)) + "?"


def _place(understood: Understood, world: World, values: Values) -> Heard:
    """骨科在几楼: the hospital's own tables know."""
    said = besides(understood) if values.get(BESIDES) else understood.normalized
    named = world.department(understood.slots.department) if understood.slots.department else None
    known = named is not None and named.location and _WHERE.search(said)
    return Known(named.name) if named is not None and known else None


def _visits(understood: Understood, world: World, values: Values) -> Heard:
    """在几楼来着: of what is booked."""
    bare = not understood.slots.department and _FLOOR.search(understood.normalized)
    return Known(True) if bare and 0 < len(world.appointments()) <= SEVERAL else None


class Faq(Frame, id="faq", version=1, title="常见问题", intents=("faq",), aside=True):
    """Answered at once; the open question stays open."""

    place = Slot(hear=_place)
    visits = Slot(hear=_visits)
    topic = Slot()

    def __init__(self, book: FaqBook | None = None) -> None:
        self._book = book or FaqBook()
        own = {**type(self).slots, "topic": Slot(hear=self._topic)}
        object.__setattr__(self, "slots", own)  # of this frame: its answers are the hospital's

    def _topic(self, understood: Understood, world: World, values: Values) -> Heard:
        said = besides(understood) if values.get(BESIDES) else understood.normalized or understood.text
        if values.get("place"):  # told by the hospital's own tables
            said = "?".join(part for part in _PARTS.findall(said) if not _WHERE.search(part))
        return _ids(self._book.several(said))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        there, topics = values.get("place"), values.get("topic")
        where = world.department(there) if isinstance(there, str) else None
        answers = [texts.faq_place(where.name, str(where.location))] if where is not None else []
        if values.get("visits") and not answers:
            answers = [texts.faq_visit(seen) for seen in world.appointments()]
        about = topics if isinstance(topics, list) and not values.get("visits") else []
        known = {entry.id: entry.answer for entry in self._book.entries()}
        answers += [filled(known[str(id)], world.hospital, world.phone) for id in about if id in known]
        return Said(Reply("\n".join(answers) or texts.faq_unknown(world.phone)))


def _ids(found: tuple[Entry, ...]) -> Heard:
    return Known([entry.id for entry in found]) if found else None
