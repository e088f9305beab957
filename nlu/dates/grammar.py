"""The patterns of dates and times, one alternation, tried from left to right; what only looks like a date is eaten first.

Group names say what a piece is; `nlu.dates.atoms` says what it means.
"""

import re
from functools import cache

from nlu.dates import holidays
from nlu.dates.daytime import AM, ANY, ASAP, CLOCK, EVENING, MEALS, PM
from nlu.dates.lookalikes import DAY, MONTH, NOISE, THING, TO, UNIT, WDAY, WEEK, N

_YEAR = r"(?:(?:20\d\d|今|明|后)年)"
_THIS = r"(?:(?:这个|本|当|下下个?|下个?)月)"
_LIST = rf"{WDAY}(?:[、,/和跟]?(?:{WDAY}(?![点号天个月:、早]|大早|大清早|楼)))*"
_PAST_EVENT = r"(?:出院|手术|术|产|停药|拆线|拆石膏|化疗|放疗|分娩|剖腹产|剖宫产|用药|服药|打针|换药)"
_COUNTED = rf"(?:第)?(?:{N}|几|半)(?:个)?(?:天|日|{WEEK}|月|年)"
_LUNAR_DAY = (
    r"(?:初[一二三四五六七八九十]|[一二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十)[号日]?"
)
_LUNAR_MONTH = r"(?:闰?(?:十[一二]?|冬|腊|正|[二三四五六七八九]))月"
_WHICH_WEEK = r"(?:下下下|再下|下下|下一|下1|下|这一|这|本|当|大下)"
_FIRST_OR_LAST = r"(?:第[一二三四五1-5]|头一?|最后|倒数第[一二三四五1-5])(?:一)?个?"

