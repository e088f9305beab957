"""停诊 of many: from the command to the first and the last notice in the outbox, an idle tick, the withdrawal.

1,000 and 10,000 appointments of the demo hospital, all of its clinics on the days that they fill.  The saga works in
one thread and the planner in another, as in one scheduler; commits survive a power cut.  What the gateway then takes is
proof 9's (`tests.faults.urgent_first`) and `bench.push`'s.  ``told`` has to be everybody, the sum has to hold, and
after the withdrawal nobody may be waiting.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from random import Random

from sqlalchemy import func, insert, select

from bench.databases import postgres, sqlite
from bot.domain.clock import SystemClock
from bot.domain.states import SeatState
from bot.domain.suspension import CaseState, Started
from bot.services import readers
from bot.services.hospital import Hospital
from bot.services.suspension.saga import Suspensions
from bot.settings import load
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from bot.store.models import Account, OutboxMessage, Seat, table
from bot.store.suspension_models import SuspensionCase
from scheduler.planner import Planner
from tests.faults.visits import booked

SIZES = (1_000, 10_000)
PATIENCE = 150.0
"""Seconds for each part: what is not done by then is reported as not done."""
LOOKS = 40


class Late(Exception):
    """A part took longer than `PATIENCE`."""


def main(sizes: tuple[int, ...]) -> None:
    good = True
    for open_database in (postgres, sqlite):
        for size in sizes:
            with open_database() as url:
                good &= _measure(url, size)
    if not good:
        sys.exit("not everybody was told, or the sum does not hold")


def _measure(url: str, size: int) -> bool:
    upgrade(url)
    with closing(Database(url, SystemClock(), KeyRing.generate())) as db:
        scope = booked(db, _accounts(db, size))
        _room_elsewhere(db, size)
        hospital = Hospital(db, clock=db.clock, rng=Random(1), settings=load())
        saga, planner = Suspensions(hospital), Planner(hospital, readers.standard())
        with _ticking(planner.tick, every=0.2):
            began = time.perf_counter()
            started = saga.start(scope, key="bench", reason="台风", actor="cli")
            assert isinstance(started, Started)
            closed = time.perf_counter() - began
            with _ticking(saga.work, every=2):
                first = _until(lambda: _told(db) > 0, began)
                everybody = _until(lambda: _told(db) >= size, began)
        kept = _count(db, SuspensionCase.offer_seat_id.is_not(None))
        idle = _median(saga.work)
        sound = _sums_up(saga, started)
        withdrawn = _withdraw(saga, db, started.suspension_id)
    print(
        f"{db.dialect:<10} {size:6} visits  start {closed:5.2f} s  first {first:5.2f} s  all {everybody:5.1f} s  "
        f"({kept} seats kept)  idle tick {idle * 1000:.1f} ms  withdrawn {withdrawn:5.1f} s  "
        f"load {os.getloadavg()[0]:.0f}",
        flush=True,
    )
    return sound and started.affected == size and _sums_up(saga, started)


def _withdraw(saga: Suspensions, db: Database, suspension_id: int) -> float:
    began = time.perf_counter()
    saga.withdraw(suspension_id, actor="cli")
    with _ticking(saga.work, every=2):
        return _until(lambda: _count(db, SuspensionCase.state != CaseState.WITHDRAWN) == 0, began)


def _sums_up(saga: Suspensions, started: Started) -> bool:
    found = saga.reconcile(started.suspension_id)
    return found is not None and found.balanced


def _room_elsewhere(db: Database, wanted: int) -> None:
    """More seats in the clinics of the days after: an offer for everybody has to be found, kept and returned."""
    seats = table(Seat)
    with db.write() as uow:
        free = uow.connection.execute(
            select(seats.c.slot_id, seats.c.clinic_id, seats.c.number).where(seats.c.state == SeatState.FREE)
        ).fetchall()
        rows = [
            {"slot_id": seat.slot_id, "clinic_id": seat.clinic_id, "number": seat.number + 1000 * more,
             "state": SeatState.FREE}
            for more in range(1, 1 + wanted // len(free))
            for seat in free
        ]  # fmt: skip
        if rows:
            uow.connection.execute(insert(seats).inline(), rows)


def _accounts(db: Database, count: int) -> list[int]:
    with db.write() as uow:
        rows = [
            {"channel": "wechat", "app_id": "wx", "openid": f"o{n:027d}", "following": True,
             "created_at": uow.now, "preferences": {}}
            for n in range(count)
        ]  # fmt: skip
        uow.execute_many(insert(table(Account)), rows)
        return list(uow.connection.execute(select(Account.id).order_by(Account.id)).scalars())


def _told(db: Database) -> int:
    with db.read() as uow:
        wanted = select(func.count()).where(OutboxMessage.kind == "suspension")
        return int(uow.connection.execute(wanted).scalar_one())


def _count(db: Database, *which: object) -> int:
    with db.read() as uow:
        query = select(func.count()).select_from(SuspensionCase).where(*which)  # type: ignore[arg-type]
        return int(uow.connection.execute(query).scalar_one())


@contextmanager
def _ticking(run: Callable[[], object], *, every: float) -> Iterator[None]:
    """``run`` again and again in a thread."""
    stop = threading.Event()

    def loop() -> None:
        run()
        while not stop.wait(every):
            run()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)


def _until(true: Callable[[], bool], began: float) -> float:
    """Seconds since ``began`` when it is true."""
    deadline = time.perf_counter() + PATIENCE
    while not true():
        if time.perf_counter() > deadline:
            raise Late
        time.sleep(0.05)
    return time.perf_counter() - began


def _median(run: Callable[[], object]) -> float:
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[LOOKS // 2]


if __name__ == "__main__":
    main(tuple(int(each) for each in sys.argv[1:]) or SIZES)
