"""The rows that a replay of the policy judges: events of the chosen days, in order, and what is open now."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.policies import Rule
from bot.domain.policy import Policy
from bot.domain.policy_replay import Beyond, Happened, Open, PolicyOf, Replayed, Spot, beyond, replay
from bot.domain.policy_words import WORDS, Replay
from bot.domain.rules import month_start
from bot.domain.states import LIVE_APPOINTMENTS
from bot.domain.views import Period
from bot.services.context import Context
from bot.services.directory import Directory
from bot.services.replay import NEW
from bot.services.tables import Record, table
from bot.store.db import UnitOfWork
from bot.store.models import Appointment, AppointmentEvent, Clinic, Guardianship, Slot

Heard = Callable[[float], bool]
"""Is told how far it has come, from 0 to 1; whether to go on."""
SECONDS = 60.0
"""What could not be judged by then is said."""
_BATCH = 5000
A, E, G = table(Appointment), table(AppointmentEvent), table(Guardianship)
_OS, _NS = table(Slot).alias("old_slot"), table(Slot).alias("new_slot")
_OC, _NC = table(Clinic).alias("old_clinic"), table(Clinic).alias("new_clinic")
_SPOT = ("id", "doctor_id", "department_id", "day", "period")
_EVENTS = (
    select(
        E.c.id, E.c.kind, E.c.at, E.c.key, E.c.appointment_id, A.c.patient_id, A.c.account_id, A.c.phone_index,
        *(_OC.c[name].label(f"old_{name}") for name in _SPOT), _OS.c.starts_at.label("old_starts_at"),
        *(_NC.c[name].label(f"new_{name}") for name in _SPOT), _NS.c.starts_at.label("new_starts_at"),
    )
    .join_from(E, A, A.c.id == E.c.appointment_id)
    .outerjoin(_OS, _OS.c.id == E.c.from_slot_id)
    .outerjoin(_OC, _OC.c.id == _OS.c.clinic_id)
    .outerjoin(_NS, _NS.c.id == E.c.to_slot_id)
    .outerjoin(_NC, _NC.c.id == _NS.c.clinic_id)
    .order_by(E.c.id)
    .limit(_BATCH)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One number for one scope, to be looked at before it is set."""

    scope: str
    scope_id: int
    name: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the new number would have done, and what lies beyond it now."""

    first: date
    last: date
    past: Replayed | None
    """None: nothing of the past can be judged by this number."""
    beyond: Beyond
    accounts: int | None = None
    """Accounts with more 就诊人 than the new number."""


def outlook(
    uow: UnitOfWork, context: Context, asked: Asked, days: int, *,
    seconds: float = SECONDS, monotonic: Callable[[], float] = time.monotonic, heard: Heard = lambda share: True,
) -> Outlook:  # fmt: skip
    """The last ``days`` days and today under the new number; ends early where ``heard`` says no."""
    old, new = both(context.directory, asked)
    first = context.today - timedelta(days=days)
    since, until = _morning(first), monotonic() + seconds
    past = None
    word = WORDS[asked.name]
    if word.replay is not Replay.NOTHING:
        events = happened(uow, _warm(context, since) if word.counts else since, heard)
        past = replay(events, old, new, since, counting=word.counts, in_time=lambda: monotonic() < until)
    over = beyond(asked.name, open_now(uow, context.today), new, context.now)
    accounts = None
    if asked.name == "patients_per_account":
        accounts = _crowded(uow, new(context.today, 0, 0).patients_per_account)
    return Outlook(first, context.today, past, over, accounts)


def both(directory: Directory, asked: Asked) -> tuple[PolicyOf, PolicyOf]:
    """The policy as it was on a day, and as it would have been with the new number from the beginning; one object
    where they agree, so that comparing costs nothing."""
    mine = (asked.scope, asked.scope_id, asked.name)
    rest = tuple(rule for rule in directory.rules if (rule.scope, rule.scope_id, rule.name) != mine)
    always = Rule(asked.scope, asked.scope_id, asked.name, asked.value, date.min)
    changed = replace(directory, rules=(*rest, always), _policies={})
    agreed: dict[tuple[date, int, int], Policy] = {}

    def new(on: date, department_id: int, doctor_id: int) -> Policy:
        key = (on, department_id, doctor_id)
        if key not in agreed:
            was, will = directory.policy(*key), changed.policy(*key)
            agreed[key] = was if was == will else will
        return agreed[key]

    return directory.policy, new


def happened(uow: UnitOfWork, since: datetime, heard: Heard = lambda share: True) -> Iterator[Happened]:
    """Every event from a moment on, as it was written; a batch at a time, whatever their number."""
    ends = select(func.min(E.c.id), func.max(E.c.id)).where(E.c.at >= since)
    first, last = uow.connection.execute(ends).one()
    after = first
    while after is not None and heard((after - first) / (last - first + 1)):
        rows = uow.connection.execute(_EVENTS.where(E.c.id >= after)).all()
        for row in rows:
            yield _event(row)
        after = rows[-1].id + 1 if len(rows) == _BATCH else None


def open_now(uow: UnitOfWork, today: date) -> list[Open]:
    """Live appointments of today and later."""
    rows = uow.connection.execute(
        select(
            A.c.id.label("appointment_id"), A.c.patient_id, A.c.account_id, A.c.phone_index,
            *(_NC.c[name].label(f"new_{name}") for name in _SPOT), _NS.c.starts_at.label("new_starts_at"),
        )
        .join_from(A, _NC, _NC.c.id == A.c.clinic_id)
        .join(_NS, _NS.c.id == A.c.slot_id)
        .where(A.c.state.in_(LIVE_APPOINTMENTS), _NC.c.day >= today)
        .order_by(A.c.id)
    )  # fmt: skip
    found = []
    for row in rows:
        spot = _spot(row, "new")
        assert spot is not None  # joined
        found.append(Open(row.appointment_id, row.patient_id, row.account_id, row.phone_index, spot))
    return found


def _crowded(uow: UnitOfWork, limit: int) -> int:
    if not limit:
        return 0
    full = select(G.c.account_id).where(G.c.ended_at.is_(None)).group_by(G.c.account_id)
    many = full.having(func.count() > limit).subquery()
    return uow.connection.execute(select(func.count()).select_from(many)).scalar_one()


def _warm(context: Context, since: datetime) -> datetime:
    """From when on events tell what everybody held: what was booked before, and the month's cancellations."""
    rules = context.directory.rules
    named = [rule.value for rule in rules if rule.name == "booking_window_days" and rule.value is not None]
    window = timedelta(days=max([Policy().booking_window_days, *named]) + 1)
    return min(since - window, month_start(since))


def _event(row: Record) -> Happened:
    return Happened(
        row.kind, row.at, row.appointment_id, row.patient_id, row.account_id, row.phone_index,
        _spot(row, "old"), _spot(row, "new"), free=row.key.endswith(NEW),
    )  # fmt: skip


def _spot(row: Record, side: str) -> Spot | None:
    clinic, doctor, department, day, period, starts_at = (
        getattr(row, f"{side}_{name}") for name in (*_SPOT, "starts_at")
    )
    return None if clinic is None else Spot(clinic, doctor, department, day, Period(period), starts_at)


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HOSPITAL_TZ)
