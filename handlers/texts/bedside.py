"""Copy for the code at the bed: whose it is, consent, the check, what comes of it.  No number is shown (R15)."""

from bot.domain.outcomes import BedRefused
from bot.domain.views import BedView, PatientView
from handlers.texts import words

CONSENT = (
    "添加以后，医院会用{patient}的姓名、证件号码、手机号和这次住院的信息，在微信里做出院随访、提醒复查，也可以在这里挂号。"
    "信息加密保存。" + words.SHARED + "您可以随时要求查看、更正或者删除。\n"
    "您同意吗？"
)
CONSENT_AGAIN = "添加要用到{patient}的住院信息，您同意吗？"
TAIL = "最后核对一下：请发{patient}身份证号的最后4位（最后一位可能是X）。"
TAIL_AGAIN = "请发{patient}身份证号的最后4位。"
TAIL_LENGTH = "只要身份证号的最后4位，比如「307X」，请再发一次。"
MORE_NEEDED = "医院这里登记的信息还不全，我们在这里补上。"


def whose(bed: BedView) -> str:
    """The first thing said: who we are and whose code it is."""
    return f"您好，这是{bed.ward}{bed.masked_name}的随访码。\n{bed.masked_name}是您的什么人？"


def whose_again(bed: BedView) -> str:
    return f"{bed.masked_name}是您的什么人？"


def claimed(patient: PatientView) -> str:
    return (
        f"好了，{patient.masked_name}已经添加到您这里。\n"
        "出院以后，我们会在这里问问恢复得怎么样，两分钟就能答完；要挂号、复查，也在这里说。"
    )


def linked(masked_name: str) -> str:
    return f"{masked_name}已经在您这里了，不用再添加。出院以后，我们会在这里问问恢复得怎么样。"


def declined(phone: str) -> str:
    return f"好的，不添加，什么也不会记下。改变主意了，再扫一次就行；要问什么，打医院电话 {phone}。"


def refused(why: BedRefused, phone: str) -> str:
    match why.why:
        case "wrong":
            return f"和医院登记的不一样，请对照身份证再看看。还可以试{why.left}次。"
        case "locked":
            return f"错的次数太多，这个码停用了。请找护士换一张新的，或打医院电话 {phone}。"
        case "expired":
            return f"这个码过期了。请找护士换一张新的，或打医院电话 {phone}。"
        case _:
            return unknown(phone)


def unknown(phone: str) -> str:
    return f"这个码不能用了，可能过期了，或者换过新的。请找护士看看，或打医院电话 {phone}。"
