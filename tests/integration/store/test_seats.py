"""Scarce seats: what was sold was there, and was sold once.  With the safe claim taken out the double sale occurs."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from bot.domain.states import SeatState
from bot.store import seats
from bot.store.db import Database, UnitOfWork
from bot.store.models import Appointment, Seat, table
from bot.store.seats import Claimed
from tests.conftest import FixedClock
from tests.integration.store import people

Claim = Callable[[UnitOfWork, int], Claimed | None]
THREADS = 16
"""About twice the pool of 8 (facts: 200 unbounded threads are five times slower)."""


def buy(db: Database, claim: Claim, slot: int, patient: str) -> bool:
    """A purchase as the service makes it: claim and appointment in one transaction."""
    with db.write() as uow:
        seat = claim(uow, slot)
        if seat is None:
            return False
        row = people.appointment(seat.id, slot, seat.clinic_id, patient, uuid4().hex)
        uow.session.execute(insert(Appointment), [row])
        return True


def rush(db: Database, claim: Claim, slots: list[int], buyers: list[str], threads: int = THREADS) -> int:
    """Everybody buys at once; how many were told that they have a seat."""
    start = threading.Barrier(threads)

    def queue(worker: int) -> int:
        start.wait()
        mine = range(worker, len(buyers), threads)
        return sum(buy(db, claim, slots[n % len(slots)], buyers[n]) for n in mine)

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(queue, range(threads)))


def sold(db: Database) -> Counter[int]:
    """Live appointments by seat."""
    with db.read() as uow:
        return Counter(uow.session.scalars(select(Appointment.seat_id)).all())


def state_of(db: Database, seat: int) -> SeatState:
    with db.read() as uow:
        return uow.session.scalars(select(Seat.state).where(Seat.id == seat)).one()


def test_two_buyers_one_seat(db: Database) -> None:
    slots = people.clinic(db, seats=1, slots=20)
    for slot in slots:
        assert rush(db, seats.claim, [slot], people.patients(db, 2), threads=2) == 1
    assert list(sold(db).values()) == [1] * 20


def test_two_hundred_buyers_forty_seats(db: Database) -> None:
    slots = people.clinic(db, seats=10, slots=4)
    assert rush(db, seats.claim, slots, people.patients(db, 200)) == 40
    assert sorted(sold(db).values()) == [1] * 40
    with db.read() as uow:
        assert uow.session.scalar(select(func.count()).where(Seat.state == SeatState.FREE)) == 0


def _careless(uow: UnitOfWork, slot_id: int) -> Claimed | None:
    """Read, then write: how seats are sold twice."""
    row = uow.session.execute(
        select(Seat.id, Seat.clinic_id, Seat.number)
        .where(Seat.slot_id == slot_id, Seat.state == SeatState.FREE)
        .order_by(Seat.number)
        .limit(1)
    ).first()
    if row is None:
        return None
    time.sleep(0.01)  # whatever a service does between looking and taking
    uow.session.execute(update(Seat).where(Seat.id == row.id).values(state=SeatState.BOOKED))
    return Claimed(*row)


class _Ungated(Database):
    """Without BEGIN IMMEDIATE and without the gate, each statement for itself."""

    def careless_buy(self, slot: int, patient: str) -> bool:
        with self.read() as uow:
            found = uow.session.execute(
                select(Seat.id, Seat.clinic_id, Seat.number)
                .where(Seat.slot_id == slot, Seat.state == SeatState.FREE)
                .order_by(Seat.number)
                .limit(1)
            ).first()
        if found is None:
            return False
        time.sleep(0.01)
        with self.write() as uow:
            uow.session.execute(update(Seat).where(Seat.id == found.id).values(state=SeatState.BOOKED))
            row = people.appointment(found.id, slot, found.clinic_id, patient, uuid4().hex)
            uow.session.execute(insert(Appointment), [row])
        return True


@pytest.fixture
def careless_db(database_url: str, clock: FixedClock, db: Database) -> Iterator[Database]:
    index = next(i for i in table(Appointment).indexes if i.name == "uq_appointments_seat_live")
    with db.write() as uow:
        index.drop(uow.connection)
    with closing(_Ungated(database_url, clock, db.keys)) as careless:
        yield careless
    with db.write() as uow:
        uow.connection.execute(delete(Appointment))
        index.create(uow.connection)


def test_negative_control_without_claim_and_constraint_seats_are_sold_twice(careless_db: _Ungated) -> None:
    """Were this to pass as safe, the tests above would prove nothing."""
    db = careless_db
    slots = people.clinic(db, seats=10, slots=4)
    buyers = people.patients(db, 200)
    with ThreadPoolExecutor(THREADS) as pool:
        told = sum(pool.map(lambda n: db.careless_buy(slots[n % 4], buyers[n]), range(200)))
    assert max(sold(db).values()) > 1
    assert told > 40


def test_negative_control_the_constraint_alone_already_refuses(db: Database) -> None:
    """The careless claim with the constraint in place: an error instead of a double sale."""
    (slot,) = people.clinic(db, seats=1)
    one, two = people.patients(db, 2)
    assert buy(db, _careless, slot, one)
    with db.write() as uow:
        uow.session.execute(update(Seat).values(state=SeatState.FREE))
    with pytest.raises(Exception, match=r"(?i)unique"):
        buy(db, _careless, slot, two)
    assert list(sold(db).values()) == [1]


def test_the_lowest_number_first(db: Database) -> None:
    (slot,) = people.clinic(db, seats=3)
    with db.write() as uow:
        assert [c and c.number for c in (seats.claim(uow, slot) for _ in range(4))] == [1, 2, 3, None]


def test_an_unpaid_seat_is_held(db: Database) -> None:
    (slot,) = people.clinic(db, seats=1)
    with db.write() as uow:
        seat = seats.claim(uow, slot, SeatState.HELD)
    assert seat and state_of(db, seat.id) is SeatState.HELD
    with pytest.raises(ValueError, match="cannot become"), db.write() as uow:
        seats.claim(uow, slot, SeatState.COOLING)


def test_an_error_afterwards_gives_the_seat_back(db: Database) -> None:
    (slot,) = people.clinic(db, seats=1)
    with pytest.raises(RuntimeError), db.write() as uow:
        seats.claim(uow, slot)
        raise RuntimeError
    with db.write() as uow:
        assert seats.claim(uow, slot)


def test_full_is_not_said_while_the_last_buyer_may_still_roll_back(postgres_db: Database) -> None:
    """SKIP LOCKED passes over the seat of a transaction that is still open (facts/delivery)."""
    db = postgres_db
    (slot,) = people.clinic(db, seats=1)
    claimed, release = threading.Event(), threading.Event()

    def hesitates() -> None:
        with pytest.raises(RuntimeError), db.write() as uow:
            assert seats.claim(uow, slot)
            claimed.set()
            release.wait(10)
            raise RuntimeError

    def wants() -> Claimed | None:
        with db.write() as uow:
            return seats.claim(uow, slot)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(hesitates)
        claimed.wait(10)
        second = pool.submit(wants)
        _until_somebody_waits_for_a_lock(db)
        assert not second.done(), "told full too early"
        release.set()
        first.result()
        seat = second.result()
    assert seat is not None
    assert seat.number == 1


def test_waiting_for_the_last_buyer_who_keeps_it_ends_in_full(postgres_db: Database) -> None:
    db = postgres_db
    (slot,) = people.clinic(db, seats=1)
    with ThreadPoolExecutor(1) as pool:
        with db.write() as uow:
            assert seats.claim(uow, slot)
            second = pool.submit(lambda: buy(db, seats.claim, slot, "nobody"))
            _until_somebody_waits_for_a_lock(db)
        assert second.result() is False


def _until_somebody_waits_for_a_lock(db: Database) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with db.read() as uow:
            waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            if uow.session.execute(text(waiting)).scalar():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_returned_seat_cools_down_before_it_is_free(db: Database, clock: FixedClock) -> None:
    (slot,) = people.clinic(db, seats=1)
    with db.write() as uow:
        seat = seats.claim(uow, slot)
        assert seat
    with db.write() as uow:
        assert seats.give_back(uow, seat.id, uow.now + timedelta(minutes=20))
        assert not seats.give_back(uow, seat.id, uow.now), "nobody has it any more"
    assert state_of(db, seat.id) is SeatState.COOLING
    with db.write() as uow:
        assert seats.claim(uow, slot) is None
        assert seats.release_due(uow) == 0
    clock.advance(timedelta(minutes=20))
    with db.write() as uow:
        assert seats.release_due(uow) == 1
        assert seats.claim(uow, slot) == seat
    with db.read() as uow:
        assert uow.session.scalars(select(Seat.release_at)).one() is None


def test_a_used_or_free_seat_is_not_given_back(db: Database) -> None:
    people.clinic(db, seats=2)
    with db.write() as uow:
        uow.session.execute(update(Seat).where(Seat.number == 1).values(state=SeatState.USED))
        ids = uow.session.scalars(select(Seat.id)).all()
        assert [seats.give_back(uow, seat, uow.now) for seat in ids] == [False, False]
