"""The fixed ticks: few, never dropped, never twice at once, and no failure stops them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler import ticks
from scheduler.slow import Slow
from scheduler.ticks import Tick


def run(*wanted: Tick) -> threading.Thread:
    stop = threading.Event()
    thread = threading.Thread(target=ticks.run_ticks, args=(wanted, stop), kwargs={"look": 0.02})
    thread.stop = stop  # type: ignore[attr-defined]
    thread.start()
    return thread


def end(thread: threading.Thread) -> None:
    thread.stop.set()  # type: ignore[attr-defined]
    thread.join(60)
    assert not thread.is_alive()


def counting(times: int, *, fails: bool = False) -> tuple[Callable[[], None], threading.Event]:
    """Something to do, and an event that is set when it has been done ``times``."""
    left = [times]
    done = threading.Event()

    def count() -> None:
        left[0] -= 1
        if left[0] <= 0:
            done.set()
        if fails:
            raise RuntimeError("broken")

    return count, done


def test_a_tick_comes_again_and_again() -> None:
    work, done = counting(3)
    thread = run(Tick("t", 0.05, work))
    assert done.wait(60)
    end(thread)


def test_a_failing_tick_is_logged_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    broken, twice = counting(2, fails=True)
    healthy, done = counting(2)
    thread = run(Tick("broken", 0.05, broken), Tick("healthy", 0.05, healthy))
    assert twice.wait(60)
    assert done.wait(60)
    end(thread)
    assert "tick.failed name=broken" in caplog.text


def test_after_a_jump_back_everything_is_planned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set back by an hour, the next run would otherwise be an hour later than its pace."""
    built, build = list[BackgroundScheduler](), ticks.build

    def building(*parts: Any) -> BackgroundScheduler:
        built.append(build(*parts))
        return built[0]

    monkeypatch.setattr(ticks, "build", building)
    times = threading.Semaphore(0)
    thread = run(Tick("hourly", 3600, times.release))
    assert times.acquire(timeout=60), "the first run is at once"
    for _ in range(50):  # a run that is still ending is left to end
        (job,) = built[0].get_jobs()
        job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=2))
        if times.acquire(timeout=0.2):
            break
    else:
        pytest.fail("the second run never came")
    end(thread)


def test_what_keeps_its_pace_is_not_planned_anew() -> None:
    scheduler = ticks.build([Tick("t", 3600, lambda: None)], Slow())
    scheduler.start(paused=True)
    (job,) = scheduler.get_jobs()
    told = []
    for hours in (-1, 0, 1, 2):
        job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=hours))
        told.append(ticks.astray(scheduler))
    scheduler.shutdown()
    assert told == [False, False, False, True]


def test_jobs_are_never_dropped_for_being_late_nor_run_twice_at_once() -> None:
    scheduler = ticks.build([Tick("t", 5, lambda: None)], Slow())
    scheduler.start(paused=True)
    (job,) = scheduler.get_jobs()
    scheduler.shutdown()
    assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


def test_replanning_makes_everything_due() -> None:
    scheduler = ticks.build([Tick("t", 3600, lambda: None)], Slow())
    scheduler.start(paused=True)
    scheduler.get_jobs()[0].modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
    ticks.replan(scheduler)
    due = scheduler.get_jobs()[0].next_run_time
    scheduler.shutdown()
    assert due <= datetime.now(UTC)
