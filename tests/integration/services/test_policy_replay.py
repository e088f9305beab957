"""The replay over real rows says what the real rules would have said."""

import shutil
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.domain.accounts import AccountRef
from bot.domain.commands import Book, Cancel, Change, Command
from bot.domain.outcomes import (
    Booked,
    Cancelled,
    Changed,
    DeadlinePassed,
    LimitReached,
    Outcome,
    Refused,
    TooEarly,
    TooLate,
)
from bot.domain.policy_replay import Replayed, name_of, replay
from bot.domain.views import PatientView, Period
from bot.services.policy_looking import Found, read, written
from bot.services.policy_replaying import Asked, both, happened, open_now, outlook
from bot.store.db import Database
from bot.store.keys import KeyRing
from tests.conftest import MONDAY, FixedClock
from tests.integration.services.town import TODAY, Town, at


def looked(town: Town, asked: Asked, days: int = 30) -> Replayed:
    context = town.hospital.acting("staff:0001")
    with town.db.read() as uow:
        past = outlook(uow, context, asked, days).past
    assert past is not None
    return past


def hospital(name: str, value: int | None) -> Asked:
    return Asked("hospital", 0, name, value)


def test_a_booking_a_change_and_a_cancellation_are_read_as_they_were(town: Town) -> None:
    account, (slot, later) = town.account(), town.clinic(minutes=30, seats=2)
    patient = town.register(account)
    booked = town.book(account, slot, patient)
    town.clock.advance(timedelta(hours=1))
    assert isinstance(town.hospital.execute(Change("c1", booked.id, later), account), Changed)
    assert isinstance(town.hospital.execute(Cancel("x1", booked.id), account), Cancelled)
    with town.db.read() as uow:
        seen = list(happened(uow, MONDAY - timedelta(days=1)))
        assert list(happened(uow, MONDAY + timedelta(minutes=1))) == seen[1:]
        assert open_now(uow, TODAY) == []
    assert [each.kind for each in seen] == ["booked", "changed", "cancelled"]
    first, second, third = seen
    assert first.old is None and first.new == second.old and second.new == third.old
    assert first.new is not None and first.new.starts_at == booked.starts_at
    assert first.new.department_id == town.departments["心血管内科"]
    assert {each.patient for each in seen} == {patient.id}


def test_a_department_of_its_own_is_judged_by_its_own(town: Town) -> None:
    account = town.account()
    patient = town.register(account)
    far = TODAY + timedelta(days=10)
    town.book(account, town.clinic("王建国", far)[0], patient)
    town.book(account, town.clinic("张敏", far)[0], patient)
    only = Asked("department", town.departments["儿科"], "booking_window_days", 7)
    assert looked(town, only).refused == {("booked", "window"): 1}
    assert looked(town, hospital("booking_window_days", 7)).refused == {("booked", "window"): 2}
    town.rule("booking_window_days", 14, "department", town.departments["儿科"])
    assert looked(town, hospital("booking_window_days", 7)).refused == {("booked", "window"): 1}
    assert looked(town, replace(only, value=None)).total == 0


def test_what_lies_beyond_it_now(town: Town) -> None:
    account = town.account()
    patient, other = town.register(account), town.register(account, 2)
    ids = [
        town.book(account, town.clinic(who, TODAY + timedelta(days=3))[0], patient).id
        for who in ("王建国", "张敏")
    ]
    context = town.hospital.acting("staff:0001")
    with town.db.read() as uow:
        crowd = outlook(uow, context, hospital("patients_per_account", 1), 30)
        held = outlook(uow, context, hospital("per_patient_open", 1), 30)
    assert (crowd.accounts, crowd.past) == (1, None)
    assert (held.beyond.count, held.beyond.examples) == (1, (ids[0],))
    assert other.id != patient.id


def test_what_is_kept_of_a_look_is_what_was_found(town: Town) -> None:
    account = town.account()
    town.book(account, town.clinic("张敏", TODAY + timedelta(days=10))[0], town.register(account))
    context, shares = town.hospital.acting("staff:0001"), list[float]()

    def no_further(share: float) -> bool:
        shares.append(share)
        return False

    with town.db.read() as uow:
        for asked in (hospital("booking_window_days", 7), hospital("patients_per_account", 1)):
            found = Found(outlook(uow, context, asked, 30), context.now)
            assert read(written(found)) == found
        left = outlook(uow, context, hospital("per_patient_open", 1), 30, heard=no_further)
    assert shares == [0.0] and left.past is not None and left.past.judged.total() == 0


def test_it_says_which_days_it_looked_at_and_when_it_stopped(town: Town) -> None:
    context = town.hospital.acting("staff:0001")
    with town.db.read() as uow:
        told = outlook(uow, context, hospital("per_patient_open", 1), 30)
    assert (told.first, told.last) == (TODAY - timedelta(days=30), TODAY)
    assert told.past is not None and told.past.complete and told.past.until is None


