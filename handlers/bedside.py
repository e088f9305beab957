"""床边码：扫了病床边的二维码，说清是谁的、征得同意、核对证件后四位，就把住院的人添加到这个微信号（R14、R34）。"""

import re

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values, Wrong
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import ClaimBed, Command
from bot.domain.identity import normalise_id_number
from bot.domain.outcomes import BedClaimed, BedRefused, InvalidField, Outcome, Refused
from bot.domain.views import BedView, Relation
from bot.domain.world import World
from handlers import registering as needs
from handlers import registering_heard as hears
from handlers.texts import bedside as texts
from handlers.texts import refusals, words
from handlers.texts import register as registering
from nlu.understood import Understood

OPEN, LINKED, GONE = "open", "linked", "gone"
"""How the code stood when it was scanned."""
_TAIL = 4
_NUMBER = re.compile(r"(?<![0-9])[0-9]+X?(?![0-9])")
_SELF = ("我", "我自己", "自己", "我本人", "就是我", "是我", "患者本人", "病人本人")
_FAMILY = ("家属", "亲戚", "朋友", "护工", "陪护", "其他")


def _bed(world: World, values: Values) -> BedView | None:
    scene = values.get("scene")
    return world.bed(scene) if isinstance(scene, str) else None


def _scene(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.scene) if understood.slots.scene else None


def _state(world: World, values: Values) -> Json:
    """Looked at once: after it is claimed, a message that comes again still means the same."""
    bed = _bed(world, values)
    return GONE if bed is None else LINKED if bed.linked else OPEN


def _opened(world: World, values: Values) -> bool:
    return values.get("state") == OPEN


def _agreed(world: World, values: Values) -> bool:
    return _opened(world, values) and needs.agreed(world, values)


def _name(world: World, values: Values) -> str:
    bed = _bed(world, values)
    return bed.masked_name if bed is not None else "住院的人"


def _ask_relation(world: World, values: Values) -> Reply:
    bed = _bed(world, values)
    more = {Relation.SELF: _SELF, Relation.OTHER: _FAMILY}
    options = (Option(words.RELATIONS[r], r.value, words=more.get(r, ())) for r in Relation)
    return Reply("" if bed is None else texts.whose(bed), tuple(options))


def _relation_again(world: World, values: Values) -> str:
    bed = _bed(world, values)
    return "" if bed is None else texts.whose_again(bed)


def _ask_consent(world: World, values: Values) -> Reply:
    yes = Option(registering.AGREE, "yes", words=("我同意", "同意的", "好", "可以"))
    no = Option(registering.DISAGREE, "no", words=("我不同意", "拒绝"))
    return Reply(texts.CONSENT.format(patient=_name(world, values)), (yes, no))


def _tail(understood: Understood, world: World, values: Values) -> Heard:
    """「307X」 or the whole number; digits of another length are told at once, without being counted."""
    found = _NUMBER.findall(normalise_id_number(understood.text))
    if not found:
        return None
    number = max(found, key=len)
    if len(number) not in (_TAIL, needs.DIGITS):
        return Wrong(texts.TAIL_LENGTH)
    return Known(number[-_TAIL:])


class Bedside(Frame, id="bedside", version=1, title="床边登记", intents=("bedside",)):
    """Opened by a scan, also by one that follows the account; what is said of the patient is what stands at the bed."""

    scene = Slot(hear=_scene)
    state = Slot(auto=_state, after=("scene",))
    relation = Slot(
        ask=_ask_relation,
        hear=hears.relation,
        after=("scene",),
        when=_opened,
        title="关系",
        hint="本人，或者「我妈」",
        again=_relation_again,
    )
    consent = Slot(
        ask=_ask_consent,
        answer=hears.consent,
        after=("scene",),
        when=_opened,
        hint="同意",
        again=lambda world, values: texts.CONSENT_AGAIN.format(patient=_name(world, values)),
    )
    tail = Slot(
        ask=lambda world, values: Reply(texts.TAIL.format(patient=_name(world, values))),
        answer=_tail,
        after=("scene",),
        when=_agreed,
        hint="307X",
        again=lambda world, values: texts.TAIL_AGAIN.format(patient=_name(world, values)),
    )

    def commit(self, values: Values, key: str) -> Command | None:
        tail, scene, relation = values.get("tail"), values.get("scene"), values.get("relation")
        if not (isinstance(tail, str) and isinstance(scene, str) and isinstance(relation, str)):
            return None
        return ClaimBed(key, scene, tail, Relation(relation))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case BedClaimed(patient=patient):
                return Said(Reply(texts.claimed(patient)))
            case BedRefused(why="wrong") as why:
                return Said(Reply(texts.refused(why, world.phone)), done=False, clear=("tail",))
            case BedRefused() as why:
                return Said(Reply(texts.refused(why, world.phone)))
            case Refused(why=InvalidField()):
                return Said(Reply(texts.MORE_NEEDED), then=("register", {}))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)))
            case _:
                return Said(Reply(_nothing_asked(world, values)))


def _nothing_asked(world: World, values: Values) -> str:
    if values.get("state") == LINKED:
        return texts.linked(_name(world, values))
    if values.get("state") == OPEN:
        return texts.declined(world.phone)
    return texts.unknown(world.phone)
