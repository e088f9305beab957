"""One patient in front of the real dialogs: real NLU, engine, frames and hospital; only the channel is missing.

Every message is sent twice, and where it has an effect a third time on the session as it was before, as after a
crash between the transaction and the save: same answer, no second effect.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from sqlalchemy import Select, func, select, update

import handlers
from bot.dialog import codec, events
from bot.dialog.engine import Engine
from bot.dialog.frame import Message
from bot.dialog.session import Session
from bot.dialog.speech import Reply
from bot.dialog.talk import Talk
from bot.domain.clock import local
from bot.domain.commands import Book, Command, RegisterPatient
from bot.domain.notice import Notice, taps
from bot.domain.states import OutboxState, PushState, SeatState
from bot.domain.suspension import Scope
from bot.domain.views import Relation
from bot.pushes.preview import preview
from bot.pushes.templates import Templates
from bot.services import demo, readers
from bot.services.hospital import Hospital
from bot.services.suspension.saga import Suspensions
from bot.services.wishes import Wishes
from bot.settings import Settings
from bot.store import models
from bot.store.care_models import RedFlag, SurveyResponse, Ticket, TicketEvent
from bot.store.db import Database
from bot.store.demand_models import BookingAsk
from bot.store.push_models import Push
from bot.store.words import open_outbox, outbox_aad
from handlers import wishes
from nlu.parser import Nlu
from nlu.understood import Understood
from scheduler.planner import Planner
from tests.conftest import FixedClock
from tests.dialogs import care, counter


@dataclass
class Sent:
    """A message, so that it can be sent again."""

    text: str
    tap: str
    kind: str
    key: str
    id: str
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Pushed:
    """A message in the outbox, as the phone shows it, and what may be tapped below it."""

    id: int
    text: str
    taps: tuple[tuple[str, str], ...] = ()


class Broken(AssertionError):
    """A promise that holds for every message did not hold for this one."""


@dataclass
class Stage:
    """The hospital as one account meets it."""

    db: Database
    clock: FixedClock
    nlu: Nlu
    user: str = "patient"
    commands: list[Command] = field(default_factory=list)
    """Executed for this account, in order."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Identity numbers of those who were registered before the dialog."""

    def __post_init__(self) -> None:
        self.hospital = Hospital(self.db, clock=self.clock, rng=Random(7), settings=Settings(), recheck=0)
        self.engine = Engine(handlers.frames(), handlers.PHRASES)
        self.suspensions = Suspensions(self.hospital)
        self.planner = Planner(self.hospital, readers.standard())
        self.templates = Templates.load()
        self.wishes = Wishes(self.db)
        self.stored: dict[str, bytes] = {}
        self.count = 0
        self.last: Sent | None = None

    # -- messages -------------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        raw = self.stored.get(self.user)
        return codec.loads(raw) if raw else Session()

    def send(self, text: str = "", *, tap: str = "", kind: str = "text", key: str = "") -> str:
        """What is answered, as the patient reads it."""
        self.count += 1
        self.clock.set(self.clock.now() + timedelta(seconds=1))  # nobody writes twice in the same moment
        sent = self.last = Sent(text, tap, kind, key, f"{self.user}-{self.count}")
        before = self.session
        made = len(self.commands)
        sent.replies = self._turn(before, sent)
        facts, effects = self.facts(), len(self.commands)
        again = self._turn(self.session, sent)
        if again != sent.replies or self.facts() != facts or len(self.commands) > effects:
            raise Broken(f"sent again, the message gets another answer:\n{shown(again)}")
        if len(self.commands) > made:
            self._after_a_crash(before, sent, facts)
        return shown(sent.replies)

    def _after_a_crash(self, before: Session, sent: Sent, facts: Mapping[str, int]) -> None:
        """The effect was written, the session was not: the retry must find the effect done."""
        kept, made = dict(self.stored), len(self.commands)
        replies = self._turn(before, sent)
        del self.commands[made:]
        self.stored = kept
        if replies != sent.replies or self.facts() != facts:
            raise Broken(f"after a crash before the save, the retry gets another answer:\n{shown(replies)}")

    def resend(self) -> str:
        """The platform's retry of the last message."""
        if self.last is None:
            raise Broken("nothing has been sent yet")
        return shown(self._turn(self.session, self.last))

    def tap(self, number: int) -> str:
        """A tap on the n-th of the current choices: their text and their id arrive together."""
        offer = self.session.offer
        if offer is None or number > len(offer.options):
            raise Broken(f"there is no choice {number} to tap")
        return self.send(str(number), tap=f"{offer.id}:{number}")

    def _turn(self, session: Session, sent: Sent) -> tuple[Reply, ...]:
        """As the pipeline does it."""
        account = self.hospital.account("wechat", "gh_demo", self.user)
        message = Message(sent.id, sent.tap, sent.kind)
        with self.hospital.world(account.id) as world:
            heard = self._understood(sent, self.engine.expecting(session, world))
            after, turn = self.engine.turn(session, heard, world, message)
            command, replies = turn.command, turn.replies
            changes = wishes.look(session, after, world, {}) if command is None else ()
        told = {}
        while command is not None:
            self.commands.append(command)
            outcome = self.hospital.execute(command, account)
            if isinstance(command, Book):
                told[command.key] = outcome
            with self.hospital.world(account.id) as world:
                after, said = self.engine.settle(after, outcome, world, message)
                replies = (*replies, *said)
                command = self.engine.due(after, world)
                changes = wishes.look(session, after, world, told) if command is None else ()
        self.wishes.note(account, changes, self.clock.now())
        self._store(after)
        return replies

    def _understood(self, sent: Sent, expecting: tuple[str, ...]) -> Understood:
        event = events.understood(sent.kind, sent.key)
        return event or self.nlu.parse(sent.text, local(self.clock.now()), expecting)

    def _store(self, session: Session) -> None:
        raw = codec.dumps(session)
        if codec.loads(raw) != session:
            raise Broken("the session does not survive JSON")
        self.stored[self.user] = raw

    @contextmanager
    def talk(self) -> Iterator[Talk]:
        """Where the dialog stands, as the engine sees it."""
        account = self.hospital.account("wechat", "gh_demo", self.user)
        with self.hospital.world(account.id) as world:
            talk = self.engine.look(self.session, world)
            talk.question()
            yield talk

    def open_slot(self) -> str:
        """Name of the open question; empty if there is none."""
        with self.talk() as talk:
            return talk.question() or ""

    def question(self) -> str:
        """The open question's text."""
        with self.talk() as talk:
            name = talk.question()
            if name is None or talk.top is None:
                raise Broken("no question is open")
            reply = talk.frame(talk.top).slots[name].question(talk.world, talk.top.values)
            return reply.text if reply else ""

    def in_short(self) -> str:
        """The open question, as it is asked once more; empty where it is asked in full."""
        with self.talk() as talk:
            name = talk.question()
            if name is None or talk.top is None:
                raise Broken("no question is open")
            return talk.frame(talk.top).slots[name].in_short(talk.world, talk.top.values)

    # -- the world ------------------------------------------------------------------------------

    def facts(self) -> dict[str, int]:
        """How much of everything there is, and where seats stand: an effect shows here."""
        query = _facts()
        with self.db.read() as uow:
            return dict(uow.connection.execute(query).one()._mapping)

    def advance(self, span: timedelta) -> None:
        """Let time pass; clinics of new days appear, what is due is queued when it is due."""
        until = self.clock.now() + span
        while (moment := self._next_push()) is not None and moment < until:
            self.clock.set(max(moment, self.clock.now()))
            self.planner.tick()
        self.clock.set(until)
        demo.extend(self.db, self.clock)
        care.go_on(self.hospital)
        self.hospital.release_due()
        self.suspensions.work()
        counter.tick(self.hospital)

    def _next_push(self) -> datetime | None:
        self.planner.publish()
        with self.db.read() as uow:
            planned = select(func.min(Push.due_at)).where(Push.state == PushState.PLANNED)
            return uow.session.scalar(planned)

    def pushed(self, after: int = 0) -> list[Pushed]:
        """What waits for this account in the outbox, or went, from a message on; in the chat's words, an SMS' or a card's."""
        self.planner.publish()
        self.planner.tick()
        with self.db.read() as uow:
            rows = uow.session.execute(
                select(models.OutboxMessage.id, models.OutboxMessage.key, models.OutboxMessage.body)
                .join(models.Account, models.Account.id == models.OutboxMessage.account_id)
                .where(
                    models.OutboxMessage.id > after,
                    models.Account.openid == self.user,
                    models.OutboxMessage.state != OutboxState.VOID,
                )
                .order_by(models.OutboxMessage.id)
            ).all()
            return [self._shown(row.id, open_outbox(uow.keys, row.body, outbox_aad(row.key))) for row in rows]

    def _shown(self, id: int, said: Notice | tuple[Reply, ...]) -> Pushed:
        if not isinstance(said, Notice):
            return Pushed(id, shown(said))
        roads = self.templates.roads(said.kind)
        road = next(road for road in ("custom", "sms", *roads) if road in roads)
        text = preview(self.templates, said.kind, road, said.fields)
        return Pushed(id, shown((Reply(text, said.options),)), taps(said))

    def restart(self) -> None:
        """Every process anew: only what is stored is left."""
        stored, count = self.stored, self.count
        self.__post_init__()
        self.stored, self.count = stored, count

    def register(self, name: str, relation: Relation, nth: int) -> None:
        """A patient registered before this dialog."""
        account = self.hospital.account("wechat", "gh_demo", self.user)
        born = date(1985, 5, 1) + timedelta(
            days=400 * nth + (0 if self.user == "patient" else 7 + ord(self.user[0]) % 300)
        )
        sex = 2 if relation is Relation.PARENT else 1
        self.numbers[name] = number = resident_id(born, sex, nth)
        self._must(
            RegisterPatient(
                f"setup-{self.user}-{nth}", relation, name, "resident_id", number,
                f"138001380{nth:02d}", ("privacy", "health_data"),
            ),
            account,
        )  # fmt: skip

    def discharge(self, name: str, ago: int, form: str, department: str = "心血管内科") -> None:
        """A registered patient left the hospital, and is asked this questionnaire."""
        if name not in self.numbers:
            raise Broken(f"{name} is not registered")
        care.discharge(self.hospital, name, self.numbers[name], ago, form, department)

    def book(self, doctor: str, day: date, period: str) -> None:
        """An appointment made before this dialog, for the account's first patient."""
        account = self.hospital.account("wechat", "gh_demo", self.user)
        clinic = self._clinics(doctor, day, period)[0]
        with self.hospital.world(account.id) as world:
            slot = next(s for s in world.slots(clinic) if s.free)
            patient = world.patients()[0]
        self._must(Book(f"setup-{doctor}-{day}-{period}", slot.id, patient.id), account)

    def _must(self, command: Command, account: Any) -> None:
        outcome = self.hospital.execute(command, account)
        if type(outcome).__name__ not in ("Registered", "Booked"):
            raise Broken(f"the set-up failed: {outcome}")

    def fill(self, doctor: str, day: date | None = None, period: str | None = None) -> None:
        """Every free seat goes to somebody else."""
        self._take_seats(models.Seat.clinic_id.in_(self._clinics(doctor, day, period)))

    def snatch(self) -> None:
        """The seats of the slot (or clinic) the dialog is about go to somebody else."""
        values = self.session.stack[-1].values if self.session.stack else {}
        if values.get("slot") is not None:
            self._take_seats(models.Seat.slot_id == values["slot"])
        elif values.get("clinic") is not None:
            self._take_seats(models.Seat.clinic_id == values["clinic"])
        else:
            raise Broken("no slot has been chosen yet")

    def suspend(self, doctor: str, day: date | None = None, period: str | None = None) -> None:
        """停诊, as the office starts it; everybody affected is told."""
        begins, ends = self._span(doctor, day, period)
        with self.db.read() as uow:
            one = uow.session.scalars(select(models.Doctor.id).where(models.Doctor.name == doctor)).first()
        scope = Scope(begins, ends, doctor_id=one)
        key = f"{doctor}-{begins}-{ends}-{self.clock.now()}"
        self.suspensions.start(scope, key=key, reason="医生临时外出", actor="cli")
        self.suspensions.work()

    def answer_ticket(self, number: str, text: str, *, again: bool) -> None:
        """The office writes an answer, or another one in its place."""
        if not counter.answer(self.hospital, number, text, again=again):
            raise Broken(f"the answer to {number} was refused")

    def resume(self) -> None:
        """The last suspension is withdrawn."""
        newest = self.suspensions.recent()[0]
        self.suspensions.withdraw(newest.suspension_id, actor="cli")
        self.suspensions.work()

    def arrived(self, outbox_id: int) -> None:
        """The platform took it."""
        with self.db.write() as uow:
            uow.session.execute(
                update(models.OutboxMessage)
                .where(models.OutboxMessage.id == outbox_id)
                .values(state=OutboxState.SENT, sent_at=self.clock.now())
            )

    def _span(self, doctor: str, day: date | None, period: str | None) -> tuple[datetime, datetime]:
        """From the first to after the last slot of these clinics."""
        clinics = self._clinics(doctor, day, period)
        bounds = select(func.min(models.Slot.starts_at), func.max(models.Slot.starts_at))
        with self.db.read() as uow:
            first, last = uow.session.execute(bounds.where(models.Slot.clinic_id.in_(clinics))).one()
        return first, last + timedelta(minutes=30)

    def _take_seats(self, which: Any) -> None:
        with self.db.write() as uow:
            uow.session.execute(
                update(models.Seat)
                .where(which, models.Seat.state == SeatState.FREE)
                .values(state=SeatState.LOCKED)
            )

    def _clinics(self, doctor: str, day: date | None, period: str | None) -> list[int]:
        query = select(models.Clinic.id).join(models.Doctor, models.Doctor.id == models.Clinic.doctor_id)
        query = query.where(models.Doctor.name == doctor)
        if day is not None:
            query = query.where(models.Clinic.day == day)
        if period is not None:
            query = query.where(models.Clinic.period == period)
        with self.db.read() as uow:
            found = list(uow.session.scalars(query))
        if not found:
            raise Broken(f"no clinic of {doctor} on {day} {period}")
        return found


