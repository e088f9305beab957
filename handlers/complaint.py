"""意见、投诉、表扬：先道歉，原话记下来，告诉编号和答复的期限；说了「还有」就接着记，随时可以找人工（R37）。"""

import re

from bot.dialog.digress import SURE
from bot.dialog.frame import WITHIN, Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import AddToTicket, Command, OpenTicket
from bot.domain.outcomes import Outcome, TicketAdded, TicketOpened
from bot.domain.tickets import TicketKind
from bot.domain.views import Relation
from bot.domain.world import World
from handlers.texts import complaint as texts
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
_ANONYMOUS = re.compile(
    r"匿名|(不要|别|不能|不想)(写|留|说|透露|泄露|暴露|公开|告诉).{0,8}(我|名字|姓名)|(不要|别|不想)(让|给).{0,8}知道.{0,4}我"
)
_KINDS = (
    (re.compile("投诉|举报|告(你们|他)"), TicketKind.COMPLAINT),
    (re.compile("表扬|感谢|锦旗|点赞"), TicketKind.PRAISE),
    (re.compile("建议|意见"), TicketKind.SUGGESTION),
)
_ENOUGH = (
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


def _first(understood: Understood, world: World, values: Values) -> Heard:
    """The message that opens the frame; what is known is not told twice."""
    if values.get("words") or values.get("ticket") or understood.intent != "complaint":
        return None
    return _answer(understood, world, values)


def _answer(understood: Understood, world: World, values: Values) -> Heard:
    words = "" if _asking(understood) else told(understood)
    secret: dict[str, Json] = {"anonymous": True} if _ANONYMOUS.search(_whole(understood)) else {}
    return Known(words, secret) if words else None


def _more(understood: Understood, world: World, values: Values) -> Heard:
    plain = re.sub(r"[\W_]+", "", _whole(understood))
    if plain in _ENOUGH:
        return Known(DONE)
    return _answer(understood, world, values)


def _asking(understood: Understood) -> bool:
    return _ASKS.search(_whole(understood)) is not None


def _asks(understood: Understood, world: World, values: Values) -> Heard:
    return Known(True) if _asking(understood) else None


def _kind(understood: Understood, world: World, values: Values) -> Heard:
    said = next((kind for words, kind in _KINDS if words.search(_whole(understood))), None)
    return Known(said.value) if said is not None and not values.get("kind") else None


def _anonymous(understood: Understood, world: World, values: Values) -> Heard:
    return Known(True) if _ANONYMOUS.search(_whole(understood)) else None


def _whose(world: World, values: Values) -> Json:
    """The account's own person, so that staff know whom to call; not where somebody wants to stay anonymous."""
    if values.get("anonymous"):
        return None
    own = [patient for patient in world.patients() if patient.relation is Relation.SELF]
    return own[0].id if own else None


def _what(world: World, values: Values) -> Reply:
    human = Option(texts.DESK, opens("human"))
    return Reply(texts.what(_kind_of(values)), (human,))


def _besides(world: World, values: Values) -> Reply:
    enough = Option(texts.ENOUGH, DONE, _ENOUGH)
    return Reply(texts.BESIDES, (enough, Option(texts.DESK, opens("human"))))


def _kind_of(values: Values) -> TicketKind | None:
    kind = values.get("kind")
    return TicketKind(kind) if isinstance(kind, str) else None


class Complaint(Frame, id="complaint", version=2, title="意见反馈", intents=("complaint",), aside=True):
    """One ticket; opened at once, more words are added while the conversation is about it."""

    kind = Slot(hear=_kind)
    anonymous = Slot(hear=_anonymous)
    patient = Slot(auto=_whose, after=("anonymous",))
    asks = Slot(hear=_asks)
    ticket = Slot()
    words = Slot(
        ask=_what,
        hear=_first,
        claim=_answer,
        when=lambda world, values: not values.get("asks") and not values.get("ticket"),
        hint="昨天下午在收费窗口等了一个小时",
    )
    more = Slot(
        ask=_besides,
        hear=lambda heard, world, values: (
            _more(heard, world, values) if heard.intent == "complaint" else None
        ),
        claim=_more,
        when=lambda world, values: bool(values.get("ticket")) and not values.get("asks"),
        hint="还有，护士说话很冲",
    )

    def unreadable(self, kind: str) -> str:
        return texts.UNREADABLE if kind in ("image", "video", "file") else ""

    def commit(self, values: Values, key: str) -> Command | None:
        ticket, more, anonymous = values.get("ticket"), values.get("more"), values.get("anonymous") is True
        if values.get("asks"):
            return None
        if isinstance(ticket, int):
            return None if more == DONE else AddToTicket(key, ticket, str(more), anonymous)
        words, patient = str(values.get("words") or ""), values.get("patient")
        kind = _kind_of(values) or TicketKind(tickets.guess(words).kind)
        return OpenTicket(key, kind, words, patient if isinstance(patient, str) else None, anonymous)

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case TicketOpened(ticket=ticket) if values.get(WITHIN):
                return Said(Reply(texts.opened(ticket)))
            case TicketOpened(ticket=ticket):
                follow: dict[str, Json] = {"ticket": ticket.id, "kind": ticket.kind.value}
                return Said(Reply(texts.opened(ticket)), then=(self.id, follow))
            case TicketAdded(ticket=ticket):
                return Said(Reply(texts.added(ticket)), done=False, clear=("more",))
            case None if values.get("asks"):
                return Said(Reply(""), then=("ticket", {}))
            case None:
                return Said(Reply(texts.enough(_kind_of(values))))
            case _:
                return Said(Reply(texts.trouble(world.phone)))
