"""抽查 (R31, R48): a ward's sample of a month, the same again from the same seed, on any database."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import select

from bot.services.figures.periods import Term
from bot.services.followup.discharges import D, F
from bot.services.followup.editions import E
from bot.store.db import UnitOfWork

_STEPS = (
    select(F.c.id, D.c.admission_no, E.c.name, E.c.version, F.c.step)
    .join_from(F, D, D.c.id == F.c.discharge_id)
    .join(E, E.c.id == F.c.plan_id)
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where to look a sampled follow-up up."""

    id: int
    admission_no: str
    plan: str
    step: str


def sample(uow: UnitOfWork, ward: str, month: Term, n: int, seed: int) -> tuple[int, ...]:
    """Ids of ``n`` follow-ups of the ward about which somebody was reached in the month (fewer, if there are not so
    many), in the order in which they are to be checked.

    They are drawn from a list ordered by 住院号, plan and step, code point by code point: ids and the database's own
    order of text are not the same everywhere.
    """
    first, last = month.moments
    query = _STEPS.where(D.c.ward == ward, F.c.reached_at >= first, F.c.reached_at < last)
    rows = sorted(uow.connection.execute(query).fetchall(), key=lambda row: tuple(row[1:]))
    drawn = Random(seed).sample(rows, min(n, len(rows)))
    return tuple(row.id for row in drawn)


def described(uow: UnitOfWork, ids: Sequence[int]) -> tuple[Drawn, ...]:
    """In the order in which they were drawn."""
    rows = {row.id: row for row in uow.connection.execute(_STEPS.where(F.c.id.in_(ids)))}
    return tuple(Drawn(key, rows[key].admission_no, rows[key].name, rows[key].step) for key in ids)
