"""What the plans come to: one person's calendar, and how many steps fall on each day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from bot.domain.followup import UNTOUCHED, Anchors, FollowupState, Plan, calendar_of, choose
from bot.domain.identity import ID_KINDS, normalise_id_number
from bot.domain.masking import mask_name
from bot.domain.roles import Scope
from bot.services.followup.discharges import D, F, opened, stay_of
from bot.services.followup.editions import E
from bot.services.followup.plans import read_plan
from bot.services.within import EVERYTHING, within
from bot.store.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of somebody's calendar."""

    plan: str
    version: int
    title: str
    state: FollowupState
    reason: str
    earliest: date | None
    due: date | None
    overdue: date | None
    questionnaire: str
    audience: str
    owner: str
    id: int
    """Of the step."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A discharge and its steps."""

    masked_name: str
    ward: str
    department: str
    admitted_on: date
    discharged_on: date | None
    way: str
    registered: bool
    """Known to the chat: a patient with the same number and name."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """How many steps are due on a day, and to whom they belong."""

    day: date
    steps: int
    by_owner: dict[str, int]


def preview(uow: UnitOfWork, admission_no: str) -> Calendar | None:
    """The calendar of a 住院号."""
    row = uow.connection.execute(select(D).where(D.c.admission_no == admission_no)).first()
    if row is None:
        return None
    steps = uow.connection.execute(
        select(F, E.c.name, E.c.version.label("edition"), E.c.data)
        .join_from(F, E, E.c.id == F.c.plan_id)
        .where(F.c.discharge_id == row.id)
        .order_by(F.c.due_on, F.c.position)
    ).fetchall()
    entries = []
    for each in steps:
        plan = read_plan(each.name, each.data)
        title = next((step.title for step in plan.steps if step.name == each.step), each.step)
        entries.append(
            Entry(
                plan.title, each.edition, title, each.state, each.reason, each.earliest_on, each.due_on,
                each.overdue_on, each.questionnaire, each.audience, each.owner, each.id,
            )
        )  # fmt: skip
    return Calendar(
        mask_name(opened(uow.keys, row, ("name",))["name"]), row.ward, row.department, row.admitted_on,
        row.discharged_on, row.way, row.patient_id is not None, tuple(entries),
    )  # fmt: skip


def stays_of(uow: UnitOfWork, patient: str) -> tuple[str, ...]:
    """The 住院号 of all stays under an identity number, the newest first; a 住院号 stands for itself."""
    number = normalise_id_number(patient)
    person = [uow.keys.index("patients.id_number", f"{kind}:{number}") for kind in ID_KINDS]
    found = (
        select(D.c.admission_no)
        .where(or_(D.c.admission_no == patient, D.c.id_number_index.in_(person)))
        .order_by(D.c.admitted_on.desc(), D.c.id)
    )
    return tuple(uow.connection.execute(found).scalars())


def stay_id(uow: UnitOfWork, admission_no: str) -> str | None:
    """Which discharge a 住院号 is."""
    found = uow.connection.execute(select(D.c.id).where(D.c.admission_no == admission_no)).scalar()
    return None if found is None else str(found)


def load(uow: UnitOfWork, since: date, until: date) -> tuple[Load, ...]:
    """Steps that nobody has been reached about, by the day they are due."""
    rows = uow.connection.execute(
        select(F.c.due_on, F.c.owner, func.count().label("steps"))
        .where(F.c.state.in_(UNTOUCHED), F.c.due_on >= since, F.c.due_on <= until)
        .group_by(F.c.due_on, F.c.owner)
    )
    days: dict[date, dict[str, int]] = {}
    for row in rows:
        days.setdefault(row.due_on, {})[row.owner] = row.steps
    return tuple(Load(day, sum(owners.values()), owners) for day, owners in sorted(days.items()))


def load_of_wards(
    uow: UnitOfWork, since: date, until: date, scope: Scope
) -> tuple[tuple[Load, ...], dict[str, int]]:
    """`load` of the wards that somebody sees, and how many of all these days are each ward's; in one query."""
    rows = uow.connection.execute(
        select(F.c.due_on, F.c.owner, D.c.ward, func.count().label("steps"))
        .join_from(F, D, D.c.id == F.c.discharge_id)
        .where(F.c.state.in_(UNTOUCHED), F.c.due_on >= since, F.c.due_on <= until)
        .where(within(scope, D.c.ward, D.c.department))
        .group_by(F.c.due_on, F.c.owner, D.c.ward)
    )
    days: dict[date, dict[str, int]] = {}
    wards: dict[str, int] = {}
    for row in rows:
        mine = days.setdefault(row.due_on, {})
        mine[row.owner] = mine.get(row.owner, 0) + row.steps
        wards[row.ward] = wards.get(row.ward, 0) + row.steps
    loads = tuple(Load(day, sum(owners.values()), owners) for day, owners in sorted(days.items()))
    return loads, dict(sorted(wards.items()))


def backlog(uow: UnitOfWork, today: date, scope: Scope = EVERYTHING) -> int:
    """Steps whose day is over and that nobody has been reached about."""
    late = (F.c.state.in_(UNTOUCHED), F.c.due_on < today)
    mine = select(func.count()).select_from(F).where(*late)
    if not scope.everything:
        mine = mine.join(D, D.c.id == F.c.discharge_id).where(within(scope, D.c.ward, D.c.department))
    return int(uow.connection.execute(mine).scalar_one())


def trial(uow: UnitOfWork, plans: tuple[Plan, ...], since: date, until: date) -> tuple[Load, ...]:
    """What the load would be if today's plans had held for everybody who was discharged in these days; the house's
    own steps are not looked at.  For whoever thinks about editing a plan."""
    days: dict[date, dict[str, int]] = {}
    for row in uow.connection.execute(
        select(D).where(D.c.discharged_on >= since, D.c.discharged_on <= until)
    ):
        plan = choose(plans, stay_of(uow, row)) if row.died_on is None else None
        if plan is None:
            continue
        owners = {step.name: step.owner for step in plan.steps}
        for name, when in calendar_of(plan, Anchors(row.discharged_on, row.surgery_on)).items():
            if when is not None:
                mine = days.setdefault(when.due, {})
                mine[owners[name]] = mine.get(owners[name], 0) + 1
    return tuple(Load(day, sum(owners.values()), owners) for day, owners in sorted(days.items()))
