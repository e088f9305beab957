"""Pushes: a rush of notices against the gateway's own limit, the outbox against bare SQL, and an idle tick.

rush     10,000 notices through one worker of 128 threads; the gateway answers after 80 ms.  The figure to keep is the
         ratio to threads ÷ latency, which is all that such a gateway takes
rows     claim and acknowledge without sending, and beside it one bare UPDATE for each of the two, as many at a time
idle     one look at an outbox in which nothing is due, with 0, 100,000 and 1,000,000 rows of the future
urgent   a suspension amid 100,000 queued surveys: seconds from its commit to its first notice and to its 10,000th
"""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta

from bench.databases import postgres, sqlite
from bench.push_stage import LATENCY, Stage, roads, working
from bot.channels.base import Road
from bot.domain.clock import SystemClock
from bot.domain.states import OutboxState
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from bot.store.outbox import Outbox
from bot.store.outbox_types import Settled

THREADS = 128
LIMIT = THREADS / LATENCY
NOTICES, SURVEYS = 10_000, 100_000
BATCH = 64
FUTURE = (0, 100_000, 1_000_000)
LOOKS = 40
LEASE = timedelta(seconds=60)
PATIENCE = 60.0
"""Seconds for a rush: what is not sent by then is not sent fast."""
PARTS = ("rush", "rows", "urgent", "idle")


def main(parts: list[str]) -> None:
    print(f"{THREADS} threads, gateway {LATENCY * 1000:.0f} ms: at most {LIMIT:.0f} notices/s")
    good = True
    for open_database in (sqlite, postgres):
        with open_database() as url, roads() as ways:
            good &= _measure(url, ways, parts)
    if not good:
        sys.exit("something was not sent")


def _measure(url: str, ways: Mapping[str, Road], parts: list[str]) -> bool:
    upgrade(url)
    with closing(Database(url, SystemClock(), KeyRing.generate())) as db:
        stage, good = Stage(db, ways), True
        for part in PARTS:
            if part in parts:
                good &= _PARTS[part](stage)
                stage.clear()
        return good


def _rush(stage: Stage) -> bool:
    stage.put("rush", NOTICES, 1)
    began, cpu = time.perf_counter(), time.process_time()
    with working(stage.delivery(THREADS)):
        _until(lambda: not stage.open())
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    sent = stage.sent("rush")
    rate = sent / seconds
    print(
        f"{stage.db.dialect:<10} rush    {rate:6.0f} notices/s   ratio to the gateway {rate / LIMIT:.2f}   "
        f"{cpu / NOTICES * 1000:.2f} ms CPU each"
    )
    return sent == NOTICES


def _rows(stage: Stage) -> bool:
    outbox = Outbox(stage.db)
    stage.put("ours", NOTICES, 1)
    began = time.perf_counter()
    while claimed := outbox.claim(BATCH, LEASE):
        outbox.settle([Settled(one, OutboxState.SENT, attempts=1) for one in claimed])
    ours = NOTICES / (time.perf_counter() - began)
    done = stage.sent("ours") == NOTICES
    stage.put("bare", NOTICES, 1)
    bare = NOTICES / _bare(stage.db)
    print(
        f"{stage.db.dialect:<10} rows    {ours:6.0f} claimed and acknowledged/s   bare SQL {bare:6.0f}/s   "
        f"ratio {ours / bare:.2f}   ({BATCH} at a time)"
    )
    return done


def _bare(db: Database) -> float:
    """Seconds for two UPDATEs, on the driver, for all: no order of an account, no words, no tokens."""
    mark = "%s" if db.dialect == "postgresql" else "?"
    skip = "FOR UPDATE SKIP LOCKED" if db.dialect == "postgresql" else ""
    claim = (
        "UPDATE outbox SET state = 'sending' WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' "
        f"AND priority = 1 ORDER BY due_at LIMIT {BATCH} {skip}) RETURNING id"
    )
    acknowledge = f"UPDATE outbox SET state = 'sent' WHERE id BETWEEN {mark} AND {mark} AND state = 'sending'"
    pooled = db.engine.raw_connection()
    try:
        began = time.perf_counter()
        cursor = pooled.cursor()
        while found := cursor.execute(claim).fetchall():
            ids = [row[0] for row in found]
            cursor.execute(acknowledge, (min(ids), max(ids)))
        return time.perf_counter() - began
    finally:
        pooled.close()


def _urgent(stage: Stage) -> bool:
    stage.put("survey", SURVEYS, 3)
    with working(stage.delivery(THREADS)):
        _until(lambda: stage.sent("survey") > 2 * THREADS)
        stage.put("urgent", NOTICES, 0, at_once=NOTICES)
        began = time.perf_counter()
        first = _until(lambda: stage.sent("urgent") > 0) and time.perf_counter() - began
        done = _until(lambda: stage.sent("urgent") >= NOTICES)
        seconds = time.perf_counter() - began
    print(
        f"{stage.db.dialect:<10} urgent  first suspension after {first:.2f} s, {NOTICES} after {seconds:.1f} s, "
        f"amid {SURVEYS} surveys, of which {stage.sent('survey')} were sent"
    )
    return done


def _idle(stage: Stage) -> bool:
    outbox, told = Outbox(stage.db), []
    there = 0
    for future in FUTURE:
        stage.put_future(future - there)
        there = future
        looks = sorted(_seconds(lambda: outbox.claim(THREADS, LEASE)) for _ in range(LOOKS))
        reaps = sorted(_seconds(outbox.reap) for _ in range(LOOKS))
        told.append(f"{future}: {looks[LOOKS // 2] * 1000:.2f} ms ({reaps[LOOKS // 2] * 1000:.2f} to reap)")
    print(f"{stage.db.dialect:<10} idle    " + "   ".join(told))
    return True


def _seconds(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


_PARTS: Mapping[str, Callable[[Stage], bool]] = {
    "rush": _rush,
    "rows": _rows,
    "urgent": _urgent,
    "idle": _idle,
}


if __name__ == "__main__":
    main(sys.argv[1:] or list(PARTS))
