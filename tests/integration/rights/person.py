"""Somebody about whom a lot is stored, and what is left of it.  It is Wednesday 2026-11-25, 10:00."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import LargeBinary, select

from bot.domain.accounts import AccountRef
from bot.domain.commands import Book, CallHuman, Cancel, Command, LeaveHuman, OpenTicket
from bot.domain.inbound import Inbound, Kind
from bot.domain.outcomes import Booked, Cancelled, Outcome, TicketOpened
from bot.domain.tickets import TicketKind
from bot.services.hospital import Hospital
from bot.store.base import Base
from bot.store.db import Database
from bot.store.inbox import Inbox, New
from bot.store.keys import BadKeys
from bot.store.models import Patient
from bot.store.rights_models import PrivacyRequest
from tests.integration.followup.discharged import Ward
from tests.integration.services.town import Town, id_number, phone_number
from tests.integration.surveys.asked import Asked

CHAT = "我的身份证是这个，帮我看看"
COMPLAINT = "护士态度太差了，我要投诉"
WISH = "希望病房安静一点"
ASKED_DESK = "想问问住院费"
SECRETS = ("王小明", id_number(1), phone_number(1), "13800000001", "幸福路", CHAT, WISH, ASKED_DESK)


@dataclass
class Person:
    """The patient, their account, their hospital."""

    asked: Asked
    appointment: int

    @classmethod
    def of(cls, ward: Ward) -> "Person":
        slot = ward.town.clinic(day=date(2026, 11, 27))[0]
        asked = Asked.of(ward)
        made = cls(asked, 0)
        booked = made.do(Book("book", slot, asked.patient_id))
        assert isinstance(booked, Booked), booked
        made.appointment = booked.appointment.id
        made.say(CHAT)
        made.do(CallHuman("desk", ASKED_DESK))
        made.do(LeaveHuman("bot"))
        asked.answer_all(words=WISH)
        return made

    @property
    def town(self) -> Town:
        return self.asked.ward.town

    @property
    def db(self) -> Database:
        return self.town.db

    @property
    def hospital(self) -> Hospital:
        return self.asked.hospital

    @property
    def account(self) -> AccountRef:
        return self.asked.account

    @property
    def id(self) -> str:
        return self.asked.patient_id

    def do(self, command: Command, account: AccountRef | None = None) -> Outcome:
        return self.hospital.execute(command, account or self.account)

    def cancel(self) -> None:
        assert isinstance(self.do(Cancel("cancel", self.appointment)), Cancelled)

    def complain(self) -> None:
        assert isinstance(self.do(OpenTicket("t", TicketKind.COMPLAINT, COMPLAINT, self.id)), TicketOpened)

    def say(self, words: str) -> None:
        """A message of theirs in the inbox, answered."""
        self.hospital.account("wechat", "wx1", "o-1")
        inbox = Inbox(self.db)
        message = Inbound(
            channel="wechat", app_id="wx1", user="o-1", kind=Kind.TEXT, at=self.town.clock.now(),
            dedup=f"d-{len(words)}", text=words,
        )  # fmt: skip
        claimed = inbox.claim(message, timedelta(seconds=30))
        assert isinstance(claimed, New)
        inbox.finish(claimed.id, ())

    def later(self, **span: float) -> None:
        self.town.clock.set(self.town.clock.now() + timedelta(**span))

    def patient(self) -> Patient:
        with self.db.read() as uow:
            return uow.session.get_one(Patient, self.id)

    def requests(self) -> list[PrivacyRequest]:
        with self.db.read() as uow:
            return list(uow.session.scalars(select(PrivacyRequest).order_by(PrivacyRequest.id)))

    def request(self, number: int) -> PrivacyRequest:
        with self.db.read() as uow:
            return uow.session.get_one(PrivacyRequest, number)

    def readable(self, *secrets: str) -> set[tuple[str, str, str]]:
        """(table, column, secret) wherever one can still be read, sealed columns opened with every AAD that fits."""
        found: set[tuple[str, str, str]] = set()
        with self.db.read() as uow:
            for table in Base.metadata.sorted_tables:
                rows = uow.connection.execute(select(table)).fetchall()
                for row in rows:
                    for column in table.columns:
                        value = row._mapping[column.name]
                        text = _opened(uow.keys, table.name, column, row, value)
                        found |= {(table.name, column.name, each) for each in secrets if each in text}
        return found


def _opened(keys: Any, table: str, column: Any, row: Any, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(column.type, LargeBinary):
        return str(value)
    blob = bytes(value)  # type: ignore[call-overload]
    known = row._mapping
    places = [
        f"{table}.{column.name}:{known[key]}" for key in ("id", "key", "patient_id", "sha256") if key in known
    ]
    if table == "inbox":
        places.append(f"inbox.body:{row.channel}:{row.dedup}")
    for place in places:
        try:
            return str(keys.decrypt(blob, place).decode())
        except (BadKeys, UnicodeDecodeError):
            continue
    return ""
