"""Many at once: nothing sold twice, no limit passed, no key used twice — on either database."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from bot.domain.accounts import AccountRef
from bot.domain.commands import Book, Cancel, Change
from bot.domain.outcomes import (
    AlreadyBooked,
    Booked,
    Cancelled,
    Changed,
    LimitReached,
    Outcome,
    Refusal,
    Refused,
    Registered,
    Taken,
)
from bot.domain.states import SeatState
from bot.domain.views import PatientView, Period, Relation
from bot.services import book, eligibility, people
from bot.store.db import Database
from bot.store.models import Appointment, AppointmentEvent, Patient
from tests.conftest import FixedClock
from tests.integration.services.town import TOMORROW, Town, phone_number, registration

THREADS = 8


def test_two_hundred_accounts_want_thirty_seats(town: Town) -> None:
    """sold = capacity, oversold = 0, and whoever was not served is offered nothing that is gone."""
    town.rule("per_account_open", 0)
    slots = town.clinic(seats=18) + town.clinic("王海燕", seats=12)
    buyers = [town.account(f"o-{n}") for n in range(200)]

    def try_to_book(n: int) -> Outcome:
        patient = town.register(buyers[n], n)
        return town.hospital.execute(Book(f"k-{n}", slots[n % len(slots)], patient.id), buyers[n])

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(try_to_book, range(200)))
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {Booked: 30, Taken: 170}
    states = Counter(state for slot in slots for state in town.seats(slot))
    assert states == {SeatState.BOOKED: 30}
    assert town.consistent()
    codes = {o.appointment.code for o in outcomes if isinstance(o, Booked)}
    assert len(codes) == 30


def test_one_key_from_many_threads_is_one_booking(town: Town) -> None:
    account = town.account()
    patient, slots = town.register(account), town.clinic(seats=12)
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(
            threads.map(lambda _: town.hospital.execute(Book("k", slots[0], patient.id), account), range(16))
        )
    assert isinstance(outcomes[0], Booked)
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert town.count(Appointment) == town.count(AppointmentEvent) == 1
    assert town.consistent()


def test_one_patient_from_many_devices_gets_one_seat_of_a_clinic(town: Town) -> None:
    accounts = [town.account(f"o-{n}") for n in range(4)]
    patients = [town.register(a, key=f"r{a.id}", relation=Relation.PARENT) for a in accounts]
    slots = town.clinic(seats=18)

    def tap(n: int) -> Outcome:
        who = n % len(accounts)
        return town.hospital.execute(Book(f"k-{n}", slots[n % len(slots)], patients[who].id), accounts[who])

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(tap, range(24)))
    assert sum(isinstance(o, Booked) for o in outcomes) == 1
    refused = [o.why for o in outcomes if isinstance(o, Refused)]
    assert len(refused) == 23
    assert all(isinstance(why, AlreadyBooked) for why in refused)


def test_limits_hold_when_everything_is_tapped_at_once(town: Town) -> None:
    town.rule("per_patient_open", 3)
    account = town.account()
    patient = town.register(account)
    slots = [town.clinic(day=TOMORROW + timedelta(days=n))[0] for n in range(10)]
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(
            threads.map(lambda s: town.hospital.execute(Book(f"k-{s}", s, patient.id), account), slots)
        )
    assert sum(isinstance(o, Booked) for o in outcomes) == 3
    assert Refused(LimitReached("patient_open", 3)) in outcomes


def test_the_account_s_limit_holds_over_its_patients(town: Town) -> None:
    town.rule("per_account_open", 2)
    account = town.account()
    patients = [town.register(account, n, relation=Relation.OTHER) for n in range(1, 6)]
    slot = town.clinic(seats=18, minutes=2)[0]
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(
            threads.map(lambda p: town.hospital.execute(Book(f"k-{p.id}", slot, p.id), account), patients)
        )
    assert sum(isinstance(o, Booked) for o in outcomes) == 2


def test_the_phone_s_limit_holds_over_accounts(town: Town) -> None:
    """One scalper, five accounts, five patients, one phone."""
    town.rule("per_phone_open", 2)
    slot = town.clinic(seats=18, minutes=2)[0]
    pairs = scalpers(town, 5)
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(
            threads.map(lambda p: town.hospital.execute(Book(f"k-{p[1].id}", slot, p[1].id), p[0]), pairs)
        )
    assert sum(isinstance(o, Booked) for o in outcomes) == 2


def scalpers(town: Town, count: int) -> list[tuple[AccountRef, PatientView]]:
    """Accounts with a patient each, all under one phone number."""
    pairs = []
    for n in range(1, count + 1):
        account = town.account(f"o-{n}")
        outcome = town.hospital.execute(replace(registration(n), phone=phone_number(0)), account)
        assert isinstance(outcome, Registered)
        pairs.append((account, outcome.patient))
    return pairs


@pytest.mark.parametrize(("locked", "sold"), [(True, 1), (False, 2)])
def test_it_is_the_lock_that_holds_the_limit(
    postgres_db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, locked: bool, sold: int
) -> None:
    """The negative control: both count before either books, and without the lock both book."""
    town = Town.found(postgres_db, clock)
    town.rule("per_phone_open", 1)
    slot = town.clinic()[0]
    pairs = scalpers(town, 2)
    both_counted = Barrier(2)

    def refusal(*arguments: Any, **options: Any) -> Refusal | None:
        answer = eligibility.refusal(*arguments, **options)
        with suppress(BrokenBarrierError):
            both_counted.wait(timeout=1 if locked else 60)
        return answer

    monkeypatch.setattr(book, "refusal", refusal)
    if not locked:
        monkeypatch.setattr(book, "lock_patient", people.patient_row)
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(
            threads.map(lambda p: town.hospital.execute(Book(f"k-{p[1].id}", slot, p[1].id), p[0]), pairs)
        )
    assert sum(isinstance(o, Booked) for o in outcomes) == sold


def test_one_identity_registered_at_once_is_one_patient(town: Town) -> None:
    accounts = [town.account(f"o-{n}") for n in range(8)]
    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(
            threads.map(lambda a: town.hospital.execute(registration(key=f"k{a.id}"), a), accounts)
        )
    assert town.count(Patient) == 1
    assert len({outcome.patient.id for outcome in outcomes}) == 1  # type: ignore[union-attr]
    assert sum(not outcome.linked for outcome in outcomes) == 1  # type: ignore[union-attr]


def test_a_storm_of_bookings_changes_and_cancellations_ends_consistent(town: Town) -> None:
    town.rule("per_account_open", 0)
    town.rule("cancels_per_month", 0)
    town.rule("release_window_minutes", 0)
    slots = town.clinic(seats=9) + town.clinic("王建国", period=Period.AM, seats=9)
    accounts = [town.account(f"o-{n}") for n in range(THREADS)]
    patients = [town.register(account, n) for n, account in enumerate(accounts)]
    seen: Counter[type[object]] = Counter()

    def live(n: int) -> None:
        rng, account, patient = Random(n), accounts[n], patients[n]
        for turn in range(25):
            with town.hospital.world(account) as world:
                mine = world.appointments()
            slot, key = rng.choice(slots), f"{n}-{turn}"
            match rng.randrange(4):
                case 0 if mine:
                    outcome = town.hospital.execute(Cancel(key, rng.choice(mine).id), account)
                case 1 | 2 if mine:
                    outcome = town.hospital.execute(Change(key, rng.choice(mine).id, slot), account)
                case _:
                    outcome = town.hospital.execute(Book(key, slot, patient.id), account)
            seen[type(outcome)] += 1
            town.hospital.release_due()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(live, range(THREADS)))
    assert town.consistent()
    assert min(seen[Booked], seen[Changed], seen[Cancelled]) > 0, seen
