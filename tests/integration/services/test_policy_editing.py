"""Setting a number of the policy, on both databases: the second of two people writes nothing."""

from datetime import date, timedelta

import pytest

from bot.services import policy_editing as editing
from bot.services import revisions
from bot.services.policy_editing import Set, Stale, Wanted, Wrong
from bot.services.policy_replaying import Asked
from tests.integration.services.town import TODAY, TOMORROW, Town


def put(town: Town, value: int | None, version: int, day: date = TOMORROW) -> Set | Stale | Wrong:
    wanted = Wanted(Asked("hospital", 0, "booking_window_days", value), day, "院务会决定")
    context = town.hospital.acting("staff:0001")
    return town.hospital.carry(lambda uow: editing.put(uow, context, wanted, version))


def seen(town: Town) -> int:
    with town.db.read() as uow:
        return editing.seen(uow)


def test_the_second_of_two_writes_nothing(town: Town) -> None:
    version = seen(town)
    assert put(town, 7, version) == Set()
    assert put(town, 9, version) == Stale()
    assert seen(town) == version + 1
    assert town.hospital.acting("x").directory.policy(TOMORROW).booking_window_days == 7


def test_the_same_day_again_replaces_and_the_wider_number_comes_back(town: Town) -> None:
    put(town, 7, seen(town))
    assert put(town, 7, seen(town)) == Wrong("same")
    assert put(town, 10, seen(town)) == Set()
    assert put(town, None, seen(town), TOMORROW + timedelta(days=1)) == Set()
    policies = town.hospital.acting("x").directory
    days = [policies.policy(TODAY + timedelta(days=n)).booking_window_days for n in range(3)]
    assert days == [14, 10, 14]


def test_taking_back(town: Town) -> None:
    put(town, 7, seen(town))
    context = town.hospital.acting("staff:0002")
    with town.db.read() as uow:
        (line,) = editing.lines(uow)
    old = seen(town) - 1
    assert town.hospital.carry(lambda uow: editing.withdraw(uow, context, line.id, old)) == Stale()
    assert town.hospital.carry(lambda uow: editing.withdraw(uow, context, line.id, old + 1)) == Set()
    with town.db.read() as uow:
        assert editing.lines(uow) == []


@pytest.mark.parametrize("seen_first", [0, 3])
def test_a_revision_moves_once_from_what_was_seen(town: Town, seen_first: int) -> None:
    with town.db.write() as uow:
        for _ in range(seen_first):
            revisions.bump(uow, "test")
        assert not revisions.bump_from(uow, "test", seen_first + 1)
        assert revisions.bump_from(uow, "test", seen_first)
        assert not revisions.bump_from(uow, "test", seen_first)
        assert revisions.current(uow, "test") == seen_first + 1
