"""The engine's own frame: back from the human desk."""

from bot.dialog.frame import Frame, Said, Values
from bot.dialog.repair import Phrases
from bot.dialog.speech import Reply
from bot.domain.commands import Command, LeaveHuman
from bot.domain.outcomes import Outcome
from bot.domain.world import World

ALONE = "alone"
"""A value: nothing else was open."""


class LeaveDesk(Frame, id="leave_desk"):
    """Told to the desk by a command; what was open before is asked again."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases

    def commit(self, values: Values, key: str) -> Command | None:
        return LeaveHuman(key)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(self.phrases.left_desk(not values.get(ALONE))))
