"""The send slots of a worker: who is urgent finds some free, and nobody is claimed too early."""

import threading
from datetime import UTC, datetime

from bot.store.outbox_types import Leased
from scheduler.lanes import Job, Lanes

END = datetime(2026, 11, 24, tzinfo=UTC)


def job(priority: int, n: int = 0) -> Job:
    return Job(Leased(n, "t", "k", None, "care", priority, (), 1, END), until=0.0)


def taken(lanes: Lanes) -> Job:
    found = lanes.take()
    assert found is not None
    return found


def test_the_urgent_go_first() -> None:
    lanes = Lanes(8)
    lanes.put([job(3), job(0)])
    assert taken(lanes).leased.priority == 0


def test_a_quarter_is_kept() -> None:
    lanes = Lanes(8)
    lanes.put([job(3, n) for n in range(10)])
    busy = [taken(lanes) for _ in range(6)]
    waiting = threading.Thread(target=lanes.take)
    waiting.start()
    lanes.put([job(1)])
    waiting.join(10)
    assert not waiting.is_alive(), "it took the urgent one"
    again = lanes.take(busy.pop())
    assert again and not again.urgent


def test_room_shrinks_with_what_is_there() -> None:
    lanes = Lanes(8)
    assert lanes.room() == (12, 10)
    lanes.put([job(3)] * 9)
    assert lanes.room() == (12, 0), "one is not worth asking for"
    lanes.put([job(0)] * 12)
    assert lanes.room() == (0, 0)


def test_closing_gives_back_what_was_not_begun() -> None:
    lanes = Lanes(4)
    lanes.put([job(3, 1), job(0, 2), job(3, 3)])
    began = taken(lanes)
    assert {left.leased.id for left in lanes.close()} == {1, 3}
    assert began.leased.id == 2
    assert lanes.take(began) is None
