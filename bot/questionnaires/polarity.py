"""Yes and no, better and worse, as patients say them; negation with its reach."""

import re

from bot.questionnaires.heard import clauses, core

LONGEST = 12
"""Characters of a clause that answers; a longer one tells a story."""
_GOOD = (
    r"(?:(?<![约挂说最办弄只幸您你])好(?![几久像痛疼恶难坏]|多(?!了)|的号|意思)|满意|不错|(?<![^很挺还蛮都不])(?:行|可以)(?![^吧的了])"
    r"|正常|顺利|舒服)"
)
_LEVELS = (
    (
        -2,
        rf"(?:很|非常|特别|太|极其?|十分|相当)(?:不{_GOOD}|差劲?|糟糕?|烂)|差得?(?:很|远|极了|劲)|糟透|差劲"
        rf"|一点[也都]?不{_GOOD}",
    ),
    (
        -1,
        rf"(?:不太|不怎么|不大|不是很|不是太|不够|没那么|没有那么|不算太?|谈不上|算不上|说不上|不能说|不){_GOOD}(?!不坏)"
        r"|不怎么样|(?:有点|比较)?(?:差(?!不多)|糟糕?)|难受|坏",
    ),
    (
        0,
        r"一般般?|还行|还可以|还好|还凑合|凑[合活]|马马虎虎|就那样|差不多|过得去|中等|普通|不好不坏|将就|老样子|说得过去"
        r"|一半一半|还成|中不溜(?:儿|秋儿?)?|不上不下",
    ),
    (2, rf"(?:很|非常|特别|太|十分|极其?|相当|超级?){_GOOD}|好极了|好得很|没得说|棒"),
    (1, rf"好得差不多|(?:挺|蛮|比较|还|都|已经)?(?:{_GOOD}|好多了|好些了)|没(?:有|什么|啥)*大?(?:问题|毛病)"),
)
_SOUR = re.compile(r"好个|哪里?好|好什么|好才怪")
_LEVEL = re.compile("|".join(f"(?P<l{place}>{pattern})" for place, (_, pattern) in enumerate(_LEVELS)))
_VERY_GOOD = re.compile(r"很好")
_NEGATOR = re.compile(
    r"(?:没有|没|不是|并不|不|无|未|从未|冇|唔|别)(?:什么|怎么|再|太|觉得|感到|感觉|出现|发现|过|有|很|特别|明显|任何|发生|发|见|那么|咋)*"
    r"(?:、|和|或者?|跟|及|以及|与|也|都|又)*$"
)
_BEFORE = re.compile(r"(?:没有|没|不是|无|未)[^,。;!?有]*$")
"""没恢复好: whatever stands between, all is not well."""
_OF_LIFE = re.compile("活着|伤害自己")
_DESPAIR = re.compile(
    r"(?:不想|不愿意?|不要)活|活不下去|活够了?|不如死|想死|死了算|寻短|轻生|自杀|自残|没活头|没有?意思"
)
"""A yes where it is asked, though 不想活 begins like a no."""
_LEAD = (
    r"^(?:我|他|她|最近|这几天|目前|暂时|现在|倒|也|都|就|还|并|从来|从|一次|一点|好像|应该|可能|基本|几乎|根本|完全"
    r"|肯定|绝对|自己|一直|昨[天晚]|今[天早晚]|早上|晚上|下午|夜里|白天|刚才|前[几两]天|上[周个]月?)*"
)
_SURELY_NOT = re.compile(r"^(?:当然|确实|的确|真的?|肯定|是的?|对|哪)+(?:啊|呀|的)?(?:没|不会|不是)")
_NO = re.compile(_LEAD + r"(?:没|不|无|未|否|冇|唔|no|n$)")
_YES = re.compile(
    _LEAD + r"(?:有|是|对|嗯|会|能|要|可以|经常|偶尔|常常?|老是|总是|每天|天天|yes|ok|y$|确实|当然"
    r"|[一二两三四五六七八九几\d]+[次回]|一点|用了?$|在用|吃了|量了|测了)"
)
_NEUTRAL = re.compile(
    r"^(?:也|还|都|但|倒)*(?:不严重|不厉害|不要紧|不多|不大|没事|没关系|没什么大碍|不影响|不重|好了"
    rf"|不(?:太|怎么|是很|大)?{_GOOD})"
)
_FUNCTION = re.compile(
    r"有没有|是不是|会不会|能不能|要不要|[吗过了的]|最近|这几天|现在|过去|一周|一年|[,。;!?、\s]"
)
_SMALL = re.compile(
    r"没有?|不|无|未|从来|一直|好像|应该|可能|经常|偶尔|有时候?|时候|老是|总是|每天|天天|正常|确实|当然|肯定|基本|完全|根本|绝对|怎么"
    r"|什么|一[点些次回]|几[次回]|[两三\d][次回]|有点?|是|对|会|能|要|可以|啥|真的?|都|也|还|就|倒|并|目前|暂时|现在|有过|嗯|明显"
)
_WELL = re.compile(r"(?<![不没])(?:正常|稳|舒服|健康|[挺很还]好)")
_DENIED = frozenset({"不", "没", "无"})
_EMPTY = frozenset({"没有", "有点", "时候", "医生", "觉得", "以后", "一次", "有"})
_NEGATIVE = re.compile(r"没|不|无|否|未|从来[没不]|完全没|还没|一点也[没不]|都没|基本不")
_UNMEASURED = re.compile(r"没有?(量|测|检查|查|看|注意)")
_BOTH = re.compile(r"不是没有?|不能说没有?|没少|不无|有时候?没|有的没|时有时无")
_BARE_NO = re.compile(
    r"(?:(?:以上|上面|上述|前面|下面|这些|那些|这几[个样种]|啥子?|什么|一[个样种]|哪[个样]|别的|其[他它余]|剩下|当然|确实)(?:的|情况|症状)*|都|也|还|从来|从|完全"
    r"|一点[也都]?|根本|基本上?|暂时)*(?:没有?|无|不|不会|不是|否|没得|莫得|么得|木有|冇|不用|不需要|不能)"
    r"(?:(?:啥子?|什么)(?:好|可|要|想)?说|[要想]说|意见|建议|啥子|什么|任何|啥|别的?|其[他它余]的?|这些|那些|以上|过|不舒服|异常|情况|问题|症状|感觉|想|没|的|事)*"
)
_BARE_YES = re.compile(r"(?:都|也|确实|是)*(?:有|是|会|能|要|对)(?:的|过|一?点|一些|些)*")


