"""先看影响 as long work: a page asks, the scheduler looks through the past, the page shows how far it has come."""

import json
import logging
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.policy_replay import Beyond, Example, Replayed, Spot
from bot.domain.views import Period
from bot.services import policy_editing as editing
from bot.services.hospital import Hospital
from bot.services.policy_replaying import Asked, Outlook, outlook
from bot.store.away import missing
from bot.store.looks import Looks

log = logging.getLogger(__name__)

ACTOR = "system:scheduler"
FAILED = "-"
AGAIN = 30
"""Seconds after which one that broke may be asked for again."""


@dataclass(frozen=True, slots=True)
class Look:
    """One number under the rules of one revision: what it would have done until today."""

    asked: Asked
    days: int
    today: date
    revision: int

    @property
    def name(self) -> str:
        return json.dumps([*asdict(self.asked).values(), self.days, self.today.isoformat(), self.revision])

    @classmethod
    def named(cls, name: str) -> "Look":
        scope, scope_id, number, value, days, today, revision = json.loads(name)
        return cls(Asked(scope, scope_id, number, value), days, date.fromisoformat(today), revision)


@dataclass(frozen=True, slots=True)
class Found:
    """What it came to, as things stood ``at``."""

    outlook: Outlook
    at: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """Asked for; how far it has come."""

    percent: int


@dataclass(frozen=True, slots=True)
class Broken:
    """It could not be counted: a fault of ours."""


def see(looks: Looks, look: Look) -> Found | Coming | Broken:
    """What is known of it; the first to ask sets it going."""
    text = looks.found(look.name)
    if text is None:
        return Coming(looks.ask(look.name))
    return Broken() if text == FAILED else read(text)


def work(hospital: Hospital, looks: Looks, stop: threading.Event | None = None) -> int:
    """The scheduler's tick: what somebody waits for, one after the other; how many were counted."""
    stop = stop or threading.Event()
    return sum(_one(hospital, looks, name, stop) for name in looks.waiting() if looks.take(name))


def _one(hospital: Hospital, looks: Looks, name: str, stop: threading.Event) -> bool:
    try:
        text = _counted(hospital, looks, name, stop)
    except Exception as error:
        if missing(error):
            looks.leave(name, asked=True)
        else:
            looks.keep(name, FAILED, AGAIN)
        raise
    if text is None:
        looks.leave(name, asked=stop.is_set())
        return False
    looks.keep(name, text)
    return True


def _counted(hospital: Hospital, looks: Looks, name: str, stop: threading.Event) -> str | None:
    """None: asked to stop meanwhile, or what was asked is of yesterday or of other rules; the page asks anew."""
    look = Look.named(name)

    def heard(share: float) -> bool:
        looks.come(name, int(100 * share))
        return not stop.is_set()

    with hospital.db.read() as uow:
        context = editing.fresh(uow, hospital.acting(ACTOR))
        if (context.today, context.directory.revision) != (look.today, look.revision):
            return None
        began = time.monotonic()
        found = outlook(uow, context, look.asked, look.days, heard=heard)
    if stop.is_set():
        return None
    log.info(
        "policy.looked name=%s days=%d seconds=%.1f", look.asked.name, look.days, time.monotonic() - began
    )
    return written(Found(found, context.now))


def written(found: Found) -> str:
    """As text: ids, moments and counts, nothing personal."""
    seen = found.outlook
    past = None if seen.past is None else {
        "judged": seen.past.judged,
        "refused": [[*key, count] for key, count in seen.past.refused.items()],
        "examples": [asdict(each) for each in seen.past.examples],
        "until": seen.past.until,
        "complete": seen.past.complete,
    }  # fmt: skip
    told = {
        "at": found.at, "first": seen.first, "last": seen.last, "past": past, "beyond": asdict(seen.beyond),
        "accounts": seen.accounts,
    }  # fmt: skip
    return json.dumps(told, default=lambda moment: moment.isoformat())


def read(text: str) -> Found:
    """What `written` wrote."""
    told = json.loads(text)
    past = told["past"]
    if past is not None:
        past = Replayed(
            Counter(past["judged"]),
            Counter({(kind, why): count for kind, why, count in past["refused"]}),
            [_example(each) for each in past["examples"]],
            past["until"] and datetime.fromisoformat(past["until"]),
            past["complete"],
        )
    beyond = Beyond(told["beyond"]["count"], tuple(told["beyond"]["examples"]))
    first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
    seen = Outlook(first, last, past, beyond, told["accounts"])
    return Found(seen, datetime.fromisoformat(told["at"]))


def _example(told: dict[str, Any]) -> Example:
    spot = told["spot"] | {
        "day": date.fromisoformat(told["spot"]["day"]),
        "period": Period(told["spot"]["period"]),
        "starts_at": datetime.fromisoformat(told["spot"]["starts_at"]),
    }
    return Example(told["appointment_id"], datetime.fromisoformat(told["at"]), Spot(**spot), told["why"])