@cache
def _facts() -> Select[Any]:
    """In one statement: it is asked some times for every message."""
    watched = (models.Appointment, models.AppointmentEvent, models.Patient, models.Guardianship,
               models.Consent, models.Correction, models.Handoff, models.OutboxMessage, SurveyResponse, RedFlag,
               Ticket, TicketEvent, BookingAsk)  # fmt: skip
    counted = {m.__tablename__: select(func.count()).select_from(m) for m in watched}
    free = select(func.count()).select_from(models.Seat).where(models.Seat.state == SeatState.FREE)
    given = select(func.coalesce(func.sum(SurveyResponse.revision), 0))
    counted |= {"free seats": free, "answers given": given}
    return select(*(each.scalar_subquery().label(name) for name, each in counted.items()))


def shown(replies: tuple[Reply, ...]) -> str:
    """As a channel would show it: options numbered, one a line."""
    lines = [
        line for r in replies for line in (r.text, *(f"{n}. {o.label}" for n, o in enumerate(r.options, 1)))
    ]
    return "\n".join(line for line in lines if line)


def resident_id(born: date, sex: int, nth: int) -> str:
    """A number with a right checksum (GB 11643) of nobody: order code 9xx is not given out."""
    body = f"110101{born:%Y%m%d}{90 + nth:02d}{sex}"
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    rest = sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[rest]