_GROUPS = (
    ("ymd", r"(?<!\d)20\d\d[./-]\d{1,2}[./-]\d{1,2}(?!\d)|(?<!\d)20[2-9]\d[01]\d[0-3]\d(?!\d)"),
    ("lunar", rf"(?:农历|阴历|旧历){_LUNAR_MONTH}(?:{_LUNAR_DAY}|[里间])?|{_LUNAR_MONTH}初[一二三四五六七八九十]|"
              rf"[正腊冬]月(?:{_LUNAR_DAY}|[里间])"),
    ("holiday", ""),
    ("shift", rf"(?:往?[后前]|向[后前])?(?:推迟|延后|延期|推后|延迟|顺延|提前|提早|推|延|挪|拖|移)(?:后|上)?(?:{N}|半)(?:个)?(?:天|日|{WEEK}|月)(?!后|之后|以后|预约|通知|放|告|说|约|挂)"),
    ("part", rf"(?:(?:(?:头|前|后|最后|末了?)(?:{N}|几)天|(?:第{N}|头一|最后一|倒数第{N})个?(?:天|个?工作日|个?{WEEK}(?!{WDAY}))|[前后上下]半(?:周|段|个?月|截)))"),
    ("hours", rf"(?<!病)(?<!后){N}个?小时(?:之|以)?内"),
    ("anchored", rf"{_PAST_EVENT}(?:以|之)?后的?(?:满)?{_COUNTED}(?:之后|以后|后)?(?!了|又|就|还|多|以来)|{_PAST_EVENT}(?:满)?(?:{N}|半)(?:个)?(?:天|日|{WEEK}|月|年)(?:之|以)?后"),
    ("any", ANY),
    ("later", r"过(?:个把)(?:个)?(?:天|日|周|星期|礼拜|月)"),
    ("newyear", r"过[完了]年(?:以后|之后|后)?|年后(?=$|[,。的再来去约挂看头第]|有|上班)"),
    ("next", r"(?:转|隔)天(?!.{0,4}[次片粒针服吃])|(?:第二|次)[天日](?=$|[,。的]|上午|下午|早|晚|也|都|再|行|可以|有)"),
    *MEALS.items(),
    ("latest", r"最[晚迟](?=.{0,2}(?:周|星期|礼拜|下|这|本|明|后|今|月|元|国|春|\d|[一二三四五六七八九十]))|不[晚迟]于|截止到?|赶在|赶到|(?<![直一推改调换挪移])到(?=[^到]{1,8}为止)"),
    ("earliest", r"最早(?:也?[得要])?(?=周|星期|礼拜|下|明|后|\d|[一二三四五六七八九十]+[号点月])|不早于|至少(?:要|得)?(?:到|等)"),
    ("noise", NOISE),
    ("asap", ASAP),
    ("nth", rf"(?:{_THIS}|这月|{_YEAR}?{MONTH}月份?)的?{_FIRST_OR_LAST}{WEEK}{WDAY}"),
    ("md", rf"{_YEAR}?的?(?<![\d.])(?:{MONTH}月份?|{_THIS})的?{DAY}(?:[号日]|(?![\d点:天个周年月时岁次]))"),
    ("slash", r"(?<![\d./-])(?:1[0-2]|0?[1-9])/(?:[0-3]?\d)(?![\d/.%])|(?<![\d./-])(?:1[0-2]|0?[1-9])[.-](?:[0-3]?\d)(?:[号日]|(?=上午|下午|早上|晚上|的号|那天|能|有))|"
              r"(?:(?<=^)|(?<=[约挂看改到号]))(?:1[0-2]|0?[1-9])\.[0-3]?\d(?=[-~到至](?:1[0-2]|0?[1-9])\.[0-3]?\d(?![\d.]))|(?<=\.\d[-~到至])(?:1[0-2]|0?[1-9])\.[0-3]?\d(?![\d.])|(?<=\.\d\d[-~到至])(?:1[0-2]|0?[1-9])\.[0-3]?\d(?![\d.])"),
    ("drange", rf"(?<![\d./]){DAY}[号日]?{TO}{DAY}[号日]"),
    ("dlist", rf"(?<![\d./]){DAY}(?:(?:[、,/和或跟]|或者){DAY})+[号日](?!{THING})"),
    ("dapprox", rf"(?:[一二三]?十|廿)?[一二三四五六七八九]{{2}}[号日](?!{THING})"),
    ("dom", rf"(?<![\d./])(?:{DAY}|(?:(?<=^)|(?<=[挂约看改]))[4-9]\d)[号](?!{THING})|(?<![\d./]){DAY}日(?!{THING}|子|常|内|后|间|谈|咳)"),
    ("month", rf"(?:{_YEAR}?的?(?:{MONTH}月份?(?!{DAY}[号日]|龄)|(?:这个?|本|当|下下个?|下个?)月)|月(?=[底末初中头]))的?"
              r"(?:底|末|初|中旬|上旬|下旬|中(?!午)|头上|头(?![疼痛晕昏一两三几\d]))?"),
    ("year", r"(?:今年|明年)?(?:年底|年末|岁末|年前|底前)|(?:今年|本年|年)(?:之|以)?内|今年(?=(?:的)?(?:最后|头))|明年"),
    ("badweek", rf"(?:{_WHICH_WEEK}个?)?{WEEK}(?:[八九]|[89](?!\d))(?!月|点|[、号])"),
    ("week", rf"{_WHICH_WEEK}个?{WEEK}(?:末|天(?!内|之内|以内)|日|{_LIST})?"),
    ("weekday", rf"(?<![孕几])(?:逢|每)?{WEEK}(?:末|{_LIST})|(?<![叩])拜[一二三四五六](?!访|托)"),
    ("oddeven", r"(?:一三五|二四六)(?=都|可以|有空|上午|下午|行)"),
    ("weekend", r"(?:这个?|下个?)?双休日?|(?:这个?|下个?)?大?休息日"),
    ("workday", r"(?:下周的?)?(?:工作日|平日|平常日)|上班(?:日|时间)"),
    ("within", rf"(?:这|近|最近|未来|接下来|今后|往后|之后|头)的?(?:{N}|几)(?:天|日|个?{WEEK})(?:之?内|以内)?|{N}{UNIT}(?:之|以)?[内里]|半个?月(?:之|以)?内"),
    ("after", rf"(?:再)?(?:过|隔|等)(?:{N}|半)(?:个)?(?:天|日|{WEEK}|月)(?:之后|以后|后)?|(?:{N}|半)(?:个)?(?:天|日|{WEEK}|月)(?:之|以)?后(?!天)"),
    ("lasting", rf"(?:大|好|整|都|有|已经|快)?(?:{N}|几|半|数|多少|好些)(?:来|多)?(?:个)?(?:半|多)?(?:天|日|{WEEK}|月|年|小时|钟头|分钟|晚上|宿|夜)(?:半|多|了)?"),
    ("several", r"今明后(?:[三3]天)?|[今明]后(?:[两2]?天)|今明(?:[两2]天)?"),
    ("bigday", r"大大后天|外后[天日]|大后[天日儿]个?|后[天日朝儿]个?(?!性)"),
    ("tomorrow", r"赶?明(?:天|日|儿个?|个|朝)|听日|翌日|赶明|明(?=[早晚]|上午|下午|中午|晨|头晌|后晌|后(?:两|2)?天)"),
    ("today", r"今(?:天|日|儿个?|个|朝)|今(?=[早晚夜晨]|上午|下午|中午|明)|(?:现在|眼下)(?=能|可以|还|去|过|就)"),
    ("clock", CLOCK),
    ("am", AM),
    ("pm", PM),
    ("evening", EVENING),
)  # fmt: skip


@cache
def pattern() -> re.Pattern[str]:
    """The alternation; ``match.lastgroup`` names the piece."""
    parts = [f"(?P<{name}>{_holiday() if name == 'holiday' else body})" for name, body in _GROUPS]
    return re.compile("|".join(parts))


def _holiday() -> str:
    """Names of holidays, where they are no people's (立秋是我老婆) and no roads'."""
    plain = "|".join(re.escape(n) for n in holidays.names() if not holidays.needs_context(n))
    needy = "|".join(re.escape(n) for n in holidays.names() if holidays.needs_context(n))
    off = "假期|放假|长假|黄金周|小长假"
    return (
        rf"(?:(?:{plain})(?:节)?|(?:{needy})(?=期间|{off}|前(?!面|台)|后|当天|那天|以前|之前)|^(?:{needy})$)"
        rf"(?![一二三四五六七八九十\d号日]|是[我他她])(?:期间|{off})?"
    )


@cache
def trigger() -> re.Pattern[str]:
    """A character without which there is no date: most messages are done here."""
    return re.compile(
        r"[\d天日号周星礼月年今明后早午晌昼夜晨点时刻节快紧马立随任急即傍黑昏朝双工平过清中元除端七国五六十腊春重圣冬夏秋立大小拜麻就一二最哪]"
    )
