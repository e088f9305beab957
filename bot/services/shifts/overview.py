"""Whose diaries somebody sees, which shifts were not handed over, and what is open at a place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from sqlalchemy import func, select

from bot.domain.roles import Permission, Scope
from bot.domain.shifts import Rota, ShiftState, Turn
from bot.domain.staff import Viewer
from bot.services import today
from bot.services.followup import queue
from bot.services.shifts.diary import L
from bot.services.tables import Record
from bot.store.db import UnitOfWork

DESK = "预约中心"
_P = Permission


@dataclass(frozen=True, slots=True)
class Line:
    """One shift of a place, written or not."""

    place: str
    turn: Turn
    state: ShiftState | None
    """None: nobody wrote anything."""
    written_by: str = ""
    taken_by: str = ""


def writes(me: Viewer) -> tuple[str, ...]:
    """Places somebody keeps the diary of: their wards, and the booking centre for who works there."""
    if not me.may(_P.SHIFTS_WRITE):
        return ()
    desk = (DESK,) if me.scope(_P.SHIFTS_WRITE).everything else ()
    return (*desk, *me.wards)


def sees(uow: UnitOfWork, me: Viewer) -> tuple[str, ...]:
    """Places whose diary somebody reads.  A ward's speaks of its patients: it is for those who see its follow-ups."""
    desk = (DESK,) if me.scope(_P.SHIFTS_SEE).everything else ()
    wards = queue.wards(uow, me.scope(_P.FOLLOWUP_SEE))
    return tuple(dict.fromkeys((*desk, *me.wards, *wards)))


def lines(uow: UnitOfWork, rota: Rota, place: str, now: datetime, first: int, count: int) -> Sequence[Line]:
    """The shifts of a place that have begun, the latest first, back to the day of its first diary; two queries."""
    began = uow.connection.scalar(select(func.min(L.c.day)).where(L.c.place == place))
    latest = next(rota.back(now)).day
    since = min(began or latest, latest)
    turns = list(islice(takewhile(lambda turn: turn.day >= since, rota.back(now)), first, first + count))
    days = {turn.day for turn in turns}
    known = _known(uow, (place,), min(days), max(days)) if days else {}
    return [_line(place, turn, known) for turn in turns]


def figures(uow: UnitOfWork, place: str) -> Mapping[str, int]:
    """What is open now."""
    if place == DESK:
        calls, tickets, waiting = (
            today.calls(uow),
            today.tickets(uow, Scope(everything=True)),
            today.conversations(uow),
        )
        return {"calls": calls.open, "calls_late": calls.late, "tickets": tickets.open, "tickets_late": tickets.late,
                "waiting": waiting.open}  # fmt: skip
    ward = Scope(wards=frozenset({place}))
    flags, tickets, steps = today.flags(uow, ward)[0], today.tickets(uow, ward), today.followups(uow, ward)
    states = {str(state): count for state, count in steps.states.items()}
    return {
        "flags": flags, "followups": states.get("due", 0) + states.get("contacting", 0),
        "overdue": states.get("overdue", 0), "redial": steps.calls, "tickets": tickets.open,
        "tickets_late": tickets.late,
    }  # fmt: skip


def _known(
    uow: UnitOfWork, places: Collection[str], since: date, until: date
) -> Mapping[tuple[str, ...], Record]:
    columns = (L.c.place, L.c.day, L.c.shift, L.c.state, L.c.written_by, L.c.taken_by)
    wanted = (L.c.place.in_(sorted(places)), L.c.day >= since, L.c.day <= until)
    rows = uow.connection.execute(select(*columns).where(*wanted))
    return {(row.place, str(row.day), row.shift): row for row in rows}


def _line(place: str, turn: Turn, known: Mapping[tuple[str, ...], Record]) -> Line:
    row = known.get((place, str(turn.day), turn.shift.code))
    if row is None:
        return Line(place, turn, None)
    return Line(place, turn, ShiftState(row.state), row.written_by, row.taken_by or "")


def waiting(uow: UnitOfWork, rota: Rota, places: Collection[str], now: datetime) -> Sequence[Line]:
    """The last shift's diaries that nobody handed over or took.  Where none was kept for a week, nothing is
    said: that house writes them elsewhere."""
    if not places:
        return ()
    turn = next(turn for turn in rota.back(now) if turn.ends <= now)
    known = _known(uow, places, turn.day - timedelta(days=7), turn.day)
    later = {each.code for each in rota.shifts if each.begins > turn.shift.begins}
    """Begun after it on the same day: what they wrote says nothing of it."""
    kept = {place for place, day, code in known if day < str(turn.day) or code not in later}
    found = [_line(place, turn, known) for place in places if place in kept]
    return [line for line in found if line.state is not ShiftState.TAKEN]
