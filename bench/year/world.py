"""The days go by on a moved clock: imports, registrations, the house's own ticks, messages, answers and calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from random import Random

from sqlalchemy import and_, func, or_, select

from bench.year import desk
from bench.year.actors import Actors
from bench.year.cast import Row as FileRow
from bench.year.cast import Script, each_day
from bench.year.journal import FastRoad, Journal
from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.followup import FollowupState
from bot.services import readers
from bot.services.followup.discharges import F
from bot.services.followup.importing import import_discharges
from bot.services.followup.plans import load_plans
from bot.services.followup.queue import Row, Show, Which, page_of
from bot.services.hospital import Hospital
from bot.services.recheck import Recheck
from bot.services.sheets import Sheet
from bot.services.tables import table
from bot.settings import Settings
from bot.store.db import Database
from bot.store.inbox import Inbox
from bot.store.models import OutboxMessage
from bot.store.outbox import Outbox
from bot.store.push_models import Attempt, Push
from scheduler.delivery import Delivery
from scheduler.ticks import Tick, standard

_A, _O, _P = table(Attempt), table(OutboxMessage), table(Push)
_TAKEN = (
    select(_A.c.id, _P.c.scope, _P.c.kind, _O.c.account_id, _A.c.at)
    .join_from(_A, _O, _O.c.id == _A.c.outbox_id)
    .join(_P, _P.c.id == _O.c.push_id)
    .where(_A.c.code == "")
    .order_by(_A.c.id)
)
"""What a platform took, with what it was about."""
_INVITES = ("followup_due", "followup_reminder")
_CALLED = (Show.FLAGGED, Show.OVERDUE, Show.REDIAL, Show.DUE)
_OPEN = (FollowupState.DUE, FollowupState.CONTACTING)


class MovedClock:
    """Stands where it is put; databases believe it instead of their own."""

    frozen = True

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def put(self, day: date, clock: time) -> None:
        self._moment = datetime.combine(day, clock, HOSPITAL_TZ).astimezone(UTC)


@dataclass
class World:
    """One hospital and its script."""

    db: Database
    clock: MovedClock
    settings: Settings
    script: Script
    seed: int
    seen: int = 0
    """The last attempt that somebody has read."""
    stale: int = 0
    """Steps that were not where their day says, counted every morning."""

    @cached_property
    def hospital(self) -> Hospital:
        return Hospital(self.db, clock=self.clock, rng=Random(self.seed), settings=self.settings, recheck=0)

    @cached_property
    def journal(self) -> Journal:
        return Journal()

    @cached_property
    def actors(self) -> Actors:
        return Actors(self.hospital, self.journal, self.script.stays, self.seed)

    @cached_property
    def _slowness(self) -> Random:
        return Random(f"{self.seed}:desk")

    @cached_property
    def _plans(self) -> dict[str, dict[str, object]]:
        return load_plans(self.settings.data_dir / "plans")

    @cached_property
    def _ticks(self) -> list[Tick]:
        return standard(
            hospital=self.hospital, inbox=Inbox(self.db), outbox=Outbox(self.db), settings=self.settings,
            clock=self.clock,
        )  # fmt: skip

    @cached_property
    def _delivery(self) -> Delivery:
        roads = {
            "template": FastRoad("template", self.journal, self.clock, closed_to=7),
            "sms": FastRoad("sms", self.journal, self.clock),
        }
        return Delivery(
            Outbox(self.db), {}, clock=self.clock, rng=Random(self.seed), roads=roads,
            ladders=self.hospital.kinds.ladders, echoes=self.hospital.kinds.echoes,
            recheck=Recheck(self.hospital, readers.standard()), threads=200,
        )  # fmt: skip

    def run(self, first: date, last: date) -> None:
        """Every day of it."""
        for day in each_day(first, last):
            self._day(day)

    def _day(self, day: date) -> None:
        self.clock.put(day, time(7))
        self._tick()
        self._look(day)
        self.clock.put(day, time(8))
        for person in self.script.registrations.get(day, ()):
            self.actors.register(person)
        self._import(self.script.files.get(day, []))
        self.clock.put(day, time(10))
        self._tick()
        self._deliver()
        self.clock.put(day, time(12))
        for followup_id, account_id in self.actors.intentions.pop(day, ()):
            self.actors.answer(followup_id, account_id)
        self.clock.put(day, time(15))
        desk.work(self.hospital, self._slowness)
        for row in self._queue():
            self.actors.call(row)
        self.clock.put(day, time(18))
        self._tick()
        self._deliver()

    def _tick(self) -> None:
        """All of the house's, as its scheduler runs them."""
        for tick in self._ticks:
            tick.run()

    def _import(self, rows: list[FileRow]) -> None:
        if not rows:
            return
        head = tuple(dict.fromkeys(key for row in rows for key in row))
        cells = tuple((n, tuple(row.get(key, "") for key in head)) for n, row in enumerate(rows, start=2))
        done = import_discharges(self.db, self.hospital.acting("cli"), Sheet(head, cells), self._plans)
        if done.report.errors:
            raise AssertionError(f"the file was refused: {done.report.errors[:3]}")
        for row in rows:
            if row["离院方式"] == "死亡" or row.get("死亡日期"):
                person = self.script.stays[row["住院号"]].person
                self.journal.died.setdefault(person.number, self.clock.now())

    def _deliver(self) -> None:
        while self._delivery.once():
            pass
        with self.db.read() as uow:
            taken = uow.connection.execute(_TAKEN.where(_A.c.id > self.seen)).fetchall()
        for row in taken:
            self.seen = row.id
            if row.kind in _INVITES and local(row.at).date() == local(self.clock.now()).date():
                self.actors.invited(int(row.scope.partition(":")[2]), row.account_id)

    def _queue(self) -> list[Row]:
        """Everybody whom the queue says to call now, each once."""
        found: dict[int, Row] = {}
        for show in _CALLED:
            for row in self._pages(show):
                found.setdefault(row.id, row)
        return [row for row in found.values() if row.state in (*_OPEN, FollowupState.OVERDUE)]

    def _pages(self, show: Show) -> Iterator[Row]:
        context = self.hospital.acting("staff:0001")
        with self.db.read() as uow:
            number, more = 1, True
            while more:
                page = page_of(uow, context, Which(show=show), number, size=500)
                yield from page.rows
                number, more = number + 1, page.more

    def _look(self, day: date) -> None:
        """By now every step is due whose day has come, and none that is over still looks as if it were not."""
        waits = and_(F.c.state == FollowupState.PLANNED, F.c.due_on <= day)
        late = and_(F.c.state.in_(_OPEN), F.c.overdue_on < day)
        with self.db.read() as uow:
            query = select(func.count()).select_from(F).where(or_(waits, late))
            self.stale += uow.connection.execute(query).scalar_one()
