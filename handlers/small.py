"""问候、帮助、道谢：答一句就好，不打断正在办的事。"""

from bot.dialog.frame import WITHIN, Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Option, Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers.texts import small as texts
from nlu.understood import Understood


def menu() -> tuple[Option, ...]:
    """What most people come for."""
    return (
        Option("挂号", opens("booking")),
        Option("我的预约", opens("my_appointments"), words=("查预约",)),
        Option("改时间", opens("change"), words=("改约",)),
        Option("退号", opens("cancel")),
        Option("添加就诊人", opens("register")),
        Option("找人工", opens("human"), words=("人工", "转人工")),
    )


def _without_words(understood: Understood, world: World, values: Values) -> Heard:
    return Known(True) if not understood.text else None


class Greet(Frame, id="greet", version=1, title="问候", intents=("greet",), aside=True):
    """Says who is speaking and what can be done (R24 in spirit)."""

    follows = Slot(hear=_without_words)
    """A greeting without words is that of a new follower."""

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        if values.get(WITHIN):
            return Said(Reply(texts.GREET_AGAIN))
        say = texts.follow if values.get("follows") else texts.greet
        return Said(Reply(say(world.hospital), menu()))


class Help(Frame, id="help", version=1, title="帮助", intents=("help",), aside=True):
    """Examples to say."""

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(texts.HELP, menu()))


class Thanks(Frame, id="thanks", version=1, title="道谢", intents=("thanks",), aside=True):
    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        return Said(Reply(texts.THANKS_AGAIN if values.get(WITHIN) else texts.THANKS))
