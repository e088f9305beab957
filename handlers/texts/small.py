"""Copy for small talk, the human desk, and what the chat cannot do yet."""

from bot.domain.views import AppointmentView
from handlers.texts import words

HELP = (
    "您可以直接说，比如：\n"
    "· 明天下午心内科王主任\n"
    "· 骨科这周有号吗\n"
    "· 我的预约\n"
    "· 把周二的号改到周四\n"
    "· 退号\n"
    "· 添加就诊人\n"
    "· 医保怎么用\n"
    "不知道挂哪个科，就说哪里不舒服。要找人工，请说「人工」。"
)


def greet(hospital: str) -> str:
    return (
        f"您好，这里是{hospital}的挂号助手随诊。\n"
        "我能帮您挂号、改时间、退号、查预约，也能回答看病的常见问题。\n"
        "直接说就行，比如「明天上午骨科」，或者说哪里不舒服。"
    )


def follow(hospital: str) -> str:
    return "感谢关注！" + greet(hospital)


TROUBLE = "抱歉，这边暂时忙不过来，刚才的话还没办成。请过一两分钟再发一次。\n身体有紧急情况，请直接打120。"
"""Something broke on our side: said by the webhook and the pipeline, which know no more than that."""

GREET_AGAIN = "您好，我在。"
THANKS_AGAIN = "不客气。"
"""While something is open, whose question follows."""
THANKS = "不客气，祝您身体健康。还有事，随时找我。"


def human(ahead: int, staffed: bool, phone: str) -> str:
    if not staffed:
        return (
            "现在人工服务台下班了，您的话我已经记下，上班后会有人回复您。\n"
            f"急事请打 {phone}；要命的急症请打120。\n想接着用自助，回复「返回」。"
        )
    queue = f"前面还有{ahead}位。" if ahead else "马上就到您。"
    return f"好的，正在为您转人工，{queue}请把问题先写下来。\n不想等了，回复「返回」，我接着帮您。"


def human_left() -> str:
    return "好的，我接着帮您。"


def waitlist(phone: str) -> str:
    return (
        "候补排队现在还不能在这里办。您可以先看看别的时间或别的医生，告诉我科室就行；"
        f"退出来的号会陆续放出来，过一会儿再来看看。也可以打 {phone}。"
    )


def pay(phone: str) -> str:
    return (
        "现在还不能在这里交费。约好的号，请在看病那天到门诊窗口或自助机交费，微信、支付宝、医保卡都可以。"
        f"有疑问请打 {phone}。"
    )


def faq_place(department: str, location: str) -> str:
    return f"{department}在{location}。找不到，就问一楼导诊台。"


def faq_visit(seen: AppointmentView) -> str:
    when = f"{words.half(seen.day, seen.period)}{seen.doctor.department}{seen.doctor.name}医生"
    return f"您约的{when}，在{seen.location}。找不到，就问一楼导诊台。"


def faq_unknown(phone: str) -> str:
    return f"这个问题我答不准，不乱说。请打 {phone}，或回复「人工」，让工作人员告诉您。"
