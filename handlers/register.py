"""登记就诊人：先征得同意（个人信息保护法），再问姓名、证件、手机号，十四岁以下要监护人；打码核对后登记（R14、R8）。"""

import re
from datetime import date

from bot.dialog.frame import Confirm, Frame, Heard, Known, Said, Slot, Values, Wrong
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command, Guardian, RegisterPatient
from bot.domain.identity import ID_KINDS, age_on, normalise_name, valid_name
from bot.domain.masking import mask_id_number, mask_name, mask_phone
from bot.domain.outcomes import IdentityConflict, LimitReached, Outcome, Refused, Registered
from bot.domain.views import Relation, Sex
from bot.domain.world import World
from handlers import documents
from handlers.people import relation_of
from handlers.texts import refusals, words
from handlers.texts import register as texts
from nlu.understood import Understood

CONSENTS = ("privacy", "health_data")
_MANAGE = re.compile(
    r"(改|换|更[换正新]|修改).{0,6}(手机|电话)|(删除?|移除|解绑|解除|去掉).{0,6}(就诊人|绑定|患者)"
    r"|就诊人(管理|列表)|(我的|查看|看看?|有哪些)就诊人"
)
_NO = re.compile(r"不同意|不愿意|不想登记|不登记|拒绝|^不(行|可以|要|好)?[吧了。!]*$")
_YES = re.compile(
    r"^(我|都|可以|好的?|行)*,?(同意|愿意|没问题)|^(好|好的|可以|行|嗯|是|是的|对|中|要得|ok)[吧的呀啊嗯。!~]*$"
)
_OTHER_DOCUMENT = Option(
    texts.NOT_RESIDENT,
    None,
    sets={"other_document": True, "id_kind": None},
    words=("没有身份证", "没身份证", "别的证件", "其他证件"),
)


# -- what is heard --------------------------------------------------------------------------------


def manages(understood: Understood, world: World, values: Values) -> Heard:
    """就诊人管理, 改手机号: the list, not a new patient."""
    return Known(True) if _MANAGE.search(understood.normalized) and not values.get("consent") else None


def _consent(understood: Understood, world: World, values: Values) -> Heard:
    """Only plain words count: a consent is never guessed (个人信息保护法 §14)."""
    said = understood.normalized
    if _NO.search(said) or understood.intent == "deny":
        return Known("no")
    return Known("yes") if _YES.search(said) else None


