"""回访率 once more, by brute force in plain Python from the raw rows: nothing is shared with `bot.services.figures`."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

Numbers = tuple[int, ...]
"""discharged, died, pending, expected, attempted, reached, completed, on time, stopped, unplanned."""
_EIGHT_HOURS = timedelta(hours=8)


def recount(
    discharges: Iterable[Any], followups: Iterable[Any], today: date, key: Callable[[Any], str]
) -> dict[str, Numbers]:
    """By ``key`` of the discharge; those without a day of discharge are in the ward."""
    steps: dict[str, list[Any]] = {}
    for row in followups:
        if not (row.state.value == "closed" and row.reason == "replanned"):
            steps.setdefault(row.discharge_id, []).append(row)
    found: dict[str, list[int]] = {}
    for stay in discharges:
        if stay.discharged_on is not None:
            numbers = found.setdefault(key(stay), [0] * 10)
            for place, one in enumerate(_one(stay, steps.get(stay.id, []), today)):
                numbers[place] += one
    return {name: tuple(numbers) for name, numbers in found.items()}


def _one(stay: Any, steps: list[Any], today: date) -> list[int]:
    if stay.way.value == "died":
        return [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    last_days = [step.overdue_on for step in steps if step.overdue_on is not None]
    if last_days and min(last_days) >= today:
        return [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    reached = _first(step.reached_at or step.completed_at for step in steps)
    attempted = reached or _first(step.attempted_at for step in steps)
    completed = _first(step.completed_at for step in steps)
    on_time = reached is not None and bool(last_days) and (reached + _EIGHT_HOURS).date() <= min(last_days)
    stopped = reached is None and any(step.state.value in ("deceased", "readmitted") for step in steps)
    return [
        1, 0, 0, 1, attempted is not None, reached is not None, completed is not None, on_time, stopped,
        reached is None and not steps,
    ]  # fmt: skip


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
