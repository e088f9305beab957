"""登记就诊人：先征得同意（个人信息保护法），再问姓名、证件、手机号，十四岁以下要监护人；打码核对后登记（R14、R8）。"""

from datetime import date

from bot.dialog.frame import Confirm, Frame, Said, Slot, Values
from bot.dialog.speech import Option, Reply
from bot.domain.commands import Command, Guardian, RegisterPatient
from bot.domain.identity import ID_KINDS, age_on
from bot.domain.masking import mask_id_number, mask_name, mask_phone
from bot.domain.outcomes import IdentityConflict, LimitReached, Outcome, Refused, Registered
from bot.domain.views import Relation, Sex
from bot.domain.world import World
from handlers import documents
from handlers import registering as needs
from handlers import registering_heard as hears
from handlers.texts import refusals, words
from handlers.texts import register as texts

_OTHER_DOCUMENT = Option(
    texts.NOT_RESIDENT,
    None,
    sets={"other_document": True, "id_kind": None},
    words=("没有身份证", "没身份证", "没有证件", "别的证件", "其他证件", "还没办身份证"),
)
_SELF = ("我", "我自己", "自己", "我本人", "就是我", "是我", "我看", "给我", "给我看", "给自己")


def _ask_consent(world: World, values: Values) -> Reply:
    yes = Option(texts.AGREE, "yes", words=("我同意", "同意的", "好", "可以"))
    return Reply(texts.CONSENT, (yes, Option(texts.DISAGREE, "no", words=("我不同意", "拒绝"))))


def _ask_relation(world: World, values: Values) -> Reply:
    has_self = any(p.relation is Relation.SELF for p in world.patients())
    shown = [r for r in Relation if not (has_self and r is Relation.SELF)]
    options = (Option(words.RELATIONS[r], r.value, words=_SELF if r is Relation.SELF else ()) for r in shown)
    return Reply(texts.RELATION, tuple(options))


def _ask_name(world: World, values: Values) -> Reply:
    return Reply(texts.NAME_OWN if values.get("relation") == Relation.SELF.value else texts.NAME)


def _ask_kind(world: World, values: Values) -> Reply:
    return Reply(texts.KIND, tuple(Option(words.DOCUMENTS[k], k) for k in ID_KINDS))


def _ask_number(world: World, values: Values) -> Reply:
    kind = needs.kind(values)
    if kind != "resident_id":
        return Reply(texts.NUMBER_OTHER.format(document=words.DOCUMENTS[kind]))
    got = len(_text(values, "id_part"))
    if 0 < got < needs.DIGITS:
        return Reply(texts.number_goes_on(got), (_OTHER_DOCUMENT,))
    own = values.get("relation") == Relation.SELF.value
    return Reply(texts.NUMBER_OWN if own else texts.NUMBER, (_OTHER_DOCUMENT,))


def _ask_sex(world: World, values: Values) -> Reply:
    return Reply(texts.SEX, tuple(Option(words.SEXES[s], s.value) for s in words.SEXES))


def _ask_guardian(world: World, values: Values) -> Reply:
    return Reply(texts.GUARDIAN_NAME.format(years=world.policy().guardian_under_years))


def _ask_guardian_phone(world: World, values: Values) -> Reply:
    return Reply(texts.GUARDIAN_PHONE, (Option(texts.GUARDIAN_PHONE_SAME, values.get("phone")),))


def _read_back(world: World, values: Values) -> Reply:
    sex, born = needs.facts(world, values)
    kind = needs.kind(values)
    guardian = ""
    if needs.asks_guardian(world, values):
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

    manage = Slot(hear=hears.manages)
    other_document = Slot()
    consent = Slot(
        ask=_ask_consent,
        answer=hears.consent,
        auto=needs.already_agreed,
        when=needs.proceeds,
        hint="同意",
        again=texts.CONSENT_AGAIN,
    )
    relation = Slot(
        ask=_ask_relation,
        hear=hears.relation,
        answer=hears.named_first,
        when=needs.goes_on,
        title="关系",
        hint="本人，或者「我妈」",
    )
    name = Slot(
        ask=_ask_name,
        hear=hears.name,
        answer=hears.bare_name,
        when=needs.goes_on,
        title="姓名",
        hint="王建国",
    )
    id_kind = Slot(
        ask=_ask_kind,
        hear=documents.kind_said,
        after=("other_document",),
        when=needs.asks_kind,
        title="",
        hint="护照",
    )
    id_part = Slot(hear=hears.id_part, after=("id_kind",))
    id_number = Slot(
        ask=_ask_number,
        hear=hears.id_number,
        answer=hears.bare_number,
        after=("id_kind",),
        when=needs.goes_on,
        title="证件号码",
        hint="身份证上的18位数字",
    )
    sex = Slot(
        ask=_ask_sex, answer=hears.sex, after=("id_kind",), when=needs.asks_sex, title="性别", hint="女"
    )
    birth_date = Slot(
        ask=texts.BIRTH,
        answer=hears.birth,
        after=("id_kind",),
        when=needs.asks_sex,
        title="出生日期",
        hint="1956年3月8日",
    )
    phone = Slot(
        ask=texts.PHONE,
        hear=hears.phone,
        answer=documents.phone_said,
        when=needs.goes_on,
        title="手机号",
        hint="11位数字",
    )
    guardian_name = Slot(
        ask=_ask_guardian, answer=hears.bare_name, when=needs.asks_guardian, title="监护人姓名", hint="王建国"
    )
    guardian_id = Slot(
        ask=texts.GUARDIAN_ID,
        answer=hears.guardian_id,
        when=needs.asks_guardian,
        title="监护人身份证",
        hint="18位数字",
    )
    guardian_phone = Slot(
        ask=_ask_guardian_phone,
        answer=hears.guardian_phone,
        when=needs.asks_guardian,
        title="监护人手机号",
        hint="11位数字",
    )
    sure = Confirm(
        _read_back,
        when=needs.goes_on,
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
            needs.kind(values),
            _text(values, "id_number"),
            _text(values, "phone"),
            needs.CONSENTS,
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
    wrong = values.get("manage")
    if isinstance(wrong, str):
        return Said(Reply(""), then=("privacy_correct", {} if wrong == hears.ANY_FIELD else {"field": wrong}))
    if wrong:
        return Said(Reply(""), then=("patients", {}))
    if needs.full(world):
        return Said(Reply(texts.FULL.format(limit=world.policy().patients_per_account)), abandon=True)
    return Said(Reply(texts.DECLINED.format(phone=world.phone)), abandon=True)


def _guardian(values: Values) -> Guardian | None:
    if not values.get("guardian_phone"):
        return None
    return Guardian(*(_text(values, f"guardian_{field}") for field in ("name", "id", "phone")))
