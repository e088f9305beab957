"""Yesterday under tomorrow's number: what was booked, changed and cancelled, judged again by the same rules.

Nobody's refusal is recorded with what happened, so a looser number shows nothing: only what a stricter one would have
refused.  What it refuses is not there for what comes after.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.clock import local
from bot.domain.outcomes import ClinicClosed, DeadlinePassed, LimitReached, TooEarly, TooLate
from bot.domain.policy import Policy
from bot.domain.rules import (
    Duplicate,
    Load,
    Wish,
    cancellable_until,
    changeable_until,
    refuse_cancel,
    refuse_change,
    refuse_load,
    refuse_slot,
)
from bot.domain.states import ClinicState
from bot.domain.views import Period

EXAMPLES = 10
JUDGED = frozenset({"booked", "changed", "cancelled"})
PolicyOf = Callable[[date, int, int], Policy]
"""Of a day, a department and a doctor."""
Why = TooEarly | TooLate | DeadlinePassed | LimitReached | ClinicClosed | Duplicate
_NOTHING = Load()
_ENDS = frozenset({"cancelled", "expired", "given_up", "rebooked", "suspended", "done", "no_show"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A slot, as far as the rules ask."""

    clinic_id: int
    doctor_id: int
    department_id: int
    day: date
    period: Period
    starts_at: datetime

    def wish(self) -> Wish:
        """Open: that it was taken says so."""
        return Wish(
            self.clinic_id, self.doctor_id, self.department_id, self.day, self.period, self.starts_at,
            ClinicState.OPEN,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of an appointment."""

    kind: str
    at: datetime
    appointment_id: int
    patient: str
    account: int | None
    phone: bytes
    old: Spot | None
    new: Spot | None
    free: bool = False
    """Done by the hospital itself: no rule was asked (a suspended visit replaced, R18)."""


@dataclass(frozen=True, slots=True)
class Example:
    appointment_id: int
    at: datetime
    spot: Spot
    why: str


@dataclass(slots=True)
class Replayed:
    """What would have been different."""

    judged: Counter[str] = field(default_factory=Counter)
    """booked | changed | cancelled: how many were looked at."""
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind, why) that had been let through and would not be."""
    examples: list[Example] = field(default_factory=list)
    until: datetime | None = None
    """The last moment looked at; None: nothing."""
    complete: bool = True

    def of(self, kind: str) -> int:
        return sum(count for (of, _), count in self.refused.items() if of == kind)

    @property
    def total(self) -> int:
        return sum(self.refused.values())


def replay(
    events: Iterable[Happened], old: PolicyOf, new: PolicyOf, since: datetime, *,
    counting: bool = True, in_time: Callable[[], bool] = lambda: True,
) -> Replayed:  # fmt: skip
    """Events in their order; those before ``since`` only tell what everybody held then.

    ``counting``: whether holdings matter to the number (`PolicyWord.counts`).  Ends early, and says so, when
    ``in_time`` no longer holds.
    """
    found, was, would = Replayed(), Holdings(counting=counting), Holdings(counting=counting)
    gone, astray = set[int](), set[int]()
    """Never made; and still where they were, because a change was refused: nothing after that can be judged."""
    for number, event in enumerate(events):
        if number % 500 == 499 and not in_time():
            found.complete = False
            break
        found.until = event.at
        asked = event.at >= since and event.kind in JUDGED
        found.judged[event.kind] += asked
        why = None
        if (
            asked
            and not event.free
            and event.appointment_id not in gone
            and event.appointment_id not in astray
        ):
            why = _newly(event, old, new, was, would)
        if why is not None:
            _refuse(found, event, why)
            {"booked": gone, "changed": astray}.get(event.kind, set()).add(event.appointment_id)
        elif event.appointment_id not in gone and (event.kind in _ENDS or event.appointment_id not in astray):
            would.apply(event)
        was.apply(event)
    return found


def name_of(why: Why) -> str:
    """window | cutoff | change | cancel | the scope of a limit."""
    match why:
        case TooEarly():
            return "window"
        case TooLate():
            return "cutoff"
        case DeadlinePassed(action=action):
            return action
        case LimitReached(scope=scope):
            return scope
        case _:
            return ""


class Holdings:
    """Who holds what, from events: what `bot.services.eligibility` counts from rows."""

    def __init__(self, *, counting: bool = True) -> None:
        """Without ``counting`` nothing is kept: what asks for no limit has no use for it."""
        self._counting = counting
        self._spots: dict[int, tuple[Spot, Happened]] = {}
        self._patients: defaultdict[str, set[int]] = defaultdict(set)
        self._accounts: defaultdict[int, set[int]] = defaultdict(set)
        self._phones: defaultdict[bytes, set[int]] = defaultdict(set)
        self._cancels: Counter[tuple[str, int, int]] = Counter()

    def apply(self, event: Happened) -> None:
        if not self._counting:
            return
        if event.kind in ("booked", "changed", "restored"):
            spot = event.new or event.old
            if spot is not None:
                self._hold(event, spot)
        elif event.kind in _ENDS:
            self._drop(event.appointment_id)
            if event.kind == "cancelled":
                self._cancels[(event.patient, *_month(event.at))] += 1

    def load(self, event: Happened, spot: Spot) -> Load:
        """What is held besides, on the day of the event."""
        if not self._counting:
            return _NOTHING
        today, mine = local(event.at).date(), self._days(self._patients.get(event.patient), event)
        return Load(
            patient_day=mine.count(spot.day),
            patient_open=_from(today, mine),
            account_open=0
            if event.account is None
            else _from(today, self._days(self._accounts.get(event.account), event)),
            phone_open=_from(today, self._days(self._phones.get(event.phone), event)),
            cancels_month=self._cancels[(event.patient, *_month(event.at))],
        )

    def _days(self, ids: set[int] | None, event: Happened) -> list[date]:
        return [self._spots[id_][0].day for id_ in ids or () if id_ != event.appointment_id]

    def _hold(self, event: Happened, spot: Spot) -> None:
        self._spots[event.appointment_id] = (spot, event)
        self._patients[event.patient].add(event.appointment_id)
        self._phones[event.phone].add(event.appointment_id)
        if event.account is not None:
            self._accounts[event.account].add(event.appointment_id)

    def _drop(self, appointment_id: int) -> None:
        held = self._spots.pop(appointment_id, None)
        if held is not None:
            of = held[1]
            self._patients[of.patient].discard(appointment_id)
            self._phones[of.phone].discard(appointment_id)
            if of.account is not None:
                self._accounts[of.account].discard(appointment_id)


def judge(event: Happened, policy_of: PolicyOf, holdings: Holdings) -> Why | None:
    """The rule that says no to it, if one does."""
    today = local(event.at).date()
    if event.kind == "cancelled" and event.old is not None:
        policy = policy_of(today, event.old.department_id, event.old.doctor_id)
        return refuse_cancel(event.old.starts_at, policy, event.at)
    if event.new is None:
        return None
    if event.kind == "changed" and event.old is not None:
        policy = policy_of(today, event.old.department_id, event.old.doctor_id)
        late = refuse_change(event.old.starts_at, policy, event.at)
        if late is not None:
            return late
    policy = policy_of(today, event.new.department_id, event.new.doctor_id)
    no = refuse_slot(event.new.wish(), policy, event.at)
    return no or refuse_load(holdings.load(event, event.new), policy, moving=event.kind == "changed")


def _newly(event: Happened, old: PolicyOf, new: PolicyOf, was: Holdings, would: Holdings) -> Why | None:
    """Refused by the new numbers, and not by the old ones: what was imported was perhaps never asked."""
    today = local(event.at).date()
    spots = [spot for spot in (event.old, event.new) if spot is not None]
    if all(
        old(today, spot.department_id, spot.doctor_id) is new(today, spot.department_id, spot.doctor_id)
        for spot in spots
    ):
        return None
    why = judge(event, new, would)
    return why if why is not None and judge(event, old, was) is None else None


def _refuse(found: Replayed, event: Happened, why: Why) -> None:
    name, spot = name_of(why), event.new or event.old
    found.refused[(event.kind, name)] += 1
    if len(found.examples) < EXAMPLES and spot is not None:
        found.examples.append(Example(event.appointment_id, event.at, spot, name))


def _from(today: date, days: list[date]) -> int:
    return sum(day >= today for day in days)


def _month(at: datetime) -> tuple[int, int]:
    here = local(at)
    return here.year, here.month


# -- what is open now ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """One live appointment of today or later."""

    appointment_id: int
    patient: str
    account: int | None
    phone: bytes
    spot: Spot


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is open and lies beyond the new number: it stays, but nothing can be added to it."""

    count: int
    examples: tuple[int, ...]
    """Of appointments."""


def beyond(name: str, rows: Iterable[Open], new: PolicyOf, now: datetime) -> Beyond:
    """Appointments, or people with more than the new limit."""
    today = local(now).date()
    if name == "booking_window_days":
        return _found(
            [row for row in rows if (row.spot.day - today).days > _of(new, row, today).booking_window_days]
        )
    if name == "cancel_deadline_minutes":
        return _found([r for r in rows if cancellable_until(r.spot.starts_at, _of(new, r, today)) < now])
    if name == "change_deadline_minutes":
        return _found([r for r in rows if changeable_until(r.spot.starts_at, _of(new, r, today)) < now])
    keys: dict[str, Callable[[Open], object]] = {
        "per_patient_per_day": lambda row: (row.patient, row.spot.day),
        "per_patient_open": lambda row: row.patient,
        "per_account_open": lambda row: row.account,
        "per_phone_open": lambda row: row.phone,
    }
    key = keys.get(name)
    if key is None:
        return Beyond(0, ())
    held: dict[object, list[Open]] = {}
    for row in rows:
        held.setdefault(key(row), []).append(row)
    held.pop(None, None)
    over = [group for group in held.values() if any(_over(name, group, row, new, today) for row in group)]
    return Beyond(len(over), tuple(group[0].appointment_id for group in over[:EXAMPLES]))


def _over(name: str, group: list[Open], row: Open, new: PolicyOf, today: date) -> bool:
    limit: int = getattr(_of(new, row, today), name)
    return bool(limit) and len(group) > limit


def _of(new: PolicyOf, row: Open, today: date) -> Policy:
    return new(today, row.spot.department_id, row.spot.doctor_id)


def _found(rows: list[Open]) -> Beyond:
    return Beyond(len(rows), tuple(row.appointment_id for row in rows[:EXAMPLES]))
