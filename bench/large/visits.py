"""A year of clinics and who came: most were seen, some cancelled or stayed away; a third of what comes is sold."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select, update

from bench.large.people import Person
from bench.large.rows import Row, write
from bot.domain.clock import today
from bot.domain.states import LIVE_APPOINTMENTS, AppointmentState, SeatState
from bot.domain.vouchers import ALPHABET, LENGTH
from bot.services import demo
from bot.services.appointments import A
from bot.services.clinics import C, N, S, add_clinics
from bot.services.tables import Record
from bot.store.db import Database
from bot.store.demand_models import BookingAsk
from bot.store.models import Appointment, AppointmentEvent, Department, Doctor
from bot.store.push_models import Push

_S = AppointmentState
_PAST = (_S.DONE,) * 82 + (_S.CANCELLED,) * 9 + (_S.NO_SHOW,) * 6 + (_S.CHECKED_IN,) * 2 + (_S.SUSPENDED,)
_CHANNELS = ("wechat", "wechat", "wechat", "wechat", "alipay", "phone", "window")
_REFUSALS = ("full", "full", "no_clinic", "limit", "gave_up", "left")
_USED = (*LIVE_APPOINTMENTS, _S.DONE, _S.NO_SHOW)


def found(db: Database, people: Sequence[Person], count: int, rng: Random) -> None:
    """``count`` appointments, with what each leaves behind: an event, a reminder, the wish that it came from."""
    demo.seed(db, db.clock)
    now = db.clock.now()
    days = _clinics(db, count, today(db.clock))
    states: dict[int, AppointmentState] = {}
    write(db, Appointment, _appointments(db, people, count, rng, now, days, states))
    write(db, AppointmentEvent, (
        {"appointment_id": n, "key": f"large:{n}", "kind": "booked", "version": 1, "refund_fen": 0,
         "actor": "account:1", "reason": "", "at": now - timedelta(days=2)}
        for n in states
    ))  # fmt: skip
    write(db, Push, (
        {"key": f"visit_tomorrow:appointment:{n}:1", "kind": "visit_tomorrow", "scope": f"appointment:{n}",
         "version": 1, "priority": 2, "state": "queued" if state not in LIVE_APPOINTMENTS else "planned", "reason": "",
         "due_at": now + timedelta(days=1), "expires_at": now + timedelta(days=2), "created_at": now}
        for n, state in states.items()
    ))  # fmt: skip
    write(db, BookingAsk, _asks(count, rng, now, states))
    with db.write() as uow:
        used = select(A.c.seat_id).where(A.c.state.in_(_USED))
        uow.connection.execute(update(N).where(N.c.id.in_(used)).values(state=SeatState.BOOKED))


def _clinics(db: Database, count: int, now: date) -> int:
    """So many days back that their seats are enough; how many."""
    with db.read() as uow:
        rows = uow.session.execute(
            select(Doctor.id, Doctor.staff_no, Doctor.title, Doctor.department_id, Department.name)
            .join(Department, Department.id == Doctor.department_id)
        )  # fmt: skip
        doctors = [demo.Practice(*row) for row in rows]
    seats = days = 0
    while seats * 0.8 < count:
        days += 1
        plans = [plan for doctor in doctors for plan in demo.plans(doctor, now - timedelta(days=days))]
        seats += sum(plan.seats for plan in plans)
        with db.write() as uow:
            add_clinics(uow, plans)
    return days


def _appointments(
    db: Database, people: Sequence[Person], count: int, rng: Random, now: datetime, days: int,
    states: dict[int, AppointmentState],
) -> Iterator[Row]:  # fmt: skip
    for n, row in enumerate(_seats(db, rng, now, days), start=1):
        if n > count:
            return
        who = people[n % len(people)]  # nobody twice in a clinic
        past = row.starts_at < now
        state = rng.choice(_PAST) if past else _S.BOOKED
        booked = min(now, row.starts_at) - timedelta(hours=rng.randrange(3, 200))
        channel = _CHANNELS[rng.randrange(len(_CHANNELS))]
        states[n] = state
        yield {
            "id": n, "key": f"large:{n}", "code": _code(n), "seat_id": row.id,
            "slot_id": row.slot_id, "clinic_id": row.clinic_id, "doctor_id": row.doctor_id,
            "patient_id": who.patient_id, "account_id": who.account_id if channel in ("wechat", "alipay") else None,
            "phone_index": who.phone_index, "channel": channel, "state": state, "version": 1,
            "fee_fen": row.fee_fen, "created_at": booked,
            "cancelled_at": booked + timedelta(hours=1) if state is _S.CANCELLED else None,
        }  # fmt: skip


def _seats(db: Database, rng: Random, now: datetime, days: int) -> Iterator[Record]:
    """Four of five seats of each past day, a third of those of the days to come."""
    for back in range(-demo.DAYS, days + 1):
        day = today(db.clock) - timedelta(days=back)
        with db.read() as uow:
            rows = uow.connection.execute(
                select(N.c.id, N.c.slot_id, N.c.clinic_id, C.c.doctor_id, C.c.fee_fen, S.c.starts_at)
                .join_from(N, S, S.c.id == N.c.slot_id)
                .join(C, C.c.id == N.c.clinic_id)
                .where(C.c.day == day, N.c.state == SeatState.FREE)
            ).fetchall()
        yield from (row for row in rows if rng.random() < (0.33 if row.starts_at > now else 0.85))


def _asks(count: int, rng: Random, now: datetime, states: dict[int, AppointmentState]) -> Iterator[Row]:
    for n in range(1, int(count * 1.15)):
        asked = now - timedelta(minutes=rng.randrange(1, 300 * 24 * 60))
        booked = n in states
        yield {
            "key": f"large:{n}", "day": asked.date(), "channel": _CHANNELS[rng.randrange(len(_CHANNELS))],
            "account_id": None, "outcome": "booked" if booked else _REFUSALS[rng.randrange(len(_REFUSALS))],
            "appointment_id": n if booked else None, "asked_at": asked, "ended_at": asked + timedelta(minutes=3),
        }  # fmt: skip


def _code(n: int) -> str:
    """Each its own, and none like its neighbour."""
    rest, code = n * 2_654_435_761 % len(ALPHABET) ** LENGTH, ""
    for _ in range(LENGTH):
        rest, letter = divmod(rest, len(ALPHABET))
        code += ALPHABET[letter]
    return code
