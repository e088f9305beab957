"""A staff desk for tests: what members of staff do with tickets, by 工号."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.domain.commands import JudgeTicket, OpenTicket
from bot.domain.outcomes import TicketJudged, TicketOpened
from bot.domain.tickets import Acted, CloseReason, Moved, TicketKind, TicketView
from bot.services.tickets import acting, files, overdue
from bot.services.tickets.acting import Seen
from bot.store.care_models import Ticket, TicketEvent
from tests.integration.services.town import Town

WORDS = "消化内科的护士态度太差了，我叫王小明，电话13800138000"
ANSWER = "已请护士长当面道歉，并安排了沟通培训。"


@dataclass
class Desk:
    """Every act is done on the ticket as it is now, unless a version is named."""

    town: Town
    staff: str = "0012"

    def open(self, key: str = "k1", text: str = WORDS, user: str = "o-1", **more: Any) -> TicketView:
        kind = more.pop("kind", TicketKind.COMPLAINT)
        outcome = self.town.hospital.execute(OpenTicket(key, kind, text, **more), self.town.account(user))
        assert isinstance(outcome, TicketOpened), outcome
        return outcome.ticket

    def row(self, ticket_id: int) -> Ticket:
        with self.town.db.read() as uow:
            return uow.session.get_one(Ticket, ticket_id)

    def events(self, ticket_id: int) -> list[str]:
        with self.town.db.read() as uow:
            wanted = select(TicketEvent.what).where(TicketEvent.ticket_id == ticket_id)
            return list(uow.session.scalars(wanted.order_by(TicketEvent.id)))

    def take(self, ticket_id: int, **as_: Any) -> Acted:
        return self._do(acting.take, ticket_id, **as_)

    def confirm(self, ticket_id: int, **as_: Any) -> Acted:
        words = {"kind": TicketKind.COMPLAINT, "category": "服务态度", "department": "消化内科"}
        return self._do(acting.confirm, ticket_id, **{**words, **as_})

    def assign(self, ticket_id: int, to: str = "护理部", **as_: Any) -> Acted:
        return self._do(acting.assign, ticket_id, to=to, **as_)

    def act(self, ticket_id: int, answer: str = ANSWER, **as_: Any) -> Acted:
        return self._do(acting.act, ticket_id, measure="科室开会整改", answer=answer, **as_)

    def close(self, ticket_id: int, reason: CloseReason, **as_: Any) -> Acted:
        return self._do(acting.close, ticket_id, reason=reason, **as_)

    def answered(self, **more: Any) -> TicketView:
        """A ticket that has its answer."""
        ticket = self.open(**more)
        for done in (
            self.take(ticket.id),
            self.confirm(ticket.id),
            self.assign(ticket.id),
            self.act(ticket.id),
        ):
            assert isinstance(done, Moved), done
        return ticket

    def attach(self, ticket_id: int, name: str, content: bytes) -> Acted:
        context = self.town.hospital.acting(f"staff:{self.staff}")
        return self.town.db.run(lambda uow: files.attach(uow, context, ticket_id, name, content))

    def judge(
        self, ticket_id: int, content: bool, words: str = "", key: str = "j1", user: str = "o-1"
    ) -> TicketView:
        command = JudgeTicket(key, ticket_id, content, words)
        outcome = self.town.hospital.execute(command, self.town.account(user))
        assert isinstance(outcome, TicketJudged), outcome
        return outcome.ticket

    def tick(self) -> int:
        context = self.town.hospital.acting("system:scheduler")
        return self.town.db.run(lambda uow: overdue.tick(uow, context))

    def _do(self, what: Any, ticket_id: int, **given: Any) -> Acted:
        version = given.pop("version", None) or self.row(ticket_id).version
        context = self.town.hospital.acting(f"staff:{given.pop('staff', self.staff)}")
        seen = Seen(ticket_id, version)
        done: Acted = self.town.db.run(lambda uow: what(uow, context, seen, **given))
        return done
