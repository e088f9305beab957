"""登记时听到的每一项：同意与否、关系、姓名、证件、手机号、监护人；当场核对对不对。"""

import re

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.domain.identity import age_on, normalise_name, valid_name
from bot.domain.masking import mask_name
from bot.domain.views import Relation, Sex
from bot.domain.world import World
from handlers import documents
from handlers import registering as needs
from handlers.people import full_name, relation_of
from handlers.texts import register as texts
from nlu.understood import Understood

_MANAGE = re.compile(
    r"(改|换|更[换正新]|修改).{0,6}(手机|电话)|(删除?|移除|解绑|解除|去掉).{0,6}(就诊人|绑定|患者)"
    r"|就诊人(管理|列表)|(我的|查看|看看?|有哪些)就诊人"
)
_MISTAKEN = re.compile(
    r"(登|登记|写|填|录|打|弄|搞)错|(名字|姓名|身份证|证件|性别|生日|出生|年龄|信息|资料|手机|电话).{0,5}(错了?|不对|变了|换了)"
)
FIELDS = (("phone", r"手机|电话"), ("name", r"名字|姓名"), ("id_number", r"证件|身份证|号码"), ("sex", r"性别"),
          ("birth_date", r"生日|出生|年龄"))  # fmt: skip
"""What of somebody is registered, as people call it."""
ANY_FIELD = "?"
_AROUND = "。.，,！! \n"
_NO_NAME = re.compile(
    r"[你吗呢吧？?，,。]|什么|怎么|为什么|干嘛|知道|可以|能不能|不想|不要|不能|身份证|手机|电话|挂号|医生|医院|随便|一下|姓名|名字|[我他她]的?(?:妈|爸|老|孩|儿|女)|^[我他她它]$|没有|没带|户口[本簿]|护照|证$"
)
"""What is in no name."""
_CALLED = re.compile(
    r"^.{1,2}(大爷|大妈|大娘|大伯|阿姨|叔叔|先生|女士|小姐|师傅|奶奶|爷爷|医生|大夫|老师)$|^老.$"
)
"""李大爷: how they are called, not what is on paper."""
_SPEAKER = re.compile(r"^我(的)?(姓名|名字)?(叫|是)")
PHRASE = 0.9
"""A message that is nothing but a known phrase (是的, 你好)."""
_ONLY_DIGITS = re.compile(r"(?:然后|接着|后面|前面|再|是|,|。|-| )*[\dx\- ]+(?:,|。| )*")
LONGEST_PIECE = 12
"""Longer, it is meant to be the whole number, with digits missing."""
_NONE = re.compile(r"(我|他|她|孩子)?(还)?没有?(的|呢|了|啊|呀)?")
_LOST = re.compile(r"不知道|不记得|记不|忘|丢|找不|没带|不清楚|不晓得|在哪看|哪里看")
_NO = re.compile(r"不同意|不给|不想给|不告诉|不愿意|不想登记|不登记|拒绝|^不(行|可以|要|好)?[吧了。!]*$")
_YES = re.compile(
    r"^(我|都|可以|好的?|行)*,?(同意|愿意|没问题)|^(好|好的|可以|行|嗯|是|是的|对|中|要得|ok)[吧的呀啊嗯。!~]*$"
)


def manages(understood: Understood, world: World, values: Values) -> Heard:
    """就诊人管理, 改手机号: the list, not a new patient.  我名字登错了: what is wrong about one's own, at once."""
    said = understood.normalized
    if values.get("consent"):
        return None
    wrong = _MISTAKEN.search(said) is not None and bool(world.patients())
    if not (wrong or _MANAGE.search(said)):
        return None
    own = any(p.relation is Relation.SELF for p in world.patients()) and understood.slots.patient in (
        None,
        "本人",
    )
    fields = (name for name, pattern in FIELDS if re.search(pattern, said))
    return Known(next(fields, ANY_FIELD)) if wrong and own else Known(True)


def consent(understood: Understood, world: World, values: Values) -> Heard:
    """Only plain words count: a consent is never guessed (个人信息保护法 §14)."""
    said = understood.normalized
    if _NO.search(said) or understood.intent == "deny":
        return Known("no")
    return Known("yes") if _YES.search(said) else None


