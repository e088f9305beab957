"""Copy for questionnaires in the chat: short, warm, one thing at a time; never anything clinical of our own (R42)."""

from collections.abc import Sequence
from datetime import date

from bot.domain.survey import SurveyView
from bot.questionnaires.filling import by_number
from bot.questionnaires.model import Item
from handlers.texts.answers import spoken

PER_MINUTE = 5
"""Questions that are answered in a minute, at an old person's pace."""
_NUMERALS = "零一二三四五六七八九十"

FAMILY, LATER, REFUSE = "我是家属，帮着答", "晚点再说", "不想参加"
START, START_AGAIN = "开始回答", "接着回答"
GO_ON, GIVE_UP = "接着答", "不答了"
SKIP, NOTHING = "跳过", "没有，跳过"
NO_MORE, TICKED = "没有别的了", "（已选）"
KEEP = "不改了"
REVISIT, CHANGE = "约复诊", "改答案"
REVISIT_WORDS = ("约复诊", "预约复诊", "复诊", "约复查", "复查")
CHANGE_WORDS = ("改答案", "改一题", "答错了", "说错了", "选错了", "改一下", "修改")
SEAT = "看看最近的号"
NONE_OPEN = "现在没有要您回答的问卷。对我们有什么意见，直接写给我，我转给医院的人。"
GONE = "这份问卷现在不用答了，给您添麻烦了。别的事，直接跟我说就行。"
WHOM = "您要回答哪一份？"
STOPPED = "好的，这次就不问您了，打扰了。以后有什么不舒服、有什么意见，随时跟我说。"
SURE = "好的，不勉强。真的不答了吗？答过的会留着，医护人员能看到。"
KEPT_AND_DONE = "您刚才的话也记进问卷了，医护人员会看到。问卷答完了，谢谢您。"
KEPT = "好的，还按原来的。谢谢您。"
AS_IT_WAS = "好的，前面的不改了。"
CHANGED = "好的，改好了。"
FIRST = "这是第一题，前面没有了。"
PLEASE_PICK = "我再问细一点，是下面哪一个？"
PLEASE_PICK_SOME = "我再问细一点，是下面哪几个？"
GENTLY = "要是您愿意，我们接着往下答；想歇一歇，回复「先不答了」就行。"
ONE_LEFT = "这是最后一题了。"


def change_words(questions: int) -> tuple[str, ...]:
    """改第2题, said of what is over: else the 2 would be the second choice below it."""
    spelt = {n: _NUMERALS[n] for n in range(1, 11)}
    names = [name for n in range(1, questions + 1) for name in (str(n), spelt.get(n, "")) if name]
    return (
        *CHANGE_WORDS,
        *(said for n in names for said in (f"改第{n}题", f"第{n}题答错了", f"第{n}题错了")),
    )


def label(seen: SurveyView) -> str:
    return f"{seen.patient}的{seen.form.title}"


def opening(seen: SurveyView, hospital: str, questions: int) -> str:
    """Who asks, about whom and why (R24); by no staff member's name (R45); that beginning is agreeing."""
    how_long = f"大约{questions}个问题，{_minutes(questions)}"
    if seen.own:
        who = f"您好，我是{hospital}的随访助手，替医护人员来问问{seen.patient}的情况。\n想{_purpose(seen)}"
    else:
        who = f"您好，我是{hospital}的随访助手，替医护人员来问问您家人{seen.patient}的情况。\n想{_purpose(seen)}"
    return (
        f"{who}\n{how_long}，一次一题，随时可以停。您的回答只给医护人员看，提的意见会转给有关科室；答不答都不影响看病。\n"
        "点「开始」，就是同意我们记下您的回答。现在方便吗？"
    )


def _purpose(seen: SurveyView) -> str:
    """To a relative it is about the patient, not about them."""
    return seen.form.purpose if seen.own else seen.form.purpose.replace("您", seen.patient, 1)


def opening_again(seen: SurveyView) -> str:
    return f"现在回答{label(seen)}吗？"


def opening_invited(seen: SurveyView, hospital: str, questions: int) -> str:
    """Asked for after an invitation that said none of this: who asks, why, for whom, and that beginning is agreeing."""
    return (
        f"{hospital}的医护人员想请您回答{label(seen)}，{questions}个问题左右，{_minutes(questions)}。"
        "回答只给医护人员看，提的意见会转给有关科室；答不答都不影响看病。\n点「开始」，就是同意我们记下您的回答。现在方便吗？"
    )


def go_on(seen: SurveyView) -> str:
    """Begun on another day, invited once more."""
    return f"{label(seen)}还没答完，现在接着答吗？"


