"""危险信号：先说打120、去最近的急诊，再说眼下怎么做；轻生的话先给热线和陪伴。同时告诉值班护士。不下诊断（R42）。"""

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command, ReportDanger
from bot.domain.flags import FlagLevel
from bot.domain.outcomes import DangerReported, Outcome
from bot.domain.world import World
from handlers.texts import emergency as texts
from nlu.understood import Understood

EMERGENCY_ROOM = "急诊科"
UNNAMED = "急"
"""Plainly an emergency, and no sign that has a name."""
WORDS_LENGTH = 500
"""Enough for the nurse to know what to ask first."""


def _flag(understood: Understood, world: World, values: Values) -> Heard:
    return (
        Known(understood.red_flag or UNNAMED)
        if understood.red_flag or understood.intent == "emergency"
        else None
    )


def _words(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.text[:WORDS_LENGTH]) if understood.text.strip() else None


class Emergency(Frame, id="emergency", version=1, title="急救", intents=("emergency",), aside=True):
    """Whatever dialog is open; it stays open."""

    flag = Slot(hear=_flag)
    words = Slot(hear=_words)

    def commit(self, values: Values, key: str) -> Command | None:
        """A tap on 急救 in a menu tells of nobody's danger."""
        words = str(values.get("words") or "")
        return ReportDanger(key, str(values.get("flag") or UNNAMED), words) if words else None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        flag = str(values.get("flag") or "")
        room = world.department(EMERGENCY_ROOM)
        where = f"{EMERGENCY_ROOM}（{room.location}）" if room and room.location else EMERGENCY_ROOM
        told = outcome if isinstance(outcome, DangerReported) else None
        if flag == texts.SELF_HARM:
            text = texts.self_harm(world.hospital, where, world.phone)
            return Said(Reply(text + texts.told_gently(told)), quiet=True)
        text = texts.danger(flag, world.hospital, where, world.phone)
        return Said(Reply(text + texts.told(told), _seat(told, world)), shelves=True)


def _seat(told: DangerReported | None, world: World) -> tuple[Option, ...]:
    """A seat is for what can wait for one: never beside a sign that wants 120."""
    if told is None or told.level is not FlagLevel.SOON:
        return ()
    known: dict[str, Json] = {"department": told.department} if world.department(told.department) else {}
    return (Option(texts.SEAT, opens("booking", known)),)