def relation(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.patient
    again = understood.corrects or (understood.slots.patient_only and not values.get("name"))
    if said is None or (values.get("relation") and not again):
        return None
    return Known(relation_of(said)[0].value)


def named_first(understood: Understood, world: World, values: Values) -> Heard:
    """李秀英, to the question whose relative it is: the name is kept, the question stays."""
    said = full_name(understood)
    return Known(None, {"name": said}, adds=True) if said and not values.get("name") else None


def name(understood: Understood, world: World, values: Values) -> Heard:
    """我叫李雷 names the patient; where that is somebody else and named already, it may be the speaker."""
    said, known = understood.slots.person_name, values.get("name")
    if not said or needs.guardian_open(world, values):
        return None
    role = understood.slots.patient
    same = role is not None and relation_of(role)[0].value == values.get("relation")  # 我爸叫李大山
    speaker = _SPEAKER.search(understood.normalized) and not same
    if known and not understood.corrects and speaker and values.get("relation") != Relation.SELF.value:
        return Wrong(texts.NAME_KNOWN.format(name=mask_name(str(known)))) if said != known else None
    return checked_name(said)


def bare_name(understood: Understood, world: World, values: Values) -> Heard:
    """The whole message as a name; 我妈, 是的 and sentences are none."""
    said = re.sub(
        r"^((我|他|她)(的名字)?(叫|是)|名字(是|叫)?|姓名|叫)[:： ]?", "", understood.text.strip(_AROUND)
    )
    phrase = understood.intent != "unknown" and understood.confidence >= PHRASE
    number = understood.slots.id_number or understood.slots.phone
    if not said or phrase or number or understood.slots.patient_only or _NO_NAME.search(said):
        return None
    return checked_name(said)


def checked_name(said: str) -> Heard:
    if _CALLED.search(said):
        return Wrong(texts.NAME_IN_FULL)
    name = normalise_name(said)
    return Known(name) if valid_name(name) and len(name) <= 20 else Wrong(texts.NAME_WRONG)


def id_number(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.id_number
    if not said or (
        values.get("id_number") and not understood.corrects and needs.guardian_open(world, values)
    ):
        return None
    return documents.check(said, needs.kind(values), world.now.date())


def bare_number(understood: Understood, world: World, values: Values) -> Heard:
    """A number, whole or put together from its parts; a phone number or words are no answer."""
    part, words = values.get("id_part"), understood.normalized
    if not documents.digits(words) and needs.kind(values) == "resident_id":
        if _NONE.fullmatch(words):
            return Known(None, {"other_document": True, "id_kind": None})
        return Wrong(texts.NUMBER_WHERE) if _LOST.search(words) else None
    if isinstance(part, str) and len(part) < needs.DIGITS:
        return None
    said = part if isinstance(part, str) and documents.digits(understood.text) else understood.text
    if understood.slots.phone or not documents.digits(said):
        return None
    return documents.check(said, needs.kind(values), world.now.date())


def id_part(understood: Understood, world: World, values: Values) -> Heard:
    """110101, then 19900307, then 0126: read off the card piece by piece."""
    asked = values.get("name") and not values.get("id_number") and needs.goes_on(world, values)
    if not asked or needs.kind(values) != "resident_id":
        return None
    piece, before = documents.digits(understood.text), values.get("id_part")
    if understood.slots.id_number or understood.slots.phone or not piece:
        return Known(None, adds=True) if before and understood.slots.id_number else None
    if not _ONLY_DIGITS.fullmatch(understood.normalized) or not 2 <= len(piece) <= LONGEST_PIECE:
        return Known(None) if before else None
    joined = f"{before}{piece}" if isinstance(before, str) else piece
    return Known(joined if len(joined) <= needs.DIGITS else piece, adds=True)


def phone(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.phone
    if not said or (values.get("phone") and not understood.corrects and needs.guardian_open(world, values)):
        return None
    return Known(said)


def sex(understood: Understood, world: World, values: Values) -> Heard:
    if re.search(r"女", understood.normalized):
        return Known(Sex.FEMALE.value)
    return Known(Sex.MALE.value) if re.search(r"男", understood.normalized) else None


def birth(understood: Understood, world: World, values: Values) -> Heard:
    born = documents.birth_date(understood.normalized)
    return Known(born.isoformat()) if born and born <= world.now.date() else Wrong(texts.BIRTH_WRONG)


def guardian_id(understood: Understood, world: World, values: Values) -> Heard:
    result = documents.check(understood.slots.id_number or understood.text, "resident_id", world.now.date())
    if isinstance(result, Known):
        found = documents.read("resident_id", result.value, world.now.date())
        if found and found.birth_date and age_on(world.now.date(), found.birth_date) < 18:
            return Wrong(texts.GUARDIAN_MINOR)
    return result


def guardian_phone(understood: Understood, world: World, values: Values) -> Heard:
    if understood.slots.phone:
        return Known(understood.slots.phone)
    if re.search(r"一样|同上|相同|就是这个", understood.normalized):
        return Known(values.get("phone"))
    return documents.check_phone(understood.text)
