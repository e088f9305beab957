"""意见、投诉、表扬：先道歉，原话记下来，告诉编号和答复的期限；说了「还有」就接着记，随时可以找人工（R37）。"""

from bot.dialog.frame import WITHIN, Frame, Said, Slot, Values, opens
from bot.dialog.speech import Json, Option, Reply
from bot.domain.commands import AddToTicket, Command, OpenTicket
from bot.domain.outcomes import Outcome, TicketAdded, TicketOpened
from bot.domain.tickets import TicketKind
from bot.domain.views import Relation
from bot.domain.world import World
from handlers import complaint_heard as heard
from handlers.complaint_heard import DONE, ENOUGH
from handlers.texts import complaint as texts
from nlu import tickets


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
    enough = Option(texts.ENOUGH, DONE, ENOUGH)
    return Reply(texts.BESIDES, (enough, Option(texts.DESK, opens("human"))))


def _kind_of(values: Values) -> TicketKind | None:
    kind = values.get("kind")
    return TicketKind(kind) if isinstance(kind, str) else None


class Complaint(Frame, id="complaint", version=2, title="意见反馈", intents=("complaint",), aside=True):
    """One ticket; opened at once, more words are added while the conversation is about it."""

    kind = Slot(hear=heard.kind)
    anonymous = Slot(hear=heard.anonymous)
    patient = Slot(auto=_whose, after=("anonymous",))
    asks = Slot(hear=heard.asks)
    ticket = Slot()
    words = Slot(
        ask=_what,
        hear=heard.first,
        claim=heard.answer,
        when=lambda world, values: not values.get("asks") and not values.get("ticket"),
        hint="昨天下午在收费窗口等了一个小时",
    )
    more = Slot(
        ask=_besides,
        hear=heard.more_of_it,
        claim=heard.more,
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
