"""第二个, 最后那个, 都不要, a bare 2: which of the things on offer.  And 专家号, and a name given as one."""

import re

from nlu.dates.numerals import number
from nlu.normalize import Normal

_N = r"(\d{1,2}|[一二两三四五六七八九十]{1,2})"
_BARE = re.compile(rf"(?:选|我选|要|就|点)?{_N}(?:[.、,)]|吧|号)?[。!]?")
_ORDINAL = re.compile(
    rf"(?:(?:第|(?<![一二两三四])选(?!一[个位下]|1个)(?:项|择)?)(?:第)?{_N}(?!次|天|周|胎|人民|医院|中学|小学|代|针|期|产程|季|附属|眼|反应|时间|感觉|步|名|遍|行|个?(?:周|星期|礼拜|月|工作日|天))(?:个|位|项|条|种|款|号|家|行|张)?)"
)
_LAST_NTH = re.compile(rf"倒数第{_N}")
_OF_DAYS = re.compile(rf"(?:倒数)?第{_N}个?(?:周|星期|礼拜|月|工作日|天)")
"""元旦后第一个周一: which day, not which of the things on offer."""
_LAST = re.compile(
    r"(?:最后|最末|最下面?|末尾|最底下)(?:面|边|头)?的?(?:那|一|这)?(?:一)?(?:个|位|项|条|张)(?!周|星期|礼拜|月|工作日|拜)|^(?:最后的?|最下面的?|[下后]面那个)$"
)
_FIRST = re.compile(
    r"(?:头一?|首|最上面?的?(?:那|一)?|最前面的?(?:那|一)?)(?:一)?(?:个|位|项|条)(?!月|周|星期|礼拜|工作日)|[上前]面那个|^最上面的?$"
)
_NONE = re.compile(
    r"(?:都|全|哪个都|一个都|这些都?|几个都)(?:不(?:要|行|合适|可以|想要|喜欢|好|对|是|选|满意)|没有?(?:合适|想要)的?)|没(?:有)?(?:一个)?(?:合适|想要)的|以上都不"
)
_KINDS = (
    (re.compile(r"特需|国际门诊|贵宾|vip"), "特需号"),
    (re.compile(r"专家|知名|名医|主任号|教授号|大牌|主任医师"), "专家号"),
    (re.compile(r"普通|便宜|一般的?号|平诊|普号|普门"), "普通号"),
)
_NAME = re.compile(
    r"(?:(?:我|他|她|患者|病人|孩子|就诊人|本人|宝宝)?(?:的)?(?:姓名|名字|大名)(?:错了|写错了|打错了|不对|填错了)?,?(?:应该|改|换|更正)?(?:是|叫|为|成)?[: ]*|(?:我|患者|病人|他|她|孩子|就诊人|妈|爸|宝宝|女儿|儿子|老公|老婆)叫(?:做)?|^叫)"
    r"([\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·]{1,14})"
)
_LEADING = re.compile(
    r"([\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·]{1,11})[ ,、:;\n]*(?:身份证号?码?|证件号|电话|手机号?|联系方式)?(?:是|为)?[ ,:、\n]*#{11,}"
)
_NAME_STOP = re.compile(
    r"[,。 ]|身份证|电话|手机|今年|男|女|是|想|要|挂|\d|岁|的|了|吗|我|怎么|不|什么|叫|有|吧|啊"
)
_NOT_NAMES = re.compile(
    r"挂号|预约|身份|手机|电话|号码|证件|他|她|它|什么|医生|大夫|门诊|医院|护士|患者|救护|车|人工|帮|请|你|我"
)


def choice(text: str, *, day_asked: bool) -> int | None:
    """2 for the second, -1 for the last, 0 for none of them.  ``day_asked``: 「3号」 then means the day."""
    if len(text) <= 6 and (match := _BARE.fullmatch(text)) and not ("号" in text and day_asked):
        value = number(match.group(1))
        return value if value and value <= 30 else None
    text = _OF_DAYS.sub("", text)
    if match := _LAST_NTH.search(text):
        value = number(match.group(1))
        return -value if value else None
    if _LAST.search(text):
        return -1
    if _NONE.search(text):
        return 0
    if match := _ORDINAL.search(text):
        value = number(match.group(1))
        return value if value and value <= 30 else None
    return 1 if _FIRST.search(text) else None


def clinic_kind(text: str) -> str | None:
    """专家号, 普通号, 特需号; the refused kind does not count (不要专家)."""
    for pattern, kind in _KINDS:
        match = pattern.search(text)
        if match and not text[: match.start()].endswith(("不要", "不挂", "不是", "别挂", "不用", "不找")):
            return kind
    return None


def person_name(normal: Normal, masked: str) -> str | None:
    """A name given as one, in the patient's own writing."""
    match = _NAME.search(masked)
    if match is None and "##" in masked:
        match = _LEADING.search(masked)
    if match is None:
        return None
    start, end = match.span(1)
    if stop := _NAME_STOP.search(masked, start, end):
        end = stop.start()
    name = normal.source(start, end)
    if not 2 <= len(name) <= 12 or _NOT_NAMES.search(masked, start, end):
        return None
    return name if "·" in name or len(name) <= 4 else None