def level(text: str) -> int | None:
    """2 非常好 … −2 非常差; None: it says nothing of the kind, or several things."""
    if _SOUR.search(text):
        return None
    found = set()
    for part in map(core, clauses(text)):
        for match in _LEVEL.finditer(part if len(part) <= LONGEST else ""):
            if negated(part[: match.start()]) or _BEFORE.search(part[: match.start()]):
                return None
            place = next(n for n in range(len(_LEVELS)) if match[f"l{n}"] is not None)
            found.add(1 if _VERY_GOOD.fullmatch(match[0]) else _LEVELS[place][0])
    return found.pop() if len(found) == 1 else None


def negated(before: str) -> bool:
    """Whether what stands behind ``before`` is denied; in a list, what was named stands there as 、."""
    return _NEGATOR.search(re.split(r"[,。;!?]", before)[-1]) is not None


def negative(text: str) -> bool:
    """Whether an option's text is the 没有 among the options."""
    return _NEGATIVE.match(text) is not None


def bare_no(said: str) -> bool:
    """没有 and nothing besides."""
    return _BARE_NO.fullmatch(said) is not None


def bare_yes(said: str) -> bool:
    return _BARE_YES.fullmatch(said) is not None


def yes_or_no(text: str, question: str = "") -> bool | None:
    """None: neither, or both (「有时有，有时没有」)."""
    if _BOTH.search(text):
        return None
    said = {heard for part in clauses(text) if (heard := _clause(part, question)) is not None}
    return said.pop() if len(said) == 1 else None


def _clause(part: str, question: str) -> bool | None:
    bare = core(part)
    if bare in ("没", "没有", "无", "否", "不", "不是", "没得", "莫得", "么得", "木有", "冇", "2"):
        return False
    if bare in ("有", "是", "对", "1"):
        return True
    if _WELL.search(bare):
        return None  # 走路挺稳的 says the question's words, and not yes
    if _OF_LIFE.search(question) and (dark := _DESPAIR.search(bare)):
        return not (negated(bare[: dark.start()]) or _BEFORE.search(bare[: dark.start()]))
    echo = _echo(bare, question)
    if echo is not None:
        return echo
    if _NEUTRAL.match(bare) or ((verb := _UNMEASURED.search(bare)) and verb[1] not in question):
        return None
    if len(bare) > LONGEST or not _about(bare, question):
        return None
    if _NO.match(bare) or _SURELY_NOT.match(bare):
        return False
    return True if _YES.match(bare) else None


def _about(bare: str, question: str) -> bool:
    """Whether a clause beyond its yes or no has a word of the question, or none at all: 不看了 tells of no fever."""
    rest = _FUNCTION.sub("", _SMALL.sub("", bare))
    return not rest or any(each in question for each in rest)


def _echo(bare: str, question: str) -> bool | None:
    """Whether the question's own words are said again, or denied: 不稳 → yes, 没有不稳 → no, 挺稳 → neither."""
    asked, told = (_FUNCTION.sub("", each) for each in (question, bare))
    least = 1 if len(told) == 1 else 2
    for length in range(min(len(told), 8), least - 1, -1):
        for start in range(len(told) - length + 1):
            words = told[start : start + length]
            at = asked.find(words)
            if words not in _EMPTY and at >= 0 and asked[at - 1 : at] not in _DENIED:
                return not negated(told[:start])
    return None
