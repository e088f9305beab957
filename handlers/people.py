"""Who a visit is for: roles said (给我妈), the account's patients, and which of them fits."""

import re
from collections.abc import Sequence

from bot.dialog.frame import NEW, Heard, Known, Values
from bot.dialog.speech import Json, Option, Reply
from bot.domain.identity import normalise_name, valid_name
from bot.domain.masking import mask_name
from bot.domain.views import PatientView, Relation, Sex
from bot.domain.world import World
from handlers.texts import booking as texts
from handlers.texts import words
from nlu.entities import surnames
from nlu.understood import Understood

_ROLES: tuple[tuple[Relation, Sex | None, tuple[str, ...]], ...] = (
    (Relation.SELF, None, ("本人",)),
    (Relation.PARENT, Sex.FEMALE, ("母亲",)),
    (Relation.PARENT, Sex.MALE, ("父亲",)),
    (Relation.PARENT, None, ("老人",)),
    (Relation.CHILD, Sex.MALE, ("儿子",)),
    (Relation.CHILD, Sex.FEMALE, ("女儿",)),
    (Relation.CHILD, None, ("孩子",)),
    (Relation.SPOUSE, Sex.MALE, ("丈夫",)),
    (Relation.SPOUSE, Sex.FEMALE, ("妻子",)),
    (Relation.SPOUSE, None, ("爱人",)),
    (Relation.OTHER, Sex.MALE, ("爷爷", "外公", "岳父", "公公", "哥哥", "弟弟", "孙子", "外孙")),
    (Relation.OTHER, Sex.FEMALE, ("奶奶", "外婆", "岳母", "婆婆", "姐姐", "妹妹", "孙女", "外孙女")),
)
"""The role words of ``nlu/data/people.yaml``; any other is 其他亲友."""
_ADDS = re.compile(
    r"(?:我[要想]|请|帮我|再|先| )*(?:添加|新增|加)(?:一?[个位]|新的?)*(?:就诊人|病人|家人|人)[吧了。!]*$"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_WORDS = frozenset(
    ("马上", "方便", "高兴", "任何", "任何人", "成年人", "安排", "温柔", "万一", "时间", "简单", "包括")
)
"""Everyday words that begin like a name."""


def relation_of(role: str) -> tuple[Relation, Sex | None]:
    """What a role word says of a patient: 母亲 → a parent, female."""
    for relation, sex, names in _ROLES:
        if role in names:
            return relation, sex
    return Relation.OTHER, None


def role(understood: Understood, world: World, values: Values) -> Heard:
    return Known(understood.slots.patient) if understood.slots.patient else None


def fits(patient: PatientView, said: str) -> bool:
    relation, sex = relation_of(said)
    return patient.relation is relation and (sex is None or patient.sex is sex)


def still_fits(understood: Understood, world: World, values: Values) -> Heard:
    """The patient chosen before is forgotten when the message says it is for somebody else."""
    said, chosen = understood.slots.patient, values.get("patient")
    if not said or chosen is None:
        return None
    patient = next((p for p in world.patients() if p.id == chosen), None)
    shown = values.get("slot") is not None  # before, nobody has been read back: nothing to call a change
    return None if patient and fits(patient, said) else Known(None, adds=not shown)


def somebody_new(understood: Understood, world: World, values: Values) -> Heard:
    """添加就诊人, whatever is asked: who is added is whom it is for."""
    return Known(NEW) if _ADDS.match(understood.normalized) else still_fits(understood, world, values)


def only_one(world: World, values: Values) -> Json:
    """The patient, where the role, or the list, leaves one; read back before anything is written (R8)."""
    if values.get("choose_patient"):
        return None
    said = values.get("role")
    everyone = world.patients()
    found = [p for p in everyone if fits(p, said)] if isinstance(said, str) else everyone
    return found[0].id if len(found) == 1 else None


def offer(world: World, values: Values) -> Reply:
    """The account's patients, and adding one; with nobody yet there is nothing to offer and registering begins."""
    everyone = world.patients()
    if not everyone:
        return Reply(texts.FOR_WHOM)
    said = values.get("role")
    known = [p for p in everyone if fits(p, said)] if isinstance(said, str) else list(everyone)
    add = Option(texts.ADD_PATIENT, NEW, words=("添加", "新增", "加一个", "新的"))
    listed = tuple(Option(words.patient(p), p.id) for p in (known or everyone))
    if isinstance(said, str) and not known:
        told = values.get("name") or values.get("id_number")  # plainly somebody new: registering begins
        return Reply(texts.FOR_OTHERS.format(role=said), (add,) if told else (add, *listed))
    return Reply(texts.FOR_WHOM, (*listed, add))


def seed(world: World, values: Values) -> dict[str, Json]:
    """What registering may start with, heard while booking."""
    known: dict[str, Json] = {f: values[f] for f in ("name", "id_number", "phone") if values.get(f)}
    said = values.get("role")
    if isinstance(said, str):
        known["relation"] = relation_of(said)[0].value
    return known


def answered(understood: Understood, world: World, values: Values) -> Heard:
    """A bare name, as the answer to 给谁看: compared masked, because the list is masked.  Another name or a number
    is somebody to be added."""
    slots = understood.slots
    name = slots.person_name or full_name(understood)
    found = by_name(name or understood.text, world.patients())
    if found:
        return Known(found[0].id) if len(found) == 1 else None
    if name and not slots.doctors:
        return Known(NEW, {"name": name})
    return Known(NEW) if slots.id_number else None


def full_name(understood: Understood) -> str | None:
    """The whole message, where it reads like a name on paper: 李秀英, 欧阳雪."""
    said = normalise_name(understood.text.strip("。.，,！! \n"))
    plain = (
        understood.intent == "unknown" and not understood.slots.patient and not understood.slots.department
    )
    known = said[:1] in surnames.SINGLE or said[:2] in surnames.DOUBLE
    if not plain or not known or said in _WORDS or not _NAME.fullmatch(said):
        return None
    return said if valid_name(said) else None


def by_name(text: str, patients: Sequence[PatientView]) -> Sequence[PatientView]:
    name = normalise_name(text.strip("。.，, "))
    return [p for p in patients if p.masked_name == mask_name(name)] if valid_name(name) else []