def _relation(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.patient
    if said is None or (values.get("relation") and not understood.corrects):
        return None
    return Known(relation_of(said)[0].value)


def _name(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.person_name
    if not said or (values.get("name") and not understood.corrects):
        return None
    return _checked_name(said)


def _bare_name(understood: Understood, world: World, values: Values) -> Heard:
    said = re.sub(
        r"^(我(的名字)?(叫|是)|名字(是|叫)?|姓名|叫)[:： ]?", "", understood.text.strip("。.，,！! \n")
    )
    return _checked_name(said)


def _checked_name(said: str) -> Heard:
    name = normalise_name(said)
    return Known(name) if valid_name(name) and len(name) <= 20 else Wrong(texts.NAME_WRONG)


def _id_number(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.id_number
    if not said or (values.get("id_number") and not understood.corrects and _guardian_open(world, values)):
        return None
    return documents.check(said, _kind(values), world.now.date())


def _bare_number(understood: Understood, world: World, values: Values) -> Heard:
    return documents.check(understood.text, _kind(values), world.now.date())


def _phone(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.phone
    if not said or (values.get("phone") and not understood.corrects and _guardian_open(world, values)):
        return None
    return Known(said)


def _sex(understood: Understood, world: World, values: Values) -> Heard:
    if re.search(r"女", understood.normalized):
        return Known(Sex.FEMALE.value)
    return Known(Sex.MALE.value) if re.search(r"男", understood.normalized) else None


def _birth(understood: Understood, world: World, values: Values) -> Heard:
    born = documents.birth_date(understood.normalized)
    return Known(born.isoformat()) if born and born <= world.now.date() else Wrong(texts.BIRTH_WRONG)


def _guardian_id(understood: Understood, world: World, values: Values) -> Heard:
    result = documents.check(understood.slots.id_number or understood.text, "resident_id", world.now.date())
    if isinstance(result, Known):
        found = documents.read("resident_id", result.value, world.now.date())
        if found and found.birth_date and age_on(world.now.date(), found.birth_date) < 18:
            return Wrong(texts.GUARDIAN_MINOR)
    return result


def _guardian_phone(understood: Understood, world: World, values: Values) -> Heard:
    if understood.slots.phone:
        return Known(understood.slots.phone)
    if re.search(r"一样|同上|相同|就是这个", understood.normalized):
        return Known(values.get("phone"))
    return documents.check_phone(understood.text)


# -- what is needed -------------------------------------------------------------------------------


def _kind(values: Values) -> str:
    kind = values.get("id_kind")
    return kind if isinstance(kind, str) else "resident_id"


def _agreed(world: World, values: Values) -> bool:
    return values.get("consent") == "yes"


def _proceeds(world: World, values: Values) -> bool:
    return not values.get("manage") and not _full(world)


def _goes_on(world: World, values: Values) -> bool:
    return _proceeds(world, values) and _agreed(world, values)


def _full(world: World) -> bool:
    limit = world.policy().patients_per_account
    return bool(limit) and len(world.patients()) >= limit


def _already_agreed(world: World, values: Values) -> Json:
    return "yes" if all(world.consented(kind) for kind in CONSENTS) else None


def _facts(world: World, values: Values) -> tuple[Sex | None, date | None]:
    """Sex and birth date, by the number or as said."""
    found = documents.read(_kind(values), values.get("id_number"), world.now.date())
    sex, born = values.get("sex"), values.get("birth_date")
    return (
        (found.sex if found else None) or (Sex(sex) if isinstance(sex, str) else None),
        (found.birth_date if found else None)
        or (date.fromisoformat(born) if isinstance(born, str) else None),
    )


def _asks_kind(world: World, values: Values) -> bool:
    return _goes_on(world, values) and bool(values.get("other_document"))


def _asks_sex(world: World, values: Values) -> bool:
    found = documents.read(_kind(values), values.get("id_number"), world.now.date())
    return _goes_on(world, values) and found is not None and found.sex is None


def _guardian_open(world: World, values: Values) -> bool:
    return _asks_guardian(world, values) and not values.get("guardian_phone")


def _asks_guardian(world: World, values: Values) -> bool:
    """A child under 14 needs an adult who answers for them."""
    _, born = _facts(world, values)
    limit = world.policy().guardian_under_years
    return _goes_on(world, values) and born is not None and age_on(world.now.date(), born) < limit


# -- questions ------------------------------------------------------------------------------------


def _ask_consent(world: World, values: Values) -> Reply:
    yes = Option(texts.AGREE, "yes", words=("我同意", "同意的", "好", "可以"))
    return Reply(texts.CONSENT, (yes, Option(texts.DISAGREE, "no", words=("我不同意", "拒绝"))))


def _ask_relation(world: World, values: Values) -> Reply:
    has_self = any(p.relation is Relation.SELF for p in world.patients())
    shown = [r for r in Relation if not (has_self and r is Relation.SELF)]
    return Reply(texts.RELATION, tuple(Option(words.RELATIONS[r], r.value) for r in shown))


def _ask_name(world: World, values: Values) -> Reply:
    return Reply(texts.NAME_OWN if values.get("relation") == Relation.SELF.value else texts.NAME)


def _ask_kind(world: World, values: Values) -> Reply:
    return Reply(texts.KIND, tuple(Option(words.DOCUMENTS[k], k) for k in ID_KINDS))


def _ask_number(world: World, values: Values) -> Reply:
    kind = _kind(values)
    if kind != "resident_id":
        return Reply(texts.NUMBER_OTHER.format(document=words.DOCUMENTS[kind]))
    own = values.get("relation") == Relation.SELF.value
    return Reply(texts.NUMBER_OWN if own else texts.NUMBER, (_OTHER_DOCUMENT,))


def _ask_sex(world: World, values: Values) -> Reply:
    return Reply(texts.SEX, tuple(Option(words.SEXES[s], s.value) for s in words.SEXES))


def _ask_guardian(world: World, values: Values) -> Reply:
    return Reply(texts.GUARDIAN_NAME.format(years=world.policy().guardian_under_years))


def _ask_guardian_phone(world: World, values: Values) -> Reply:
    return Reply(texts.GUARDIAN_PHONE, (Option(texts.GUARDIAN_PHONE_SAME, values.get("phone")),))


def _read_back(world: World, values: Values) -> Reply:
    sex, born = _facts(world, values)
    kind = _kind(values)
    guardian = ""
    if _asks_guardian(world, values):
        guardian = (
            f"{mask_name(_text(values, 'guardian_name'))}，手机 {mask_phone(_text(values, 'guardian_phone'))}"
        )
    return Reply(
        texts.read_back(
            Relation(_text(values, "relation")),
            mask_name(_text(values, "name")),
            words.DOCUMENTS[kind],
            mask_id_number(_text(values, "id_number")),
            sex,
            born,
            age_on(world.now.date(), born) if born else None,
            mask_phone(_text(values, "phone")),
            guardian,
        )
    )


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


class Register(Frame, id="register", version=1, title="登记就诊人", intents=("register_patient",)):
    """Facts given in one sentence are all taken; only what is missing is asked."""

    manage = Slot(hear=manages)
    other_document = Slot()
    consent = Slot(ask=_ask_consent, answer=_consent, auto=_already_agreed, when=_proceeds, hint="同意")
    relation = Slot(ask=_ask_relation, hear=_relation, when=_goes_on, title="关系", hint="本人，或者「我妈」")
    name = Slot(ask=_ask_name, hear=_name, answer=_bare_name, when=_goes_on, title="姓名", hint="王建国")
    id_kind = Slot(
        ask=_ask_kind,
        hear=documents.kind_said,
        after=("other_document",),
        when=_asks_kind,
        title="",
        hint="护照",
    )
    id_number = Slot(
        ask=_ask_number,
        hear=_id_number,
        answer=_bare_number,
        after=("id_kind",),
        when=_goes_on,
        title="证件号码",
        hint="身份证上的18位数字",
    )
    sex = Slot(ask=_ask_sex, answer=_sex, after=("id_kind",), when=_asks_sex, title="性别", hint="女")
    birth_date = Slot(
        ask=texts.BIRTH,
        answer=_birth,
        after=("id_kind",),
        when=_asks_sex,
        title="出生日期",
        hint="1956年3月8日",
    )
    phone = Slot(
        ask=texts.PHONE,
        hear=_phone,
        answer=documents.phone_said,
        when=_goes_on,
        title="手机号",
        hint="11位数字",
    )
    guardian_name = Slot(
        ask=_ask_guardian, answer=_bare_name, when=_asks_guardian, title="监护人姓名", hint="王建国"
    )
    guardian_id = Slot(
        ask=texts.GUARDIAN_ID, answer=_guardian_id, when=_asks_guardian, title="监护人身份证", hint="18位数字"
    )
    guardian_phone = Slot(
        ask=_ask_guardian_phone,
        answer=_guardian_phone,
        when=_asks_guardian,
        title="监护人手机号",
        hint="11位数字",
    )
    sure = Confirm(
        _read_back,
        when=_goes_on,
        after=(
            "relation", "name", "id_kind", "id_number", "sex", "birth_date", "phone",
            "guardian_name", "guardian_id", "guardian_phone",
        ),
    )  # fmt: skip

    def commit(self, values: Values, key: str) -> Command | None:
        if values.get("sure") is not True:
            return None
        born, sex = _text(values, "birth_date"), _text(values, "sex")
        return RegisterPatient(
            key,
            Relation(_text(values, "relation")),
            _text(values, "name"),
            _kind(values),
            _text(values, "id_number"),
            _text(values, "phone"),
            CONSENTS,
            Sex(sex) if sex else None,
            date.fromisoformat(born) if born else None,
            _guardian(values),
        )

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case Registered(patient=patient, linked=linked):
                return Said(Reply(texts.registered(patient, linked)), result=patient.id)
            case Refused(why=IdentityConflict() as why):
                return Said(Reply(refusals.reason(why, world.phone)), done=False, clear=("name", "phone"))
            case Refused(why=LimitReached() as why):
                return Said(Reply(refusals.limit(why)), abandon=True)
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)), done=False, clear=("id_number",))
            case _:
                return _not_registered(world, values)


def _not_registered(world: World, values: Values) -> Said:
    """Nothing was asked of the hospital: another wish, a full list, or no consent."""
    if values.get("manage"):
        return Said(Reply(""), then=("patients", {}))
    if _full(world):
        return Said(Reply(texts.FULL.format(limit=world.policy().patients_per_account)), abandon=True)
    return Said(Reply(texts.DECLINED.format(phone=world.phone)), abandon=True)


def _guardian(values: Values) -> Guardian | None:
    if not values.get("guardian_phone"):
        return None
    return Guardian(*(_text(values, f"guardian_{field}") for field in ("name", "id", "phone")))
