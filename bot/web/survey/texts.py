"""What the page says beside the questionnaire's own words.  R24: who asks and why first; R42: no advice of ours."""

from datetime import date
from decimal import Decimal

from bot.questionnaires.evaluate import Refusal
from bot.questionnaires.model import CHOICES, NUMBERS, Item, Type

CLOSED = {
    "unknown": ("这个链接打不开", "可能没有复制完整，也可能问卷已经结束了。请从公众号里的消息再点一次。"),
    "link": ("这个链接过期了", "回答问卷的时间已经过了。谢谢您还惦记着。"),
    "expired": ("这份问卷已经结束了", "回答的时间已经过了。谢谢您还惦记着。"),
    "completed": ("这份问卷已经交过了", "谢谢您，您的回答我们已经收到，现在不能再改了。"),
    "stopped": ("好的，不再打扰", "这份问卷不用答了，不影响您看病。"),
    "readmitted": ("这份问卷先不用答了", "您又住院了，出院后我们再来问候您。"),
    "deceased": ("这份问卷不用答了", "打扰您了。"),
    "large": ("写得太长了", "请返回上一页，把文字写短一些再交。"),
    "trouble": ("系统有点忙", "刚才没有存上，请返回上一页，过一会儿再试。"),
}
"""By `SurveyClosed.why`, and what only a page can meet."""

NEWER = "您在别处（微信聊天或另一个页面）又答了几题，已经合在一起了。请从头看一遍，再交一次。"
NEWER_DONE = "这份问卷已经在别处交过了，下面是交过的。要改，请点「改我的回答」。"
OLD_PAGE = "这一页打开得太久，刚才没有存上。您填的都还在，请看一遍，再交一次。"
OPENED = "根据您的回答，又多了几道题，已经标出来了。答完请再交一次。"
_REFUSED = {
    "required": "这一题要回答。",
    "option": "请在下面的选项里选。",
    "kind": "请照着下面的样子填。",
    "many": "只能留一个答案：选一项，或者自己写，不要两样都填。",
    "twice": "有两个一样的答案，请去掉一个。",
    "whole": "请填整数，不带小数点。",
    "which": "看不出是哪一个，请只写一个。",
    "empty": "这一题要回答。",
}


def problem(item: Item, why: Refusal) -> str:
    """Beside the question: what is wrong and what to do."""
    match why.why, why.limit:
        case "required" | "empty", _ if item.type in CHOICES or item.type is Type.BOOLEAN:
            return "这一题要回答，请选一项。"
        case "low", Decimal() | date() as limit:
            return f"太{_small(item)}了，{_limit(item, limit)} 以上才对，请看看有没有填错。"
        case "high", Decimal() | date() as limit:
            return f"太{_big(item)}了，{_limit(item, limit)} 以下才对，请看看有没有填错。"
        case "long", limit:
            return f"太长了，最多 {limit} 个字。"
        case "unread", _ if item.type is Type.DATE:
            return "看不懂这个日期，请写成 2026-11-24 这样。"
        case "unread", _:
            return f"看不懂，请只写一个数{f'，单位是{item.unit}' if item.unit else ''}。"
        case name, _:
            return _REFUSED.get(name, _REFUSED["kind"])


def hint(item: Item) -> str:
    """Below the question, before anything was typed."""
    if item.repeats:
        return "" if "可以选" in item.text else "可以选几项。"
    if item.type in NUMBERS and isinstance(item.low, Decimal) and isinstance(item.high, Decimal):
        return f"填 {item.low.normalize():f} 到 {item.high.normalize():f} 之间的数。"
    return ""


def summary(count: int) -> str:
    return f"还有 {count} 处要改，改好再交。别的都替您存好了。"


def _limit(item: Item, limit: Decimal | date) -> str:
    if isinstance(limit, date):
        return f"{limit.year}年{limit.month}月{limit.day}日"
    return f"{limit.normalize():f}{item.unit}"


def _small(item: Item) -> str:
    return "早" if item.type is Type.DATE else "小"


def _big(item: Item) -> str:
    return "晚" if item.type is Type.DATE else "大"
