"""Keeping an equivalent seat for a suspended visit: the same doctor on another day first, else the department's
nearest, ranked as everywhere (`bot.domain.ranking`).  One reading serves a whole batch."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from bot.domain.clock import local
from bot.domain.policy import Policy
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A seat held for a case."""

    seat_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A case and the slot that it is to have a seat of, if nobody is faster."""

    case: Record
    slot: SlotView
    until: datetime
    place: tuple[int, int, date, str]


@dataclass
class Market:
    """What can be offered now, for the length of one transaction: read and claimed for all cases together."""

    uow: UnitOfWork
    context: Context
    _clinics: dict[int, list[ClinicView]] = field(default_factory=dict)
    """With free seats, by department."""
    _ranked: dict[tuple[object, ...], tuple[ClinicView, ...]] = field(default_factory=dict)
    _slots: dict[int, tuple[SlotView, ...]] = field(default_factory=dict)
    _left: dict[int, int] = field(default_factory=dict)
    """Free seats of a slot, as far as we know."""
    _busy: dict[str, list[tuple[int, int, date, str]]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, cases: Sequence[Record]) -> dict[int, Kept]:
        """A seat for each case that one can be found for, by case id."""
        self._read_other_visits(cases)
        self._read_clinics(cases)
        kept: dict[int, Kept] = {}
        waiting = list(cases)
        while waiting:
            drawn = self._draw(waiting)
            kept |= self._claim(drawn)
            waiting = [each.case for each in drawn if each.case.id not in kept]  # somebody was faster
        return kept

    def _draw(self, cases: Sequence[Record]) -> list[_Drawn]:
        """By what is known to be free; in rounds, so that the slots of many clinics are read at once."""
        drawn: list[_Drawn] = []
        choices = {case.id: self._choices(case) for case in cases}
        left = list(cases)
        while left:
            asked = [(case, clinic) for case in left if (clinic := next(choices[case.id], None)) is not None]
            self._read_slots([clinic for _, clinic in asked])
            left = []
            for case, clinic in asked:
                found = self._nearest(case, clinic)
                if found is None:
                    left.append(case)
                    continue
                self._left[found.slot.id] -= 1
                self._busy[case.patient_id].append(found.place)
                drawn.append(found)
        return drawn

    def _claim(self, drawn: Sequence[_Drawn]) -> dict[int, Kept]:
        """Their seats, as many as are still there; of clinics that stay open until the transaction ends."""
        kept: dict[int, Kept] = {}
        wanted: dict[int, list[_Drawn]] = defaultdict(list)
        for each in drawn:
            wanted[each.slot.id].append(each)
        stay_open = self._kept_open({each.slot.clinic_id for each in drawn})
        for slot_id, those in sorted(wanted.items()):
            seats_ = []
            if those[0].slot.clinic_id in stay_open:
                seats_ = seats.claim_some(self.uow, slot_id, len(those), SeatState.HELD)
            kept |= {
                each.case.id: Kept(seat.id, each.until) for each, seat in zip(those, seats_, strict=False)
            }
            for each in those[len(seats_) :]:
                self._left[slot_id] = 0
                self._busy[each.case.patient_id].remove(each.place)
        return kept

    def _kept_open(self, clinic_ids: Collection[int]) -> set[int]:
        """FOR KEY SHARE, as a booking: a suspension of those clinics waits for us, or we see it."""
        still = (
            select(C.c.id)
            .where(C.c.id.in_(clinic_ids), C.c.state == written(ClinicState.OPEN))
            .order_by(C.c.id)
            .with_for_update(read=True, key_share=True)
        )
        return set(self.uow.connection.execute(still).scalars())

    def _choices(self, case: Record) -> Iterator[ClinicView]:
        """Ranked; without those that the patient's other visits stand against (R2)."""
        tried = 0
        for clinic in self._rank(case):
            if tried == _CHOICES:
                return
            if self._has_room(clinic) and not self._stands_against(case, clinic):
                tried += 1
                yield clinic

    def _has_room(self, clinic: ClinicView) -> bool:
        """As far as we know."""
        slots = self._slots.get(clinic.id)
        return slots is None or any(self._left[slot.id] > 0 for slot in slots)

    def _rank(self, case: Record) -> tuple[ClinicView, ...]:
        key = (case.doctor_id, case.department_id, case.day, case.period)
        if key not in self._ranked:
            pool = [clinic for each in sorted(self._departments(case)) for clinic in self._clinics[each]]
            wish = SeatQuery(doctor_ids=(case.doctor_id,), days=(case.day,), period=Period(case.period))
            self._ranked[key] = rank(pool, wish, self.context.today, len(pool))
        return self._ranked[key]

    def _departments(self, case: Record) -> set[int]:
        """Where the clinic was held, and the doctor's own."""
        return {case.department_id, self.context.directory.doctors[case.doctor_id].department_id}

    def _read_clinics(self, cases: Sequence[Record]) -> None:
        departments = {each for case in cases for each in self._departments(case)} - self._clinics.keys()
        if not departments:
            return
        found = schedule.clinics(
            self.uow, self.context.directory, self.uow.now, departments=sorted(departments)
        )
        self._clinics |= {each: [] for each in departments}
        for clinic in found:
            self._clinics[clinic.doctor.department_id].append(clinic)

    def _read_slots(self, clinics: Sequence[ClinicView]) -> None:
        new = {clinic.id: clinic for clinic in clinics if clinic.id not in self._slots}
        found = schedule.slots_of(self.uow, self.context.directory, self.uow.now, tuple(new.values()))
        self._slots |= found
        self._left |= {slot.id: slot.free for slots in found.values() for slot in slots}

    def _nearest(self, case: Record, clinic: ClinicView) -> _Drawn | None:
        """Of its free slots the one nearest to the old time of day, if an offer of it can be kept long enough."""
        if self._stands_against(case, clinic):  # since it was chosen
            return None
        now, wanted = self.uow.now, _minute(case.starts_at)
        policy = self._policy(clinic)
        free = (slot for slot in self._slots[clinic.id] if self._left[slot.id] > 0)
        for slot in sorted(free, key=lambda slot: abs(_minute(slot.starts_at) - wanted)):
            until = offered_until(now, slot.starts_at, policy)
            if until - now >= _ROOM:
                place = (clinic.id, clinic.doctor.department_id, clinic.day, clinic.period.value)
                return _Drawn(case, slot, until, place)
        return None

    def _policy(self, clinic: ClinicView) -> Policy:
        doctor = clinic.doctor
        return self.context.directory.policy(self.context.today, doctor.department_id, doctor.id)

    def _stands_against(self, case: Record, clinic: ClinicView) -> bool:
        busy = self._busy[case.patient_id]
        here = (clinic.doctor.department_id, clinic.day, clinic.period.value)
        if any(visit[0] == clinic.id or visit[1:] == here for visit in busy):
            return True
        limit = self._policy(clinic).per_patient_per_day
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
