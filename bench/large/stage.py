"""A large hospital with its console in this process, and the browser of somebody who may everything."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from redis import Redis

from bench.databases import fresh
from bench.large import care, people, visits, work
from bench.large.rows import settled
from bot.domain.roles import Role
from bot.settings import load
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from tests import servers
from tests.conftest import FixedClock
from tests.integration.console.stand import Stand, Visitor, make_stand


@dataclass(frozen=True, slots=True)
class Stage:
    """What the pages are asked of."""

    stand: Stand
    visitor: Visitor
    known: Mapping[str, str]
    """What addresses want, and is one of a kind here."""


@contextmanager
def stage(dialect: str, appointments: int, followups: int, seed: int = 6) -> Iterator[Stage]:
    """Seeded anew; gone afterwards."""
    with (
        TemporaryDirectory(prefix="sz-large-") as folder,
        servers.valkey() as redis_url,
        fresh(dialect, Path(folder)) as url,
    ):
        upgrade(url)
        clock = FixedClock(datetime.now(UTC))
        with closing(Database(url, clock, KeyRing.generate())) as db:
            settings = load(demo=True, console_codes="optional", data_dir=Path(folder))
            stand = make_stand(db, clock, Redis.from_url(redis_url), settings)
            rng = Random(seed)
            crowd = people.found(db, max(appointments // 4, 40), rng, clock.now())
            visits.found(db, crowd, appointments, rng)
            care.found(db, crowd, followups, rng, stand.console.hospital.forms)
            settled(db)
            known = work.begun(stand.console.hospital)
            yield Stage(stand, stand.signed_in(*Role, departments=care.DEPARTMENTS), known)
