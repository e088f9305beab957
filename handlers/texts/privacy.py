"""问到个人信息时说的话：存了什么、要一份、改错、撤回同意、删除（个人信息保护法第四十四至五十条）。"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.domain.clock import local
from bot.domain.rights import Ask, Holding
from handlers.texts import words

ASK = "您的信息您说了算。想办哪一样？"
LOOK, COPY, CORRECT, WITHDRAW, DELETE = (
    "看看存了我什么",
    "要一份我的信息",
    "登记错了要改",
    "撤回同意",
    "删掉我的信息",
)
TAKE_BACK = "撤回删除申请"
WHOSE = "是谁的信息？"
NOBODY = (
    "您还没有在这里登记就诊人。\n"
    "我们只存着您的微信编号，和最近的聊天，到期自动删掉。\n"
    "取消关注公众号满一年，微信编号也会抹去。"
)
NO_CONSENT = "没有您给过、还有效的同意，不用撤回。"
FIELD = "哪一项错了？"
FIELDS: Mapping[str, str] = {
    "phone": "手机号", "name": "姓名", "id_number": "证件号", "sex": "性别", "birth_date": "出生日期",
}  # fmt: skip
CONSENT = "要撤回哪一项同意？"
CONSENTS: Mapping[str, str] = {
    "privacy": "用姓名、证件号、手机号挂号",
    "health_data": "用看病的信息",
    "followup": "回答出院回访的问卷",
}
STOP, STAY = "撤回同意", "不撤回"
GO_ON, SURE, LEAVE = "接着办删除", "确认删除", "不删了"


def holdings(name: str, found: Sequence[Holding]) -> str:
    lines = "\n".join(f"· {each.title}{_counted(each)}：{each.why}" for each in found)
    return f"关于{name}，我们存着这些：\n{lines}\n都加密保存，只用来看病、通知和回访。\n{words.SHARED}"


def _counted(each: Holding) -> str:
    return "" if each.name in ("identity", "account") else f"（{each.count}条）"


def adult(name: str, phone: str) -> str:
    return (
        f"{name}是成年人，这些要本人来办：用本人的微信，或者带证件到窗口，也可以打 {phone}。\n"
        f"您可以把{name}从您的名单里移除，或者撤回您替{name}给的同意。"
    )


def copy_ready(url: str, until: datetime) -> str:
    shown = local(until)
    return (
        f"您的信息都在这一页，打开要输证件号后四位：\n{url}\n"
        f"到{shown.month}月{shown.day}日{shown:%H:%M}有效。页面里有您的全名和号码，请不要转给别人。"
    )


def copy_limit(limit: int, phone: str) -> str:
    return f"今天已经给过您{limit}次了，请用刚才的链接，明天还可以再要。着急请打 {phone}。"


def asked(kind: Ask, name: str, due: date) -> str:
    day = words.day(due)
    match kind:
        case Ask.COPY:
            ready = f"好的，已经记下。工作人员会把{name}的信息准备好，最晚{day}告诉您。"
            return f"{ready}\n来拿的时候请带证件，孩子的带户口本。"
        case Ask.CORRECT:
            return f"好的，已经记下。工作人员核对以后给{name}改，最晚{day}告诉您结果，可能会打电话跟您核对。"
        case _:
            return (
                f"好的，{name}的删除申请已经收到。工作人员最晚{day}办完，办好了告诉您。\n"
                f"办完以前都可以反悔，回复「{DELETE}」就能撤回申请。"
            )


def right(name: str, field: str) -> str:
    return f"{name}的{FIELDS[field]}，正确的应该是什么？请写给我，工作人员核对证件以后改。"


def right_is(name: str, field: str, said: str) -> str:
    return f"告诉工作人员：{name}的{FIELDS[field]}登记错了，正确的是「{said}」，对吗？"


def stops(kind: str, name: str) -> str:
    if kind == "followup":
        return (
            f"撤回以后：不再给您发{name}的回访问卷，没答完的也停下。以前答的还留在病历里。\n"
            "护士可能会按规定打电话问问，接不接由您。以后再答问卷，会重新问您同不同意。"
        )
    return (
        f"撤回以后：{name}会从您的名单里移除，这个微信号不能再替{name}挂号，提醒和问卷也停下。\n"
        "已经约好的号还在，不想看请先说「退号」。以后再挂号，会重新问您同不同意。"
    )


def withdrawn(kind: str, name: str, *, unlinked: bool) -> str:
    done = f"好的，已经撤回：{CONSENTS.get(kind, kind)}。"
    if not unlinked:
        return f"{done}以后不再给您发{name}的回访问卷。"
    return f"{done}{name}已经从您的名单里移除。\n医院按规定要留的看病记录还在；想全部删掉，请到窗口或打电话提出。"


def explains(name: str) -> str:
    """What goes, what the law keeps and why; before anything is asked."""
    return (
        f"删掉{name}的信息，先跟您说清楚：\n"
        "会删掉：姓名、证件号、手机号，聊天原话，消息内容，回访时写的话。\n"
        "要留着：看病记录。法律规定门诊至少留15年，住院至少留30年；挂号这边的不再带姓名和号码。\n"
        "投诉资料办结后留3年；系统操作记录至少留6个月，里面没有姓名。\n"
        "删了以后，再挂号要重新登记。"
    )


def last_question(name: str) -> str:
    return f"删了就找不回来了。真的要删掉{name}的信息吗？"


def visits_first(count: int) -> str:
    return f"还有{count}个约好的号没看。请先看完或者退掉，再来办删除。"


def waiting(name: str, due: datetime) -> str:
    return f"{name}的删除申请正在办，最晚{words.day(local(due).date())}办完。要撤回申请吗？"


def taken_back() -> str:
    return "好的，删除申请撤回了，信息都还在。"


KEPT = "好的，没有在办的删除申请，您的信息都还在。"
GONE = "这个申请已经办完，或者已经撤回了。"
