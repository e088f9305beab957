"""转人工：排进人工服务台的队；「返回」接着用自助。"""

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.commands import CallHuman, Command
from bot.domain.outcomes import HumanQueued, Outcome
from bot.domain.world import World
from handlers.texts import small as texts
from nlu.understood import Understood

REASON_LENGTH = 200
"""Enough for the desk to see what it is about."""


def words_kept(understood: Understood, world: World, values: Values) -> Heard:
    """The patient's own words, for the desk."""
    return (
        Known(understood.text[:REASON_LENGTH])
        if understood.text.strip() and not values.get("words")
        else None
    )


class Human(Frame, id="human", version=1, title="转人工", intents=("human",), aside=True):
    """At once, without questions."""

    words = Slot(hear=words_kept)

    def commit(self, values: Values, key: str) -> Command | None:
        return CallHuman(key, str(values.get("words") or ""))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case HumanQueued(ahead=ahead, staffed=staffed):
                return Said(Reply(texts.human(ahead, staffed, world.phone)))
            case _:
                return Said(Reply(texts.human_left()))
