"""常见问题：答案在 texts/faq.yaml 和医院自己的 faq.yaml 里；没有把握就说不知道，不乱答。"""

import re

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers.faq_book import FaqBook
from handlers.texts import small as texts
from nlu.understood import Understood

_WHERE = re.compile(r"几楼|哪层|几层|在哪|哪里|哪儿|哪栋|几号楼|位置|怎么走|怎么去|怎么找|什么地方")


def _place(understood: Understood, world: World, values: Values) -> Heard:
    """骨科在几楼: the hospital's own tables know."""
    named = world.department(understood.slots.department) if understood.slots.department else None
    known = named is not None and named.location and _WHERE.search(understood.normalized)
    return Known(named.name) if named is not None and known else None


class Faq(Frame, id="faq", version=1, title="常见问题", intents=("faq",), aside=True):
    """Answered at once; the open question stays open."""

    place = Slot(hear=_place)
    topic = Slot()

    def __init__(self, book: FaqBook | None = None) -> None:
        self._book = book or FaqBook()
        own = {**type(self).slots, "topic": Slot(hear=self._topic)}
        object.__setattr__(self, "slots", own)  # of this frame: its answers are the hospital's

    def _topic(self, understood: Understood, world: World, values: Values) -> Heard:
        found = self._book.best(understood.normalized or understood.text)
        return Known(found.id) if found else None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        there = values.get("place")
        where = world.department(there) if isinstance(there, str) else None
        if where is not None:
            return Said(Reply(texts.faq_place(where.name, str(where.location))))
        found = next((entry for entry in self._book.entries() if entry.id == values.get("topic")), None)
        if found is None:
            return Said(Reply(texts.faq_unknown(world.phone)))
        return Said(Reply(texts.faq_fill(found.answer, world.hospital, world.phone)))
