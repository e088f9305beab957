"""Copy for registering a patient: consent, the questions, what is wrong with an answer, the read-back."""

from datetime import date

from bot.domain.views import PatientView, Relation, Sex
from handlers.texts import words

CONSENT = (
    "第一次挂号要登记就诊人（实名看病）。\n"
    "我们会用到：姓名、证件号码、手机号，还有挂号看病的记录。只用来给您挂号、通知和随访，加密保存。\n"
    f"{words.SHARED}您可以随时要求查看、更正或者删除。\n"
    "您同意吗？"
)
CONSENT_AGAIN = "登记要用到您的姓名、证件和手机号，您同意吗？"
AGREE = "同意"
DISAGREE = "不同意"
DECLINED = (
    "好的，不登记，您说的信息我也不留。\n不登记就不能在这里挂号，您可以带证件到门诊窗口挂号，或打电话 {phone}。"
    "改变主意了，随时说「添加就诊人」。"
)
RELATION = "这位就诊人是您的什么人？"
NAME = "请发就诊人的姓名（和证件上一样）。"
NAME_OWN = "请发您的姓名（和身份证上一样）。"
NAME_KNOWN = "这里填的是就诊人的姓名，现在是{name}。要改的话，请说「姓名改成」，再加上对的姓名。"
NAME_IN_FULL = "要证件上的全名，比如「王建国」。"
NAME_WRONG = "姓名要2到20个字，和证件上一样，不要带数字和符号。请再发一次。"
KIND = "用的是哪一种证件？"
NUMBER = "请发就诊人的身份证号码（18位，最后一位可能是X）。"
NUMBER_OWN = "请发您的身份证号码（18位，最后一位可能是X）。"
NUMBER_OTHER = "请发{document}的号码。"
NOT_RESIDENT = "没有身份证，用别的证件"
SEX = "就诊人是男是女？"
BIRTH = "请发就诊人的出生日期，比如「1956年3月8日」。"
BIRTH_WRONG = "这个出生日期好像不对，请再发一次，比如「1956年3月8日」。"
PHONE = "请发手机号（11位），医院有事好通知您。"
PHONE_WRONG = "手机号是11位数字，1开头。您看看少了还是多了，再发一次。"
GUARDIAN_NAME = "就诊人不满{years}岁，要登记一位监护人（爸爸、妈妈等）。请发监护人的姓名。"
GUARDIAN_ID = "请发监护人的身份证号码（18位）。"
GUARDIAN_PHONE = "请发监护人的手机号（11位）。"
GUARDIAN_PHONE_SAME = "和上面的一样"
GUARDIAN_MINOR = "监护人要是成年人。请发成年监护人的身份证号码。"
FULL = "一个微信号最多添加{limit}位就诊人，已经满了。先说「就诊人管理」移除一位，再添加新的。"


def number_length(got: int) -> str:
    return f"身份证号码是18位，您发的是{got}位。请对照身份证再发一次。"


def number_goes_on(got: int) -> str:
    return f"收到前{got}位了，还差{18 - got}位，请接着发。想从头发，直接发完整的18位就行。"


NUMBER_WHERE = (
    "不带卡也行，要的是身份证号码：在户口本、医保卡或手机的医保码里也能看到，也可以问问家里人。"
    "实在没有，可以带证件到门诊窗口挂号。"
)
NUMBER_CHECK = "这个身份证号码好像有一位不对，请对照身份证再发一次。"
NUMBER_BIRTH = "身份证号码里的出生日期不对（第7到14位），请对照身份证再发一次。"
NUMBER_SHAPE = "这个号码不像{document}的号码，请对照证件再发一次。"
NUMBER_OLD = "这是15位的老号码，请发现在身份证上的18位号码。"


def read_back(
    relation: Relation,
    masked_name: str,
    document: str,
    masked_number: str,
    sex: Sex | None,
    birth: date | None,
    age: int | None,
    masked_phone: str,
    guardian: str,
) -> str:
    """The masked read-back (R8, R15)."""
    who = [words.SEXES[sex]] if sex in words.SEXES else []
    who += [f"{age}岁"] if age is not None else []
    lines = [
        "请您核对：",
        f"就诊人：{masked_name}（{words.RELATIONS[relation]}）" + ("，" + "，".join(who) if who else ""),
        f"{document}：{masked_number}",
        f"手机号：{masked_phone}",
    ]
    if birth is not None:
        lines.insert(3, f"出生日期：{birth.year}年{birth.month}月{birth.day}日")
    if guardian:
        lines.append(f"监护人：{guardian}")
    lines.append("没问题就回复「确认」；哪一项不对，直接告诉我对的。")
    return "\n".join(lines)


def registered(patient: PatientView, linked: bool) -> str:
    if linked:
        return f"找到了{patient.masked_name}在医院的登记，已经添加到您这里。"
    return f"登记好了，就诊人：{words.person(patient)}。"