def _minutes(questions: int) -> str:
    minutes = max(1, -(-questions // PER_MINUTE))
    return f"{_NUMERALS[min(minutes, 10)].replace('二', '两')}分钟左右"


def begin(seen: SurveyView) -> str:
    """Before the first question."""
    whose = "" if seen.own else f"下面问的都是{seen.patient}的情况。"
    return f"好的，我们开始。{whose}答错了回复「上一题」；想停下，说「先不答了」。"


def resumed(number: int) -> str:
    return f"我们接着答，上次答到第{number}题。"


def question(item: Item, number: int, of: int) -> str:
    return f"（{number}/{of}）{item.text}"


def several() -> str:
    return "有几个就回复几个数字，比如「1、3」。"


def the_rest(denied: Sequence[str]) -> str:
    """After 没有发烧: that was heard, the others are still asked."""
    return f"好的，没有{'、'.join(denied)}。别的有没有？有就回复数字，都没有就选最后一个。"


def own_words() -> str:
    return "都不是的话，直接写给我也行。"


def answered_before(said: str) -> str:
    return f"您刚才答的是「{said}」。不改就回复「不改了」。"


def which(options: Sequence[str]) -> str:
    return f"您说的是{'，还是'.join(options)}？"


def and_more(said: str) -> str:
    return f"记下了：{said}。还有别的吗？没有了，就选「{NO_MORE}」。"


def heard_only(said: str) -> str:
    return f"记下了：{said}。要是漏了，回复「上一题」重新选。"


def left(number: int, of: int) -> str:
    more = of - number
    if more <= 0:
        return ONE_LEFT
    return f"这是第{number}题，后面还有{more}题左右，{_minutes(more + 1)}就好。"


def who(seen: SurveyView, hospital: str, phone: str) -> str:
    return (
        f"我是{hospital}的随访助手，是医院的自动服务，替医护人员来问{seen.patient}的情况，想{_purpose(seen)}"
        f"回答只给医护人员看，不收钱，不要银行卡和密码。不放心，打医院电话 {phone} 问问。"
    )


def answers(seen: SurveyView) -> str:
    """The read-back."""
    told = [
        f"{number}. {_short(item.text)}：{spoken(item, values)}"
        for number, item, values in by_number(seen.form, seen.filling.answers)
        if values
    ]
    if not told:
        return "您还没有答过题。"
    return "您答过的：\n" + "\n".join(told) + "\n要改哪一题，说「改第2题」这样就行。"


def _short(text: str) -> str:
    """The question without its explanation."""
    return text.split("？")[0].split("。")[0]


# -- how it ends -------------------------------------------------------------------------------


def paused(seen: SurveyView) -> str:
    last = f"最晚{_day(seen.closes_on)}答完就行。" if seen.closes_on is not None else ""
    return f"好的，先到这儿，答过的都记下了。{last}想接着答，回复「继续问卷」，从停下的地方接着来。"


def later(seen: SurveyView) -> str:
    last = f"{_day(seen.closes_on)}以前都可以，" if seen.closes_on is not None else ""
    return f"好的，您先忙。{last}有空了回复「问卷」就行。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def finished(seen: SurveyView, phone: str, others: Sequence[SurveyView]) -> str:
    text = (
        f"都答完了，谢谢您！{'您' if seen.own else seen.patient}的情况我们会交给医护人员看。\n"
        f"有不舒服随时打医院电话 {phone}，急的话马上打 120。\n"
        "哪一题说错了，24小时内都能改，点「改答案」就行。"
    )
    more = "、".join(label(other) for other in others)
    return f"{text}\n还有{more}没答，有空了回复「问卷」。" if more else text


def over(seen: SurveyView, phone: str) -> str:
    """Completed before."""
    return f"{label(seen)}已经答完了，谢谢您。有不舒服随时打医院电话 {phone}，急的话马上打 120。"


def which_to_change(seen: SurveyView) -> str:
    return f"{answers(seen)}\n都对的话，回复「不改了」。"


def closed(why: str, phone: str) -> str:
    match why:
        case "completed":
            return f"这份问卷已经答完了，谢谢您。要改里面的内容，请打医院电话 {phone}。"
        case "stopped":
            return f"这份问卷已经不用答了。有什么想告诉我们的，直接写给我，或者打医院电话 {phone}。"
        case "expired":
            return f"这份问卷已经过了回答的日子，不用答了。有不舒服随时打医院电话 {phone}，急的话马上打 120。"
        case "readmitted":
            return (
                f"知道又住院了，这份问卷就先不用答了。有事请直接告诉病房的医生护士，或者打医院电话 {phone}。"
            )
        case "stale":
            return "这份问卷刚才在别处改过了。回复「继续问卷」，我们接着答。"
    return GONE
