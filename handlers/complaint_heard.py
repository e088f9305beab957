"""意见、投诉里一句话说了什么：是原话、是补充、是问进展，还是要匿名（`handlers.complaint`）。"""

import re

from bot.dialog.digress import SURE
from bot.dialog.frame import Heard, Known, Values
from bot.dialog.speech import Json
from bot.domain.tickets import TicketKind
from bot.domain.world import World
from nlu import tickets
from nlu.normalize import normalize
from nlu.understood import Understood

DONE = "done"
"""Nothing more to say."""
LENGTH = 1500
"""Characters of one message that are kept; more is cut, never refused."""
_BRIEF = 14
"""Characters of the longest message that is a request of its own, whatever it says of the hospital."""
_ALONE = re.compile(
    r"(?:[我俺咱]们?|想|要|来|得|必须|现在|就|请问|怎么|如何|在哪里?|哪里|可以|能|进行|一下|一个|个|点|些|有|的|了|吗|呢|啊|呀|吧|提|实名|匿名|电话|"
    r"你好|您好|不要(?:让|给)?(?:他们|别人|科室)?知道(?:是我)?|投诉|举报|反映|反馈|意见|建议|表扬|问题|情况|件事|事情?|[\W_])+"
)
_ASKS = re.compile(
    r"(投诉|举报|意见|建议|反馈|反映|工单|t\d{8}).{0,12}(怎么样|咋样|怎样|进展|结果|答复|回复|回音|消息|处理(了|完|好|得|到)|到哪|办(了|完|好)|下文)"
    r"|^.{0,8}(答复|处理结果|处理意见)[呢了吗有怎么样出来?。!]*$"
)
_ANEW = re.compile("(要|想|来|得)(再)?(实名|匿名)?(投诉|举报|反映|提)")
"""我要投诉，等检查结果等了一周: tells of something, does not ask how far it is."""
_ANONYMOUS = re.compile(
    r"匿名|(不要|别|不能|不想)(写|留|说|透露|泄露|暴露|公开|告诉).{0,8}(我|名字|姓名)|(不要|别|不想)(让|给).{0,8}知道.{0,4}我"
)
_KINDS = (
    (re.compile("投诉|举报|告(你们|他)"), TicketKind.COMPLAINT),
    (re.compile("表扬|感谢|锦旗|点赞"), TicketKind.PRAISE),
    (re.compile("建议|意见"), TicketKind.SUGGESTION),
)
ENOUGH = (
    "没有了", "没了", "没有", "就这些", "就这样", "好了", "不用了", "算了", "返回", "说完了", "完了", "好的谢谢",
    "谢谢", "谢谢你", "谢谢您",
)  # fmt: skip
_LETTERS = re.compile(r"[a-z\u4e00-\u9fff]{2}")
_PLACES = ("book", "query_slots", "triage")
_WANTS = re.compile("挂|约|号|看病|[想要]看|找|出诊|坐诊|看什么科|看哪个?科")
_REQUESTS = (
    "book", "query_slots", "change", "cancel", "my_appointments", "register_patient", "faq", "human", "greet",
    "help", "restart",
)  # fmt: skip
_WORD = 4
"""Characters of a message that says nothing but what is wanted, whatever it is (交费, 谢谢)."""


def told(understood: Understood) -> str:
    """What the message tells of the matter; empty: nothing (only 「我要投诉」, or a request of another kind)."""
    said = _whole(understood)
    if not tickets.says_something(said) or _ALONE.fullmatch(said) or not _LETTERS.search(said):
        return ""
    if _requests(understood, said) and not tickets.concerns(said):
        return ""
    return understood.text.strip()[:LENGTH]


def _requests(understood: Understood, said: str) -> bool:
    """挂骨科 in the middle of it; 「骨科的护士」 alone asks for nothing."""
    if understood.intent in ("unknown", "complaint") or understood.confidence < SURE:
        return False
    if understood.intent in _PLACES and len(said) > _WORD:
        return bool(_WANTS.search(said))
    if understood.intent in _REQUESTS:
        return len(said) <= _BRIEF or understood.intent in ("faq", "human", "restart")
    return len(said) <= _WORD


def _whole(understood: Understood) -> str:
    """All of the message: what the NLU normalised may be the first of several requests."""
    return normalize(understood.text).text


def first(understood: Understood, world: World, values: Values) -> Heard:
    """The message that opens the frame; what is known is not told twice."""
    if values.get("words") or values.get("ticket") or understood.intent != "complaint":
        return None
    return answer(understood, world, values)


def answer(understood: Understood, world: World, values: Values) -> Heard:
    words = "" if _asking(understood) else told(understood)
    secret: dict[str, Json] = {"anonymous": True} if _ANONYMOUS.search(_whole(understood)) else {}
    return Known(words, secret) if words else None


def more(understood: Understood, world: World, values: Values) -> Heard:
    plain = re.sub(r"[\W_]+", "", _whole(understood))
    if plain in ENOUGH:
        return Known(DONE)
    found = answer(understood, world, values)
    if found is None and _ANONYMOUS.search(_whole(understood)) and not _asking(understood):
        return Known("", {"anonymous": True})  # only the wish: nothing is added but that
    return found


def more_of_it(understood: Understood, world: World, values: Values) -> Heard:
    """Another complaint in so many words, while one is being told."""
    return more(understood, world, values) if understood.intent == "complaint" else None


def _asking(understood: Understood) -> bool:
    said = _whole(understood)
    return _ASKS.search(said) is not None and _ANEW.search(said) is None


def asks(understood: Understood, world: World, values: Values) -> Heard:
    return Known(True) if _asking(understood) else None


def kind(understood: Understood, world: World, values: Values) -> Heard:
    said = next((kind for words, kind in _KINDS if words.search(_whole(understood))), None)
    return Known(said.value) if said is not None and not values.get("kind") else None


def anonymous(understood: Understood, world: World, values: Values) -> Heard:
    return Known(True) if _ANONYMOUS.search(_whole(understood)) else None
