"""What a turn tells about wishes for an appointment: begun, something in the way, ended (R21).

Looked at from outside, when the turn is over: 挂号 itself knows nothing of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.dialog.session import FrameState, Noted, Session
from bot.domain import demand
from bot.domain.demand import Begun, Change, Moved, Over, Wanted
from bot.domain.outcomes import Outcome
from bot.domain.world import World
from handlers import finding, guard, times
from handlers.booking import Booking


def look(before: Session, after: Session, world: World, told: Mapping[str, Outcome]) -> Sequence[Change]:
    """What changed; ``after.wishes`` remembers it.  ``told``: what came of the booking commands, by their keys."""
    results = {key.rpartition(":")[0]: demand.refused_outcome(outcome) for key, outcome in told.items()}
    standing = {state.key: state for state in after.stack if state.frame == Booking.id}
    changes: list[Change] = []
    for key, state in standing.items():
        changes += _went_on(key, state, after, world, results.get(key, ""))
    for key in [key for key in after.wishes if key not in standing]:
        noted = after.wishes.pop(key)
        result = results.get(key, "")
        if result != demand.BOOKED:  # that was written down with the booking
            last = next((wanted(each, world) for each in before.stack if each.key == key), None)
            last = last or Wanted(noted.department, noted.doctor)
            changes.append(Over(key, last, result or noted.hindrance or demand.GAVE_UP))
    return changes


def _went_on(key: str, state: FrameState, after: Session, world: World, result: str) -> Sequence[Change]:
    noted = after.wishes.get(key)
    known = wanted(state, world)
    in_the_way = result or _in_the_way(state, after, world)
    if in_the_way is None:
        in_the_way = noted.hindrance if noted is not None else ""
    now = Noted(known.department_id, known.doctor_id, in_the_way)
    if noted is None:
        after.wishes[key] = now
        return (Begun(key, known, in_the_way),)
    if (now.department, now.hindrance) == (noted.department, noted.hindrance):
        return ()  # a doctor alone is told at the end: it is a write less in most dialogs
    after.wishes[key] = now
    return (Moved(key, known, in_the_way),)


def wanted(state: FrameState, world: World) -> Wanted:
    """Department, doctor and patient, as far as they have been said."""
    wish = finding.wish(world, state.values)
    doctor = wish.doctors[0] if len(wish.doctors) == 1 else None
    department = wish.query.department_id
    if department is None and doctor is not None:
        department = doctor.department_id
    patient = state.values.get("patient")
    return Wanted(department, doctor.id if doctor else None, patient if isinstance(patient, str) else None)


def _in_the_way(state: FrameState, after: Session, world: World) -> str | None:
    """Empty at the read-back: nothing is; None where this turn does not tell."""
    if after.stack[-1] is not state:
        return None
    match after.asked:
        case "sure":
            return ""
        case "clinic" | "which_day" as question:
            return _nothing_fits(state, world, any_day=question == "which_day")
        case "slot":
            return None if times.free(world, state.values) else demand.FULL
        case "allowed":
            why = guard.refusal(world, state.values)
            return None if why is None else demand.reason_of(why)
        case _:
            return None


def _nothing_fits(state: FrameState, world: World, *, any_day: bool) -> str | None:
    wish = finding.wish(world, state.values)
    if any_day:
        wish = replace(wish, query=replace(wish.query, days=()))
    return None if world.clinics(wish.query) else finding.obstacle(world, wish)
