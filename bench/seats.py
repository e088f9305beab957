"""Seats sold a second: the booking service, and the bare claim, against the same SQL on the driver alone.

200 buyers' accounts, a few more attempts than seats, threads about twice the pool, commits that survive a power
cut on both databases.  ``oversold`` has to be 0; the figure to keep is the ratio.
"""

import secrets
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy import insert

from bench.databases import postgres, sqlite
from bench.market import BUYERS, Buyer, Market, found
from bench.replay import Replay, record
from bot.domain.clock import SystemClock
from bot.domain.commands import Book
from bot.domain.outcomes import Booked, Taken
from bot.domain.states import AppointmentState
from bot.services.hospital import Hospital
from bot.settings import load
from bot.store import seats
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from bot.store.models import Appointment, table

POOL = 8
THREADS = 2 * POOL
Buy = Callable[[Buyer], bool]
_INSERT = insert(table(Appointment))


@dataclass(frozen=True, slots=True)
class Result:
    """What a rush came to."""

    sold: int
    oversold: int
    seconds: float
    p99: float

    @property
    def rate(self) -> float:
        return self.sold / self.seconds


def main() -> None:
    print(f"{BUYERS} accounts, {THREADS} threads, {POOL} connections")
    good = True
    for open_database in (sqlite, postgres):
        with open_database() as url:
            good &= _compare(url)
    if not good:
        sys.exit("oversold, or seats left over")


def _compare(url: str) -> bool:
    upgrade(url)
    with closing(Database(url, SystemClock(), KeyRing.generate(), pool=POOL)) as db:
        market = found(db)
        hospital = Hospital(db, clock=db.clock, rng=SystemRandom(), settings=load())
        good = True
        for name, buy in (("service", _service(hospital)), ("claim only", _bare(db))):
            good &= _against_the_driver(market, name, buy)
        return good


def _against_the_driver(market: Market, name: str, buy: Buy) -> bool:
    statements = record(market.db, lambda: buy(market.scout))
    ours = _rush(market, buy)
    with closing(Replay(market.db, statements, market.scout, POOL)) as replay:
        driver = _rush(market, replay.buy)
    market.forget_the_scout()
    print(
        f"{market.db.dialect:<10} {name:<10} {ours.rate:6.0f} seats/s  p99 {ours.p99:5.1f} ms   "
        f"same {len(statements)} statements on the driver {driver.rate:6.0f} seats/s  p99 {driver.p99:5.1f} ms   "
        f"ratio {ours.rate / driver.rate:.2f}   sold {ours.sold} of {market.capacity}, oversold {ours.oversold}"
    )
    return ours.oversold == driver.oversold == 0 and ours.sold == market.capacity


def _rush(market: Market, buy: Buy) -> Result:
    market.reset()
    waits: list[float] = []

    def timed(buyer: Buyer) -> bool:
        started = time.perf_counter()
        bought = buy(buyer)
        waits.append(time.perf_counter() - started)
        return bought

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        told = sum(pool.map(timed, market.buyers))
    seconds = time.perf_counter() - started
    sold, oversold = market.sold()
    if told != sold:
        sys.exit(f"{told} were told that they have a seat, {sold} have one")
    return Result(sold, oversold, seconds, sorted(waits)[int(len(waits) * 0.99)] * 1000)


def _service(hospital: Hospital) -> Buy:
    """What a patient's 「确认」 costs: the rules, the limits, the claim, the traces."""

    def buy(buyer: Buyer) -> bool:
        outcome = hospital.execute(Book(buyer.key, buyer.slot_id, buyer.patient_id), buyer.account)
        if not isinstance(outcome, Booked | Taken):
            sys.exit(f"unexpected: {outcome}")
        return isinstance(outcome, Booked)

    return buy


def _bare(db: Database) -> Buy:
    """Only what keeps two buyers from one seat."""

    def buy(buyer: Buyer) -> bool:
        with db.write() as uow:
            seat = seats.claim(uow, buyer.slot_id)
            if seat is None:
                return False
            uow.execute(_INSERT, {
                "key": buyer.key, "code": secrets.token_hex(4), "seat_id": seat.id, "slot_id": buyer.slot_id,
                "clinic_id": seat.clinic_id, "doctor_id": 1, "patient_id": buyer.patient_id,
                "account_id": buyer.account.id, "phone_index": buyer.phone_index, "channel": "wechat",
                "state": AppointmentState.BOOKED, "version": 1, "fee_fen": 5000, "created_at": uow.now,
            })  # fmt: skip
        return True

    return buy


if __name__ == "__main__":
    main()
