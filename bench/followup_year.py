"""Months of follow-up on a moved clock, or a year of 10,000 discharges: is everything on time, are the rates true?

    python -m bench.followup_year [--discharges N] [--days N] [--database sqlite|postgres] [--seed N]
    python -m bench.followup_year --discharges 10000 --days 365      # the whole year, half an hour

Everything goes through the house's own imports, commands and ticks (`bench.year`); only the platforms are made of
paper.  Fails if one step was late, one who died or opted out was messaged, one was asked twice, or one rate is another
than counted by hand.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bench.databases import fresh
from bench.year.cast import each_day, write
from bench.year.checks import wrong
from bench.year.world import MovedClock, World
from bot.domain.clock import HOSPITAL_TZ
from bot.services.figures.periods import Term
from bot.services.figures.rates import rates
from bot.services.figures.table import percent
from bot.services.followup.discharges import F
from bot.settings import load
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade

FIRST = date(2026, 1, 1)
AFTER = 45
"""Days that go by after the last discharge."""
_SHOWN = 20


def main() -> None:
    asked = _arguments()
    logging.disable(logging.WARNING)  # phones that cannot be reached are part of the script
    with (
        tempfile.TemporaryDirectory(prefix="sz-year-") as folder,
        fresh(asked.database, Path(folder)) as url,
    ):
        upgrade(url)
        clock = MovedClock(datetime(2026, 1, 1, 6, tzinfo=HOSPITAL_TZ))
        with closing(Database(url, clock, KeyRing.generate())) as db:
            settings = load(data_dir=Path(folder), followup_pushes=True)
            script = write(asked.seed, asked.discharges, FIRST, asked.days)
            world = World(db, clock, settings, script, asked.seed)
            began = time.monotonic()
            last = FIRST + timedelta(days=asked.days + AFTER)
            for day in each_day(FIRST, last):
                world.run(day, day)
                if day.day == 1:
                    print(f"{day}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            _tell(world, Term(FIRST, last), last, time.monotonic() - began)
            faults = list(wrong(world, FIRST, last))
    for fault in faults[:_SHOWN]:
        print(f"WRONG: {fault}")
    if faults:
        sys.exit(f"{len(faults)} things are wrong")
    print(
        "every step on time, nobody dead or opted out messaged, nothing twice, every rate as counted by hand"
    )


def _tell(world: World, term: Term, last: date, seconds: float) -> None:
    script, journal = world.script, world.journal
    with world.db.read() as uow:
        (total,) = rates(uow, term, last)
        states = Counter(str(state) for state in uow.connection.execute(select(F.c.state)).scalars())
    print(
        f"{world.db.dialect}: {total.discharged} discharges ({script.readmissions} readmissions, "
        f"{script.deaths} later deaths), "
        f"{len(world.actors.accounts)} registered, {sum(states.values())} steps, {len(journal.messages)} messages, "
        f"{journal.calls} calls, {len(journal.completed)} questionnaires; {seconds:.0f} s"
    )
    print(
        f"回访率 {percent(total.on_time, total.expected)} of {total.expected}: attempted {total.attempted}, "
        f"reached {total.reached}, completed {total.completed}, late {total.late}, died in hospital {total.died}"
    )
    print(
        f"states {dict(states)}; {len(journal.died)} known to be dead, {len(journal.opted_out)} opted out; "
        f"the house said no: {dict(journal.refusals)}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--discharges", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args()


if __name__ == "__main__":
    main()
