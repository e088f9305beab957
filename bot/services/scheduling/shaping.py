"""What a clinic's seats say of how it was cut, and in what it differs from a plan: nothing is written here."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.clock import local
from bot.domain.states import SeatState
from bot.domain.timetable import GRID_MINUTES
from bot.services.clinics import ClinicPlan
from bot.services.reshape import RETIRED, Standing

_USUAL = (10, 15, 5, 6, 8, 12, 20, 30)
_MINUTES = (*_USUAL, *(each for each in range(2, 121) if each not in _USUAL))
_UNSOLD = (SeatState.FREE, SeatState.COOLING)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a clinic is divided."""

    minutes: int
    starts: time
    total: int
    """Numbers, those kept from patients included."""
    kept: int
    """Numbers that are not for patients: other channels have them, or somebody locked them."""

    @property
    def open(self) -> int:
        return self.total - self.kept


@dataclass(frozen=True, slots=True)
class Difference:
    """In what a clinic is not as planned; and why it cannot become so without taking somebody's seat."""

    fields: tuple[str, ...]
    """kind | fee | location | department | seats | division"""
    sold: int = 0
    """Of a clinic with fewer seats to come: how many are sold already; 0: they suffice."""


def shape(there: Standing) -> Shape | None:
    """None: no division of ours explains its seats.  Where several do, the most usual minutes."""
    seats = [seat for seat in there.seats if seat[0] < RETIRED]
    begins = {number: moment for number, moment, _ in seats}
    first = begins.get(1)
    if first is None:
        return None
    minutes = next((each for each in _MINUTES if _explains(each, first, begins)), None)
    if minutes is None:
        return None
    kept = sum(state is SeatState.LOCKED for _, _, state in seats)
    return Shape(minutes, local(first).timetz().replace(tzinfo=None), len(seats), kept)


def difference(there: Standing, plan: ClinicPlan) -> Difference | None:
    """None: it is as planned.  ``plan.seats`` counts those kept as well."""
    row = there.clinic
    pairs = {
        "department": (row.department_id, plan.department_id), "kind": (row.kind, plan.kind),
        "fee": (row.fee_fen, plan.fee_fen), "location": (row.location, plan.location),
    }  # fmt: skip
    fields = [name for name, (is_now, planned) in pairs.items() if is_now != planned]
    wanted = {number: slot.starts_at for slot in plan.slots() for number in slot.numbers}
    if any(wanted.get(number, begins) != begins for number, begins, _ in there.seats if number < RETIRED):
        fields.append("division")
    seats, sold = plan.seats - plan.locked, _sold(there)
    if seats != there.capacity:
        fields.append("seats")
    if not fields:
        return None
    return Difference(tuple(fields), sold if seats < sold else 0)


def _sold(there: Standing) -> int:
    return there.capacity - sum(state in _UNSOLD for _, _, state in there.seats)


def _explains(minutes: int, first: datetime, begins: dict[int, datetime]) -> bool:
    slot = timedelta(minutes=GRID_MINUTES)
    return all(begins[number] == first + slot * ((number - 1) * minutes // GRID_MINUTES) for number in begins)
