"""Keeping an equivalent seat for a suspended visit: the same doctor on another day first, else the department's
nearest, ranked as everywhere (`bot.domain.ranking`).  One reading serves a whole batch."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from bot.domain.clock import local
from bot.domain.ranking import rank
from bot.domain.states import ClinicState, SeatState
from bot.domain.suspension import offered_until
from bot.domain.views import ClinicView, Period, SeatQuery, SlotView
from bot.services import schedule
from bot.services.appointments import A, C
from bot.services.context import Context
from bot.services.suspension.scope import LIVE_VISIT
from bot.services.tables import Record
from bot.store import seats
from bot.store.db import UnitOfWork
from bot.store.types import written

_ROOM = timedelta(hours=1)
"""An offer that could not be kept for so long is none: the patient has to see it first."""
_CHOICES = 8
"""Clinics tried for one visit before it is left without an offer: all of them are in the message anyway."""
_OPEN = (
    select(C.c.id)
    .where(C.c.id == bindparam("clinic"), C.c.state == written(ClinicState.OPEN))
    .with_for_update(read=True, key_share=True)
)
"""FOR KEY SHARE, as a booking: a suspension of that clinic waits for us, or we see it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A seat held for a case."""

    seat_id: int
    until: datetime


@dataclass
class Market:
    """What can be offered now, for the length of one transaction."""

    uow: UnitOfWork
    context: Context
    _pools: dict[tuple[int, ...], tuple[ClinicView, ...]] = field(default_factory=dict)
    _ranked: dict[tuple[object, ...], tuple[ClinicView, ...]] = field(default_factory=dict)
    _slots: dict[int, list[SlotView]] = field(default_factory=dict)
    _busy: dict[str, list[tuple[int, int, date, str]]] = field(default_factory=lambda: defaultdict(list))
    _open: set[int] = field(default_factory=set)
    """Clinics that we keep open until the transaction ends."""
    _gone: set[int] = field(default_factory=set)
    """Slots found without a free seat."""

    def keep(self, cases: Sequence[Record]) -> dict[int, Kept]:
        """A seat for each case that one can be found for, by case id."""
        self._read_other_visits(cases)
        kept: dict[int, Kept] = {}
        for case in cases:
            found = self._keep(case)
            if found is not None:
                kept[case.id] = found
        return kept

    def _keep(self, case: Record) -> Kept | None:
        directory, today = self.context.directory, self.context.today
        for clinic in self._choices(case):
            policy = directory.policy(today, clinic.doctor.department_id, clinic.doctor.id)
            for slot in self._nearest(clinic, case.starts_at):
                until = offered_until(self.uow.now, slot.starts_at, policy)
                if until - self.uow.now < _ROOM:
                    continue
                seat = self._claim(slot)
                if seat is not None:
                    place = (clinic.id, clinic.doctor.department_id, clinic.day, clinic.period.value)
                    self._busy[case.patient_id].append(place)
                    return Kept(seat.id, until)
        return None

    def _claim(self, slot: SlotView) -> seats.Claimed | None:
        if not self._stays_open(slot.clinic_id):
            self._gone.add(slot.id)
            return None
        seat = seats.claim(self.uow, slot.id, SeatState.HELD)
        if seat is None:
            self._gone.add(slot.id)
        return seat

    def _stays_open(self, clinic_id: int) -> bool:
        if clinic_id not in self._open and self.uow.execute(_OPEN, {"clinic": clinic_id}).first() is not None:
            self._open.add(clinic_id)
        return clinic_id in self._open

    def _choices(self, case: Record) -> Iterator[ClinicView]:
        """Ranked; without those that the patient's other visits stand against (R2)."""
        tried = 0
        for clinic in self._rank(case):
            if tried == _CHOICES:
                return
            if not self._stands_against(case, clinic):
                tried += 1
                yield clinic

    def _rank(self, case: Record) -> tuple[ClinicView, ...]:
        key = (case.doctor_id, case.department_id, case.day, case.period)
        if key not in self._ranked:
            pool = self._pool(case)
            wish = SeatQuery(doctor_ids=(case.doctor_id,), days=(case.day,), period=Period(case.period))
            self._ranked[key] = rank(pool, wish, self.context.today, len(pool))
        return self._ranked[key]

    def _pool(self, case: Record) -> tuple[ClinicView, ...]:
        directory = self.context.directory
        departments = tuple(sorted({case.department_id, directory.doctors[case.doctor_id].department_id}))
        if departments not in self._pools:
            self._pools[departments] = schedule.clinics(
                self.uow, directory, self.uow.now, departments=departments
            )
        return self._pools[departments]

    def _nearest(self, clinic: ClinicView, wanted: datetime) -> Iterator[SlotView]:
        """Its free slots, those nearest to the old time of day first."""
        if clinic.id not in self._slots:
            slots = schedule.slots(self.uow, self.context.directory, self.uow.now, clinic)
            self._slots[clinic.id] = [slot for slot in slots if slot.free]

        def away(slot: SlotView) -> int:
            return abs(_minute(slot.starts_at) - _minute(wanted))

        return iter([s for s in sorted(self._slots[clinic.id], key=away) if s.id not in self._gone])

    def _stands_against(self, case: Record, clinic: ClinicView) -> bool:
        busy = self._busy[case.patient_id]
        here = (clinic.doctor.department_id, clinic.day, clinic.period.value)
        if any(visit[0] == clinic.id or visit[1:] == here for visit in busy):
            return True
        policy = self.context.directory.policy(
            self.context.today, clinic.doctor.department_id, clinic.doctor.id
        )
        limit = policy.per_patient_per_day
        return bool(limit) and sum(visit[2] == clinic.day for visit in busy) >= limit

    def _read_other_visits(self, cases: Sequence[Record]) -> None:
        patients = sorted({case.patient_id for case in cases} - self._busy.keys())
        found = self.uow.connection.execute(
            select(A.c.patient_id, A.c.clinic_id, C.c.department_id, C.c.day, C.c.period)
            .join_from(A, C, C.c.id == A.c.clinic_id)
            .where(A.c.patient_id.in_(patients), LIVE_VISIT, C.c.day >= self.context.today)
        )
        for row in found:
            self._busy[row.patient_id].append((row.clinic_id, row.department_id, row.day, row.period))


def _minute(moment: datetime) -> int:
    """Of the hospital's day."""
    here = local(moment)
    return here.hour * 60 + here.minute
