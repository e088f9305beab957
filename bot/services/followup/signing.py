"""签字 (R41): 科主任 checks their ward's month, 医务科 and 护理部 supervise; what is still missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.followup import OPEN
from bot.domain.roles import Role
from bot.services.context import Context, audit
from bot.services.figures.periods import ReportKind, period
from bot.services.followup.assigning import staff_of
from bot.services.followup.discharges import D, F
from bot.services.followup.reviewing import V
from bot.services.tables import table
from bot.store.care_models import Signoff
from bot.store.db import UnitOfWork

G = table(Signoff)
ROLES = {"director": "科主任", "medical_office": "医务科", "nursing_office": "护理部"}
SIGNS: Mapping[Role, tuple[str, ...]] = {
    Role.DIRECTOR: ("director",), Role.OFFICE: ("medical_office", "nursing_office"),
}  # fmt: skip
"""As what somebody of this role signs (R41)."""


@dataclass(frozen=True, slots=True)
class Signed:
    """It is signed."""


@dataclass(frozen=True, slots=True)
class NotSigned:
    """And why not."""

    why: str
    """running: the month is not over | ward | twice"""
    staff_no: str = ""
    """Who was first."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a ward's month lacks."""

    ward: str
    steps: int
    """Follow-ups that were due in it."""
    open: int
    """Of them without an end."""
    reviewed: int
    """Of them checked (R48)."""
    roles: tuple[str, ...]
    """Whose signature is missing."""


def sign(
    uow: UnitOfWork, context: Context, ward: str, month: date, role: str, note: str = ""
) -> Signed | NotSigned:
    """Once each, when the month is over."""
    me = staff_of(context)
    if role not in ROLES:
        raise ValueError(f"{role}: {', '.join(ROLES)}")
    term = period(ReportKind.MONTH, month)
    if term.until > context.today:
        return NotSigned("running")
    if uow.connection.execute(select(D.c.id).where(D.c.ward == ward).limit(1)).first() is None:
        return NotSigned("ward")
    add = (postgresql.insert if uow.dialect == "postgresql" else sqlite.insert)(G)
    values = {"ward": ward, "month": term.since, "role": role, "staff_no": me, "note": note[:400]}
    made = add.values(values | {"at": context.now}).on_conflict_do_nothing(
        index_elements=[G.c.ward, G.c.month, G.c.role]
    )
    if uow.connection.execute(made.returning(G.c.id)).first() is None:
        mine = (G.c.ward == ward, G.c.month == term.since, G.c.role == role)
        return NotSigned("twice", uow.connection.execute(select(G.c.staff_no).where(*mine)).scalar_one())
    audit(uow, context, "followup.signed", f"month:{term.since:%Y-%m}", ward=ward, role=role)
    return Signed()


def signs_as(roles: Iterable[Role]) -> tuple[str, ...]:
    """The signatures that somebody with these roles may give."""
    return tuple(signed for role in roles for signed in SIGNS.get(role, ()))


def missing(uow: UnitOfWork, month: date, wards: Sequence[str] = ()) -> tuple[Missing, ...]:
    """Every ward with follow-ups due in the month, in two queries."""
    term = period(ReportKind.MONTH, month)
    query = (
        select(
            D.c.ward,
            func.count().label("steps"),
            func.sum(case((F.c.state.in_(OPEN), 1), else_=0)).label("open"),
            func.count(V.c.id).label("reviewed"),
        )
        .join_from(F, D, D.c.id == F.c.discharge_id)
        .outerjoin(V, V.c.followup_id == F.c.id)
        .where(F.c.due_on >= term.since, F.c.due_on < term.until)
        .group_by(D.c.ward)
    )
    rows = uow.connection.execute(query.where(D.c.ward.in_(wards)) if wards else query).fetchall()
    signed: dict[str, set[str]] = {}
    for row in uow.connection.execute(select(G.c.ward, G.c.role).where(G.c.month == term.since)):
        signed.setdefault(row.ward, set()).add(row.role)
    return tuple(
        Missing(
            row.ward, row.steps, int(row.open), row.reviewed,
            tuple(role for role in ROLES if role not in signed.get(row.ward, ())),
        )
        for row in sorted(rows, key=lambda row: str(row.ward))
    )  # fmt: skip
