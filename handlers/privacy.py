"""我的信息：听出是哪一项权利（个人信息保护法第四十四至五十条）；存了什么就在这里说，其余各有自己的对话。"""

import re
from dataclasses import replace

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command, LookAtData
from bot.domain.outcomes import Outcome
from bot.domain.rights import Ask, Holdings
from bot.domain.world import World
from handlers.privacy_delete import waits
from handlers.privacy_whose import PATIENT, ROLE, failed, patient_of, registered
from handlers.texts import privacy as texts
from nlu.understood import Understood

_WORDS: tuple[tuple[Ask, re.Pattern[str]], ...] = (
    (Ask.DELETE, re.compile(r"删|注销|清[除空掉]|抹[掉去]|销毁|销个?户")),
    (
        Ask.WITHDRAW,
        re.compile(r"撤[回销]|收回|取消.{0,6}(同意|授权)|(别|不[要许准让]|停止|禁止).{0,6}(用|收集|存|留)|不同意"),
    ),
    (Ask.CORRECT, re.compile(r"(登记|写|填|录|打|弄|搞)错|更正|改正|错了|不对")),
    (Ask.COPY, re.compile(r"一?份|导出|下载|打印|复印|拷|复制|调取|查阅")),
    (Ask.LOOK, re.compile(r"存|留[了着]|记[了着]|收集|掌握|哪些|什么|啥|咩|多少|看|查|登记.{0,2}对")),
)  # fmt: skip
_KEEP = "keep"
_KEEPS = re.compile(r"(别|不[要想用]?)(再|给我|把我的?(信息|资料)?)*(删|注销)")
"""别删了: no right, but the answer to one that was asked for."""
_FRAMES = {
    Ask.COPY: ("privacy_copy", texts.COPY),
    Ask.CORRECT: ("privacy_correct", texts.CORRECT),
    Ask.WITHDRAW: ("privacy_withdraw", texts.WITHDRAW),
    Ask.DELETE: ("privacy_delete", texts.DELETE),
}


def _about_one(world: World, values: Values) -> bool:
    return registered(world, values) and values.get("what") != _KEEP


def _what(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.normalized
    if _KEEPS.search(said):
        return Known(_KEEP)
    return next((Known(kind.value) for kind, pattern in _WORDS if pattern.search(said)), None)


def _menu(world: World, values: Values) -> Reply:
    others = (Option(label, kind.value) for kind, (_, label) in _FRAMES.items())
    return Reply(texts.ASK, (Option(texts.LOOK, Ask.LOOK.value), *others))


class Privacy(Frame, id="privacy", version=1, title="我的信息", intents=("privacy",)):
    """Which right; what is stored is answered here, the others have a frame of their own."""

    what = Slot(ask=_menu, hear=_what, when=registered, hint="看看存了我什么")
    role = ROLE
    patient = replace(PATIENT, when=_about_one)

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("what") == Ask.LOOK.value and values.get("patient"):
            return LookAtData(key, str(values["patient"]))
        return None

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        patient = patient_of(world, values)
        if values.get("what") == _KEEP:
            return _kept(world)
        if isinstance(outcome, Holdings) and patient is not None:
            known: dict[str, Json] = {"patient": patient.id}
            ways = tuple(Option(label, opens(frame, dict(known))) for frame, label in _FRAMES.values())
            return Said(Reply(texts.holdings(outcome.masked_name, outcome.holdings), ways), holds=True)
        if outcome is None and patient is not None:
            frame, _ = _FRAMES[Ask(str(values["what"]))]
            return Said(Reply(""), then=(frame, {"patient": patient.id}))
        return failed(outcome, world, values)


def _kept(world: World) -> Said:
    """The deletion that was asked for can be taken back; without one there is nothing to do."""
    for patient in world.patients():
        rights = world.rights(patient.id)
        if rights is not None and rights.done_in is not None:
            return waits(patient.masked_name, rights, rights.done_in)
    return Said(Reply(texts.KEPT))
