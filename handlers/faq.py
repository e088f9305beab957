"""常见问题：答案在 texts/faq.yaml 里，医院自己改；没有把握就说不知道，不乱答。"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers.texts import small as texts
from nlu.understood import Understood

_WHERE = re.compile(r"几楼|哪层|几层|在哪|哪里|哪儿|哪栋|几号楼|位置|怎么走|怎么去|怎么找|什么地方")


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer.  ``words``: each is a set of parts that must all occur (取 报告)."""

    id: str
    words: tuple[tuple[str, ...], ...]
    answer: str

    def score(self, said: str) -> int:
        """Characters of the longest alternative that occurs."""
        return max((sum(map(len, parts)) for parts in self.words if all(p in said for p in parts)), default=0)


@cache
def entries() -> tuple[Entry, ...]:
    """The file, read once for a process."""
    raw = yaml.safe_load(files("handlers.texts").joinpath("faq.yaml").read_text(encoding="utf-8"))
    return tuple(
        Entry(item["id"], tuple(tuple(str(words).split()) for words in item["words"]), item["answer"])
        for item in raw
    )


def best(said: str) -> Entry | None:
    """The entry that knows most of what was said; the earlier of two equal ones."""
    found = max(entries(), key=lambda entry: entry.score(said), default=None)
    return found if found and found.score(said) else None


def _place(understood: Understood, world: World, values: Values) -> Heard:
    """骨科在几楼: the hospital's own tables know."""
    named = world.department(understood.slots.department) if understood.slots.department else None
    known = named is not None and named.location and _WHERE.search(understood.normalized)
    return Known(named.name) if named is not None and known else None


def _topic(understood: Understood, world: World, values: Values) -> Heard:
    found = best(understood.normalized or understood.text)
    return Known(found.id) if found else None


class Faq(Frame, id="faq", version=1, title="常见问题", intents=("faq",), aside=True):
    """Answered at once; the open question stays open."""

    place = Slot(hear=_place)
    topic = Slot(hear=_topic)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        there = values.get("place")
        where = world.department(there) if isinstance(there, str) else None
        if where is not None:
            return Said(Reply(texts.faq_place(where.name, str(where.location))))
        found = next((entry for entry in entries() if entry.id == values.get("topic")), None)
        if found is None:
            return Said(Reply(texts.faq_unknown(world.phone)))
        return Said(Reply(texts.faq_fill(found.answer, world.hospital, world.phone)))
