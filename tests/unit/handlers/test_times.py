"""The slot a time means."""

from datetime import timedelta

import pytest

from bot.dialog.frame import Known
from bot.dialog.speech import Json
from bot.domain.views import Period
from handlers import times
from tests.unit.handlers.tiny import MONDAY, WANG, Tiny, clinic, said, slot

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def world() -> Tiny:
    slots = [slot(n, 1, TUESDAY, 14 + n // 2, 30 * (n % 2), free=n % 3) for n in range(1, 7)]
    return Tiny([clinic(1, WANG, TUESDAY, Period.PM)], slots)


@pytest.mark.parametrize(
    ("time", "slot_id"),
    [
        ("14:30", 1),
        ("14:45", 1),
        ("15:30", None),
        ("16:00", 4),
        ({"from": "16:00", "to": "16:30"}, 4),
        (None, None),
    ],
)
def test_a_time_said_finds_its_slot(world: Tiny, time: Json, slot_id: int | None) -> None:
    assert times.only_one(world, {"clinic": 1, "time": time}) == slot_id


def test_a_time_without_seats_is_said_and_its_neighbours_are_offered(world: Tiny) -> None:
    reply = times.offer(world, {"clinic": 1, "time": "15:30"})
    assert "15:30没有号了" in reply.text
    assert [o.value for o in reply.options] == [1, 2, 4, 5, None]


def test_full_slots_are_not_offered(world: Tiny) -> None:
    assert 3 not in [o.value for o in times.offer(world, {"clinic": 1}).options]


def test_earliest_and_latest(world: Tiny) -> None:
    assert times.answered(said("最早的"), world, {"clinic": 1}) == Known(1)
    assert times.answered(said("最晚的"), world, {"clinic": 1}) == Known(5)
    assert times.answered(said("天气不错"), world, {"clinic": 1}) is None


def test_a_clinic_that_filled_up_offers_a_way_out() -> None:
    reply = times.offer(Tiny([clinic(1, WANG, TUESDAY, Period.PM)]), {"clinic": 1})
    assert "约满" in reply.text
    assert reply.options[0].sets == {"clinic": None, "time": None}
