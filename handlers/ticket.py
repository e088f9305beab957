"""意见和投诉办到哪一步了；有了答复，问一句满意吗：满意就办结，还没解决就问差什么，转回去接着办（R37）。"""

import re

from bot.dialog.frame import Frame, Heard, Known, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import Command, JudgeTicket
from bot.domain.outcomes import Outcome, TicketJudged
from bot.domain.tickets import ANSWERED, TicketState, TicketView
from bot.domain.world import World
from bot.pushes.ticket_ways import LABELS, Verdict
from handlers.complaint_heard import told
from handlers.texts import complaint as texts
from nlu.understood import Understood

_NOT_YET = re.compile(
    r"(没有?|未|不)(完全|真正|彻底)?(解决|处理好|改|落实|联系)|不(太|是很|怎么)?(满意|行|可以|认可|接受|同意)|还是(那样|老样子|一样|没)|敷衍|糊弄|没人"
)
_CONTENT = re.compile("满意|(解决|处理好|办好|弄好)了|可以|挺好|不错|认可|没事了")
_ELSE = re.compile("挂.{0,2}号|预约|改约|改签|取消|退号")
"""Of a few words: they ask for something else (我没改签成), and are no verdict."""
_ASKS = re.compile("吗|呢|？|怎么|可以(再)?(来|去|查|看|用|开)")
"""可以报销吗 praises nothing."""
_OFFERED = 5
_BRIEF = 8


def _view(world: World, values: Values) -> TicketView | None:
    ticket = values.get("ticket")
    return world.ticket(ticket) if isinstance(ticket, int) else None


def _which(world: World, values: Values) -> Reply:
    found = world.tickets()[:_OFFERED]
    return Reply(texts.WHICH, tuple(Option(texts.line(each), each.id, (each.number,)) for each in found))


def _only_one(world: World, values: Values) -> Json:
    """The one there is, or the one that waits for a verdict."""
    found = world.tickets()
    waiting = [each for each in found if each.state is TicketState.ACTED]
    few = waiting or found
    return few[0].id if len(few) == 1 else None


def _shown(world: World, values: Values) -> Json:
    """The answer that a verdict is asked for; kept, so that a message that comes again still means the same."""
    view = _view(world, values)
    if view is None:
        return None
    judged = view.state in ANSWERED and (view.answer or values.get("tapped"))
    just_now = view.state is TicketState.REOPENED and view.version - 1 == values.get("seen")
    return view.version if judged or just_now else None


def _tapped(world: World, values: Values) -> Json:
    """What was tapped under the answer counts for that answer alone: for a newer one it is asked again."""
    view, verdict = _view(world, values), values.get("tapped")
    newer = view is not None and view.state is TicketState.ACTED and view.version != values.get("seen")
    return None if view is None or newer else verdict


def _asks_verdict(world: World, values: Values) -> bool:
    return values.get("shown") is not None


def _question(world: World, values: Values) -> Reply:
    view = _view(world, values)
    over = view is not None and view.state is TicketState.CLOSED
    content = Option(
        texts.OVER if over else LABELS[Verdict.CONTENT], Verdict.CONTENT.value,
        ("满意", "解决了", "可以", "好了"),
    )  # fmt: skip
    not_yet = Option(LABELS[Verdict.NOT_YET], Verdict.NOT_YET.value, ("没解决", "不满意", "不行"))
    return Reply(texts.state(view) if view is not None else "", (content, not_yet))


def _verdict(understood: Understood, world: World, values: Values) -> Heard:
    """In one's own words; more than a few say what is missing too."""
    said = understood.normalized
    few = len(said) <= 2 * _BRIEF
    if few and _ELSE.search(said):
        return None
    if _NOT_YET.search(said):
        missing = told(understood) if len(said) > _BRIEF else ""
        return Known(Verdict.NOT_YET.value, {"missing": missing} if missing else {})
    content = few and _CONTENT.search(said) and not _ASKS.search(said)
    return Known(Verdict.CONTENT.value) if content else None


def _asks_missing(world: World, values: Values) -> bool:
    return values.get("verdict") == Verdict.NOT_YET.value


def _missing_question(world: World, values: Values) -> Reply:
    return Reply(texts.MISSING, (Option(texts.DESK, opens("human")),))


def _missing(understood: Understood, world: World, values: Values) -> Heard:
    words = told(understood)
    return Known(words) if words else None


class Ticket(Frame, id="ticket", version=1, title="意见反馈", aside=True):
    """Opened by a tap on the answer, or by asking how far it is."""

    seen = Slot()
    tapped = Slot()
    ticket = Slot(ask=_which, auto=_only_one, when=lambda world, values: bool(world.tickets()), hint="1")
    shown = Slot(auto=_shown, after=("ticket",))
    verdict = Slot(
        ask=_question,
        claim=_verdict,
        auto=_tapped,
        after=("ticket",),
        when=_asks_verdict,
        hint="满意，或者「还没解决」",
    )
    missing = Slot(
        ask=_missing_question, claim=_missing, after=("verdict",), when=_asks_missing, hint="还没有人联系我",
        again=texts.MISSING_AGAIN,
    )  # fmt: skip

    def commit(self, values: Values, key: str) -> Command | None:
        ticket, verdict = values.get("ticket"), values.get("verdict")
        if not isinstance(ticket, int) or verdict is None:
            return None
        return JudgeTicket(key, ticket, verdict == Verdict.CONTENT.value, str(values.get("missing") or ""))

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case TicketJudged(ticket=ticket):
                return Said(Reply(texts.judged(ticket)))
            case _:
                return Said(_told(world, values))


def _told(world: World, values: Values) -> Reply:
    found = world.tickets()
    view = _view(world, values) or (found[0] if found else None)
    return Reply(texts.none(world.phone) if view is None else texts.state(view))
