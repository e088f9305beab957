"""A process is killed at each point where it owns something: nothing is lost, nothing stays locked, nothing is doubled."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import insert, select

from bot.domain.inbound import Inbound, Kind
from bot.domain.speech import Reply
from bot.domain.states import SeatState
from bot.store import outbox, seats
from bot.store.db import Database
from bot.store.inbox import Answered, Inbox, New
from bot.store.keys import KeyRing
from bot.store.models import Appointment, Seat
from bot.store.outbox import Outbox
from tests.conftest import MONDAY, FixedClock
from tests.integration.store import people

pytestmark = pytest.mark.faults

LEASE = timedelta(seconds=5)
HELLO = (Reply("您好"),)
MESSAGE = Inbound("wechat", "gh_1", "o-1", Kind.TEXT, MONDAY, "m1", text="挂号")


@pytest.fixture
def killed(database_url: str, keys: KeyRing) -> Callable[[Callable[[Database], object]], None]:
    """Runs something in a process of its own, which is then killed without any chance to tidy up."""

    def child(work: Callable[[Database], object]) -> None:
        work(Database(database_url, FixedClock(), keys))
        os.kill(os.getpid(), signal.SIGKILL)

    def run(work: Callable[[Database], object]) -> None:
        process = get_context("fork").Process(target=child, args=(work,))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL

    return run


Killed = Callable[[Callable[[Database], object]], None]


def test_in_the_middle_of_a_booking_the_seat_is_free_again(db: Database, killed: Killed) -> None:
    (slot,) = people.clinic(db, seats=1)
    (patient,) = people.patients(db, 1)

    def books(theirs: Database) -> None:
        with theirs.write() as uow:
            seat = seats.claim(uow, slot)
            assert seat
            row = people.appointment(seat.id, slot, seat.clinic_id, patient, "k")
            uow.connection.execute(insert(Appointment), [row])
            os.kill(os.getpid(), signal.SIGKILL)

    killed(books)
    with db.read() as uow:
        assert uow.session.scalars(select(Seat.state)).all() == [SeatState.FREE]
        assert uow.session.scalars(select(Appointment.id)).all() == []
    with db.write() as uow:
        assert seats.claim(uow, slot)


def test_after_the_commit_the_booking_is_there(db: Database, killed: Killed) -> None:
    (slot,) = people.clinic(db, seats=1)

    def books(theirs: Database) -> None:
        with theirs.write() as uow:
            assert seats.claim(uow, slot)

    killed(books)
    with db.write() as uow:
        assert seats.claim(uow, slot) is None


def test_with_a_message_claimed_the_retry_takes_over(db: Database, killed: Killed, clock: FixedClock) -> None:
    killed(lambda theirs: Inbox(theirs).claim(MESSAGE, LEASE))
    clock.advance(LEASE + timedelta(seconds=1))
    assert isinstance(Inbox(db).claim(MESSAGE, LEASE), New)


def test_with_a_message_claimed_and_no_retry_the_worker_takes_over(
    db: Database, killed: Killed, clock: FixedClock
) -> None:
    killed(lambda theirs: Inbox(theirs).claim(MESSAGE, LEASE))
    clock.advance(LEASE + timedelta(seconds=1))
    assert [inbound for _, inbound in Inbox(db).stale(10)] == [MESSAGE]


def test_with_an_answer_stored_the_retry_gets_it(db: Database, killed: Killed) -> None:
    def answers(theirs: Database) -> None:
        inbox = Inbox(theirs)
        claimed = inbox.claim(MESSAGE, LEASE)
        assert isinstance(claimed, New)
        assert inbox.finish(claimed.id, HELLO)

    killed(answers)
    assert Inbox(db).claim(MESSAGE, LEASE) == Answered(HELLO)


def test_given_up_and_killed_the_worker_answers_through_the_outbox(
    db: Database, killed: Killed, clock: FixedClock
) -> None:
    people.account(db)

    def gives_up(theirs: Database) -> None:
        inbox = Inbox(theirs)
        claimed = inbox.claim(MESSAGE, LEASE)
        assert isinstance(claimed, New)
        inbox.give_up(claimed.id)

    killed(gives_up)
    clock.advance(LEASE + timedelta(seconds=1))
    inbox = Inbox(db)
    ((inbox_id, _),) = inbox.stale(10)
    assert not inbox.finish(inbox_id, HELLO)
    assert [m.replies for m in Outbox(db).claim(10, LEASE)] == [HELLO]


def test_with_a_message_leased_it_is_sent_by_the_next_worker(
    db: Database, killed: Killed, clock: FixedClock
) -> None:
    account = people.account(db)
    with db.write() as uow:
        outbox.put(uow, key="k", kind="late_reply", account_id=account, replies=HELLO)
    killed(lambda theirs: Outbox(theirs).claim(10, LEASE))
    assert Outbox(db).claim(10, LEASE) == []
    clock.advance(LEASE + timedelta(seconds=1))
    assert Outbox(db).reap() == 1
    clock.advance(timedelta(seconds=4))
    assert [m.attempts for m in Outbox(db).claim(10, LEASE)] == [2]


def test_with_a_message_put_but_not_committed_nothing_is_sent(db: Database, killed: Killed) -> None:
    account = people.account(db)

    def puts(theirs: Database) -> None:
        with theirs.write() as uow:
            outbox.put(uow, key="k", kind="late_reply", account_id=account, replies=HELLO)
            os.kill(os.getpid(), signal.SIGKILL)

    killed(puts)
    assert Outbox(db).claim(10, LEASE) == []


def test_bookings_add_up_when_the_buyers_are_killed(db: Database, database_url: str, keys: KeyRing) -> None:
    """Whoever was told "yes" before the kill has a seat; every taken seat has an appointment; none has two."""
    slots = people.clinic(db, seats=30, slots=4)
    buyers = people.patients(db, 120)
    fork = get_context("fork")
    told = fork.SimpleQueue()

    def buys(first: int) -> None:
        with closing(Database(database_url, FixedClock(), keys, pool=1)) as theirs:
            for n in range(first, 120, 4):
                with theirs.write() as uow:
                    seat = seats.claim(uow, slots[n % 4])
                    assert seat
                    row = people.appointment(seat.id, slots[n % 4], seat.clinic_id, buyers[n], f"k{n}")
                    uow.connection.execute(insert(Appointment), [row])
                told.put(f"k{n}")

    processes = [fork.Process(target=buys, args=(n,)) for n in range(4)]
    for process in processes:
        process.start()
    heard = [told.get() for _ in range(20)]
    for process in processes:
        process.kill()
        process.join(30)
    while not told.empty():
        heard.append(told.get())
    with db.read() as uow:
        booked = dict(uow.session.execute(select(Appointment.key, Appointment.seat_id)).all())
        taken = set(uow.session.scalars(select(Seat.id).where(Seat.state == SeatState.BOOKED)))
    assert set(heard) <= set(booked)
    assert sorted(booked.values()) == sorted(taken)
