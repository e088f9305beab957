"""登记时听到的每一项：同意与否、关系、姓名、证件、手机号、监护人；当场核对对不对。"""

import re

from bot.dialog.frame import Heard, Known, Values, Wrong
from bot.domain.identity import age_on, normalise_name, valid_name
from bot.domain.views import Sex
from bot.domain.world import World
from handlers import documents
from handlers import registering as needs
from handlers.people import relation_of
from handlers.texts import register as texts
from nlu.understood import Understood

_MANAGE = re.compile(
    r"(改|换|更[换正新]|修改).{0,6}(手机|电话)|(删除?|移除|解绑|解除|去掉).{0,6}(就诊人|绑定|患者)"
    r"|就诊人(管理|列表)|(我的|查看|看看?|有哪些)就诊人"
)
_NO = re.compile(r"不同意|不愿意|不想登记|不登记|拒绝|^不(行|可以|要|好)?[吧了。!]*$")
_YES = re.compile(
    r"^(我|都|可以|好的?|行)*,?(同意|愿意|没问题)|^(好|好的|可以|行|嗯|是|是的|对|中|要得|ok)[吧的呀啊嗯。!~]*$"
)


def manages(understood: Understood, world: World, values: Values) -> Heard:
    """就诊人管理, 改手机号: the list, not a new patient."""
    return Known(True) if _MANAGE.search(understood.normalized) and not values.get("consent") else None


def consent(understood: Understood, world: World, values: Values) -> Heard:
    """Only plain words count: a consent is never guessed (个人信息保护法 §14)."""
    said = understood.normalized
    if _NO.search(said) or understood.intent == "deny":
        return Known("no")
    return Known("yes") if _YES.search(said) else None


def relation(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.patient
    if said is None or (values.get("relation") and not understood.corrects):
        return None
    return Known(relation_of(said)[0].value)


def name(understood: Understood, world: World, values: Values) -> Heard:
    said = understood.slots.person_name
    if not said or (values.get("name") and not understood.corrects):
        return None
    return checked_name(said)


def bare_name(understood: Understood, world: World, values: Values) -> Heard:
    said = re.sub(
        r"^(我(的名字)?(叫|是)|名字(是|叫)?|姓名|叫)[:： ]?", "", understood.text.strip("。.，,！! \n")
    )
    return checked_name(said)


def checked_name(said: str) -> Heard:
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
    return documents.check(understood.text, needs.kind(values), world.now.date())


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
