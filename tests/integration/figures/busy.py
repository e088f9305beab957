"""A few busy weeks written straight into the tables at random: clinics, seats, visits, corrections, wishes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, update

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.demand import REASONS
from bot.domain.states import AppointmentState, ClinicState, SeatState
from bot.domain.views import Period
from bot.services.appointments import A, C, N
from bot.services.demand_sql import Q
from bot.services.figures.accuracy import K
from bot.services.people import P
from bot.services.tables import Record
from tests.integration.services.town import Town

FIRST = date(2026, 10, 12)
DAYS = 42
CHANNELS = ("wechat", "alipay", "desk")
_S = AppointmentState


@dataclass
class Busy:
    """What was written, as rows."""

    town: Town
    dice: Random
    patients: list[str] = field(default_factory=list)
    live: set[tuple[str, int]] = field(default_factory=set)

    def fill(self, visits: int = 120, asks: int = 150) -> None:
        account = self.town.account()
        for number in range(1, 4):
            self.patients.append(self.town.register(account, number).id)
        for number in range(4, 13):
            self.patients.append(self.town.register(self.town.account(f"o-{number}"), number).id)
        for doctor in self.town.doctors:
            for day in self.dice.sample(range(DAYS), 8):
                self.town.clinic(doctor, FIRST + timedelta(days=day), self.dice.choice(list(Period)[:2]))
        with self.town.db.write() as uow:
            uow.connection.execute(
                update(P)
                .where(P.c.id.in_(self.patients[:6]))
                .values(created_at=_at(FIRST - timedelta(days=90)))
            )
            clinics = uow.connection.execute(select(C.c.id)).scalars().all()
            closed = self.dice.sample(list(clinics), 2)
            uow.connection.execute(update(C).where(C.c.id.in_(closed)).values(state=ClinicState.CLOSED))
            seats = list(
                uow.connection.execute(select(N, C.c.doctor_id, C.c.day).join(C, C.c.id == N.c.clinic_id))
            )
            for number, seat in enumerate(self.dice.sample(seats, visits)):
                self._visit(uow.connection, number, seat)
            for seat in self.dice.sample(seats, 25):
                uow.connection.execute(
                    update(N)
                    .where(N.c.id == seat.id, N.c.state == SeatState.FREE)
                    .values(state=SeatState.LOCKED)
                )
            for number in range(20):
                uow.connection.execute(insert(K).values(
                    key=f"k{number}", patient_id=self.dice.choice(self.patients), field="phone", actor="account:1",
                    at=_at(self._day()),
                ))  # fmt: skip
            for number in range(asks):
                uow.connection.execute(insert(Q).values(self._ask(number)))

    def _visit(self, connection: Any, number: int, seat: Record) -> None:
        state = self.dice.choice(
            [_S.DONE, _S.DONE, _S.NO_SHOW, _S.BOOKED, _S.CHECKED_IN, _S.CANCELLED, _S.SUSPENDED]
        )
        patient = self.dice.choice(self.patients)
        pair = (patient, seat.clinic_id)
        if state in (_S.BOOKED, _S.CHECKED_IN) and pair in self.live:  # one live visit a patient and clinic
            state = _S.NO_SHOW
        self.live.add(pair)
        taken = {_S.DONE: SeatState.USED, _S.CANCELLED: SeatState.FREE, _S.SUSPENDED: SeatState.LOCKED}
        connection.execute(insert(A).values(
            key=f"a{number}", code=f"V{number:07d}", seat_id=seat.id, slot_id=seat.slot_id, clinic_id=seat.clinic_id,
            doctor_id=seat.doctor_id, patient_id=patient, account_id=None, phone_index=b"p", state=state,
            channel=self.dice.choice(CHANNELS), version=1, fee_fen=0, created_at=_at(seat.day - timedelta(days=2)),
        ))  # fmt: skip
        connection.execute(
            update(N).where(N.c.id == seat.id).values(state=taken.get(state, SeatState.BOOKED))
        )

    def _ask(self, number: int) -> dict[str, Any]:
        department = self.dice.choice([None, *list(self.town.departments.values())[1:]])
        doctors = [None, *self.town.doctors.values()]
        day = self._day()
        return {
            "key": f"q{number}", "day": day, "channel": self.dice.choice(("wechat", "alipay", "phone", "window")),
            "account_id": None, "patient_id": self.dice.choice([None, *self.patients]), "department_id": department,
            "doctor_id": None if department is None else self.dice.choice(doctors),
            "outcome": self.dice.choice(["booked"] * 12 + [*REASONS, "open", "again"]), "hindrance": "",
            "asked_at": _at(day), "ended_at": None,
        }  # fmt: skip

    def _day(self) -> date:
        return FIRST + timedelta(days=self.dice.randrange(DAYS))

    def rows(self, table: Any) -> Sequence[Record]:
        with self.town.db.read() as uow:
            return uow.connection.execute(select(table)).fetchall()


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), HOSPITAL_TZ)