STRICTER = {
    "booking_window_days": 3, "booking_cutoff_minutes": 600, "change_deadline_minutes": 40 * 60,
    "cancel_deadline_minutes": 40 * 60, "per_patient_per_day": 1, "per_patient_open": 2, "per_account_open": 3,
    "per_phone_open": 2, "cancels_per_month": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", STRICTER)
def test_the_replay_and_the_real_rules_agree(
    sqlite_url: str, tmp_path: Path, clock: FixedClock, keys: KeyRing, name: str
) -> None:
    """One made-up fortnight in two hospitals, one with the stricter number: what only that one refuses is what the
    replay finds in the rows of the other."""
    shutil.copyfile(sqlite_url.removeprefix("sqlite:///"), tmp_path / "stricter.db")
    with (
        closing(Database(sqlite_url, clock, keys)) as here,
        closing(Database(f"sqlite:///{tmp_path / 'stricter.db'}", clock, keys)) as there,
    ):
        towns = Town.found(here, clock), Town.found(there, clock)
        towns[1].rule(name, STRICTER[name])
        expected = Fortnight(*towns).lived()
        past = looked(towns[0], hospital(name, STRICTER[name]))
    assert expected, "the fortnight has something to refuse"
    assert dict(past.refused) == expected


class Fortnight:
    """The same acts at the same moments in both hospitals."""

    def __init__(self, lenient: Town, strict: Town) -> None:
        self.towns, self.rng = (lenient, strict), Random(5)
        self.slots = [self._slots(town) for town in self.towns]
        self.people = [self._people(town) for town in self.towns]
        self.held: dict[int, tuple[int, int | None]] = {}
        """Of the lenient one: whose, and its twin in the strict one."""
        self.taken: set[tuple[int, str, int, str]] = set()
        self.refused: Counter[tuple[str, str]] = Counter()

    def _slots(self, town: Town) -> list[tuple[str, int, str, int]]:
        return [
            (who, day, period.value, slot)
            for who in ("王建国", "周明", "张敏")
            for day in range(8)
            for period in (Period.AM, Period.PM)
            for slot in town.clinic(who, TODAY + timedelta(days=day), period, seats=40, minutes=30)
        ]

    def _people(self, town: Town) -> list[tuple[AccountRef, PatientView]]:
        accounts = [town.account(f"o-{n}") for n in range(2)]
        return [(accounts[n % 2], town.register(accounts[n % 2], n)) for n in range(3)]

    def lived(self) -> dict[tuple[str, str], int]:
        for number in range(90):
            self.towns[0].clock.set(at(7) + timedelta(minutes=100 * number))
            act = self.rng.choice(["book", "book", "change", "cancel"])
            mine = sorted(self.held)
            if act == "book" or not mine:
                self._book(number)
            elif act == "change":
                self._change(number, self.rng.choice(mine))
            else:
                self._cancel(number, self.rng.choice(mine))
        return dict(self.refused)

    def _free(self, person: int) -> int | None:
        """Somewhere this person has never been: no half-day twice."""
        place = self.rng.randrange(len(self.slots[0]))
        who, day, period, _ = self.slots[0][place]
        seen = (person, who, day, period)
        if seen in self.taken:
            return None
        self.taken.add(seen)
        return place

    def _book(self, number: int) -> None:
        person = self.rng.randrange(3)
        place = self._free(person)
        if place is None:
            return
        done, twin = self._both(
            person,
            *(
                Book(f"b{number}", slots[place][3], people[person][1].id)
                for slots, people in zip(self.slots, self.people, strict=True)
            ),
        )
        if isinstance(done, Booked):
            self.held[done.appointment.id] = (
                person,
                twin.appointment.id if isinstance(twin, Booked) else None,
            )
            self._count("booked", twin)

    def _change(self, number: int, id_: int) -> None:
        person, twin_id = self.held[id_]
        place = self._free(person)
        if place is None:
            return
        done, twin = self._both(
            person,
            Change(f"c{number}", id_, self.slots[0][place][3]),
            None if twin_id is None else Change(f"c{number}", twin_id, self.slots[1][place][3]),
        )
        if isinstance(done, Changed) and isinstance(twin, Refused):
            self.held.pop(id_)  # from here on the two are not the same: nobody asks about it again
            self._count("changed", twin)

    def _cancel(self, number: int, id_: int) -> None:
        person, twin_id = self.held[id_]
        done, twin = self._both(
            person, Cancel(f"x{number}", id_), None if twin_id is None else Cancel(f"x{number}", twin_id)
        )
        if isinstance(done, Cancelled):
            self.held.pop(id_)
            self._count("cancelled", twin)

    def _both(self, person: int, one: Command, two: Command | None) -> tuple[Outcome, Outcome | None]:
        """What the lenient hospital refuses leaves no row: it is not asked of the strict one."""
        done = self.towns[0].hospital.execute(one, self.people[0][person][0])
        if two is None or not isinstance(done, Booked | Changed | Cancelled):
            return done, None
        return done, self.towns[1].hospital.execute(two, self.people[1][person][0])

    def _count(self, kind: str, twin: Outcome | None) -> None:
        if not isinstance(twin, Refused):
            return
        assert isinstance(twin.why, TooEarly | TooLate | DeadlinePassed | LimitReached), twin
        self.refused[(kind, name_of(twin.why))] += 1


def test_replay_is_a_pure_function_of_its_rows(town: Town) -> None:
    account = town.account()
    town.book(account, town.clinic()[0], town.register(account))
    with town.db.read() as uow:
        rows = list(happened(uow, MONDAY))
    old, new = both(town.hospital.acting("x").directory, hospital("booking_window_days", 1))
    assert replay(rows, old, new, MONDAY).total == replay(rows, old, new, MONDAY).total == 0
