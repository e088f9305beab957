"""退订与恢复：听出是哪一类消息，关之前核对一下；挂号结果和停诊通知关不了。亲人去世、发错了人，转给工作人员。"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Option, Reply
from bot.domain.commands import CallHuman, Command, SetPreference
from bot.domain.outcomes import NotOptional, Outcome, PreferenceSet, Refused
from bot.domain.world import World
from bot.pushes.kinds import Group, Kinds
from handlers.texts import messages as texts
from handlers.texts import refusals
from nlu.understood import Understood

ALL = "all"
_WORDS: Mapping[str, str] = {
    "suspension": "停诊",
    "booking": "挂号(结果|成功)|预约(结果|成功)|挂号短信",
    "followup": "随访|回访|复诊|问卷",
    "care": "关怀|问候|温馨|祝福",
    "publication": "号源|公示",
    "broadcast": "公告|群发|宣教|广告|推广|医院通知",
    "reminder": "提醒",
}
"""How people name the groups; the first that fits."""
_EVERYTHING = re.compile(r"全部|所有|一切|任何|什么都|(以上|全)?都(不|别)|全关|全退")
_ON = re.compile(
    r"恢复|(重新|继续|接着)(打开|开启|接收|发|收)|打开|开启|(?<!取消)(?<!退出)订阅|发给我|(还|又)想收"
)
_OFF = re.compile(r"(取消|退出|停止|关闭|不要?|别)\s*(再?订阅|恢复|打开)")
_FOR_STAFF = re.compile(
    r"去世|过世|病故|离世|逝世|(人|他|她|爸|妈|爷|奶|公|婆)(已经)?(不在|走|没)了|发错|不是(病人|患者|本人)|号码不是"
)
_ANGRY = re.compile(r"投诉|举报|12345|告你|曝光")
_KEPT = 200
"""Characters of the patient's words that the desk gets."""


def _direction(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.normalized
    if _ON.search(said) and not _OFF.search(said):
        return Known(True)
    return Known(False) if understood.intent == "unsubscribe" else None


def _for_staff(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.text[:_KEPT]) if _FOR_STAFF.search(understood.normalized) else None


def _angry(understood: Understood, world: World, values: Values) -> Heard:
    """再发我投诉你们: their words, should they want to complain as well."""
    stops = understood.intent == "unsubscribe" and _ANGRY.search(understood.normalized)
    return Known(understood.text[:_KEPT]) if stops else None


def _asked(world: World, values: Values) -> bool:
    return not values.get("for_staff")


class Unsubscribe(
    Frame, id="unsubscribe", version=2, title="消息设置", intents=("unsubscribe",), takes=("survey",)
):
    """Which messages; switching off is read back, switching on is done at once."""

    for_staff = Slot(hear=_for_staff)
    angry = Slot(hear=_angry)
    on = Slot(hear=_direction)
    group = Slot(when=_asked, title="哪一类", hint="1，或者「就诊提醒」")
    sure = Confirm(after=("group", "on"), yes=texts.OFF, no=texts.KEEP)

    def __init__(self, groups: Mapping[str, Group] | None = None) -> None:
        """``groups``: the hospital's, where its kinds differ from the shipped ones."""
        self._groups = Kinds.load().groups if groups is None else groups
        slots = type(self).slots
        own = {
            **slots,
            "group": replace(slots["group"], ask=self._which, hear=self._group),
            "sure": replace(slots["sure"], ask=self._read_back, when=self._turns_off),
        }
        object.__setattr__(self, "slots", own)  # of this frame: the groups are the hospital's

    def _which(self, world: World, values: Values) -> Reply:
        options = [Option(g.title, g.name) for g in self._groups.values() if g.optional]
        if not values.get("on"):
            options.append(Option(texts.ALL, ALL, words=("全部", "都不要", "所有")))
        question = texts.which(bool(values.get("on")))
        if values.get("angry"):
            question = texts.SORRY + question
            options.append(Option(texts.COMPLAIN, opens("complaint", {"words": values["angry"]}), ("投诉",)))
        return Reply(question, tuple(options))

    def _group(self, understood: Understood, world: World, values: Values) -> Heard:
        said = understood.normalized
        named = (name for name, words in _WORDS.items() if name in self._groups and re.search(words, said))
        found = next(named, ALL if _EVERYTHING.search(said) else None)
        return None if found is None else Known(found)

    def _turns_off(self, world: World, values: Values) -> bool:
        group = self._groups.get(str(values.get("group")))
        return _asked(world, values) and not values.get("on") and (group is None or group.optional)

    def _read_back(self, world: World, values: Values) -> Reply:
        name = str(values.get("group"))
        titles = [g.title for g in self._groups.values() if g.optional and name in (ALL, g.name)]
        return Reply(f"{texts.SORRY if values.get('angry') else ''}{texts.sure(titles)}")

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("for_staff"):
            return CallHuman(key, f"消息：{values['for_staff']}")
        return SetPreference(key, str(values["group"]), bool(values.get("on")))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case PreferenceSet(titles=titles, on=on):
                return Said(Reply(texts.on(titles) if on else texts.off(titles)))
            case NotOptional(title=title):
                return Said(Reply(texts.not_optional(title)))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)))
            case _:
                return Said(Reply(texts.told_staff(world.phone)))
