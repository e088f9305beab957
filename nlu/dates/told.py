"""Days and times that are told, not wished for: when it began, when a test was done, a birthday, a habit."""

import re
from collections.abc import Sequence

from nlu.dates.atom import Atom

Spans = Sequence[tuple[int, int]]
_REACH = 12
"""A complaint belongs to a day at most so many characters before it."""
_BOOKS = re.compile(r"[挂约号看来去排想要查改换有能选订]|预|方便|可以")
_NO_CUE = re.compile(
    r"有一?点儿?|有些|起来|醒来|看起来|本来|以来|还是|[在给]?我|孩子|宝宝|小孩|一直|总是|特别|突然|觉得|感觉|开始|"
    r"疼起来|痛起来|要命"
)
_VISIT = re.compile(r"产检|孕检|复[查诊]|检查|体检|换药|拆线|打[针疫]|补牙|拔牙|洗牙|[验配]光|做|看|治")
"""What one comes for, no complaint."""
_STOPS = re.compile(r"[,。;!?\n]")
_HABIT = re.compile(
    r"(?:的时候|我|他|她|孩子|宝宝|人|都|也|又|还|一| )*(?:老[是爱]?|总是?|容易|经常|常常|一直|时不时|动不动|偶尔|有时(?!间|候)|没吃|没睡|没怎么|一天没|就(?:会|咳|疼|痛|喘|痒|醒|烧|吐|晕))"
)
"""晚上老起夜."""
_DONE = re.compile(
    r"(?:那天|当天|上午|下午|早上|晚上|的时候|我|在(?:你们|别的|其他|外面|老家|县)?[^,。]{0,4}(?:医院|诊所|这)|刚|才|是| )*"
    r"(?:做|查|拍|抽血?|化验|验|打|输|摔|扭|烫|住院?|体检|手术|吃|喝|发现|确诊|生|出院|复查|检查|开|照|测|量|得)+(?:出来|[的过了完])"
)
"""11月15号做的胃镜; of a day to come (明天做了手术再说) it says nothing."""
_THING = re.compile(
    r"(?:那天)?(?:的|出的|拿的|开的)(?:检查|化验|体检)?(?:报告|化验单|单子|结果|片子|检查单|发票|药|处方)"
)
_ABOUT = re.compile(
    r"(?:上[次回](?:约|挂|看|来)的?|末次月经|最后一次(?:月经|例假)|上次(?:月经|例假)?|预产期|生日|生于|出生(?:日期|年月)?|有效期|(?:报告|化验单|单子|片子|病历)(?:上|日期)?)"
    r"(?:时间|日期)?(?:[是在为写:, ]|来的)*\Z"
)
_BIRTHDAY = re.compile(r"(?:是|的)?(?:我|他|她|孩子)?的?(?:生日|预产期|出生|生的)")


def is_told(atom: Atom, text: str, symptoms: Spans) -> bool:
    """Whether this piece is no wish."""
    if atom.kind not in ("days", "invalid", "period", "clock", "anchored"):
        return False
    if _ABOUT.search(text[max(0, atom.start - 16) : atom.start]) or _BIRTHDAY.match(text, atom.end):
        return True
    if (
        atom.kind == "days"
        and not _ahead(atom)
        and (_DONE.match(text, atom.end) or _THING.match(text, atom.end))
    ):
        return True
    return atom.soft and (bool(_HABIT.match(text, atom.end)) or _is_onset(atom, text, symptoms))


def _ahead(atom: Atom) -> bool:
    """明天, 下周: can be nothing but the future."""
    return atom.text[0] in "明后下再过" or atom.unit == "later"


def _is_onset(atom: Atom, text: str, symptoms: Spans) -> bool:
    """今早起头晕, 晚上睡不着."""
    for position, end in symptoms:
        if _VISIT.match(text, position):
            continue
        if (
            atom.start < position < atom.end
            or position < atom.start < end
            or position <= atom.start < atom.end < end
        ):
            return True
        if position >= atom.end:
            gap = _NO_CUE.sub("", text[atom.end : position])
            return len(gap) <= _REACH and not _BOOKS.search(gap) and not _STOPS.search(gap)
    return False
