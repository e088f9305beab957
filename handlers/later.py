"""还不能在聊天里办的事（候补、交费）：老实说，并说清现在怎么办。"""

from bot.dialog.frame import Frame, Said, Values
from bot.dialog.speech import Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers.texts import small as texts


class Waitlist(Frame, id="waitlist", version=1, title="候补", intents=("waitlist",), aside=True):
    """R5's waitlist is not here yet."""

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(texts.waitlist(world.phone)))


class Pay(Frame, id="pay", version=1, title="交费", intents=("pay",), aside=True):
    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(texts.pay(world.phone)))
