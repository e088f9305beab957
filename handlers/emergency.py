"""危险信号：先说打120、去最近的急诊，再说眼下怎么做；轻生的话先给热线和陪伴。不下诊断（R42）。"""

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers.texts import emergency as texts
from nlu.understood import Understood

EMERGENCY_ROOM = "急诊科"


def _flag(understood: Understood, world: World, values: Values) -> Heard:
    return (
        Known(understood.red_flag or "急")
        if understood.red_flag or understood.intent == "emergency"
        else None
    )


class Emergency(Frame, id="emergency", version=1, title="急救", intents=("emergency",), aside=True):
    """Whatever dialog is open; it stays open."""

    flag = Slot(hear=_flag)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        flag = str(values.get("flag") or "")
        room = world.department(EMERGENCY_ROOM)
        where = f"{EMERGENCY_ROOM}（{room.location}）" if room and room.location else EMERGENCY_ROOM
        if flag == texts.SELF_HARM:
            return Said(Reply(texts.self_harm(world.hospital, where, world.phone)), quiet=True)
        return Said(Reply(texts.danger(flag, world.hospital, where, world.phone)), shelves=True)
