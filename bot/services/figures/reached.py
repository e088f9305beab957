"""回访率 and 满意度 as KPI figures: bars by department, ward or doctor, and the stays behind them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.domain.discharge import WayOut
from bot.domain.masking import mask_name
from bot.services.context import Context
from bot.services.figures.among import Among, By, Counted
from bot.services.figures.rates import Rate, rates, stays_of
from bot.services.figures.satisfaction import Satisfaction, Tally
from bot.services.followup.discharges import D, unsealed
from bot.store.db import UnitOfWork

KEYS = {By.DEPARTMENT: ("department",), By.WARD: ("ward",), By.DOCTOR: ("ward", "doctor")}
SCREEN = 50
_UNTOLD = "未注明"


@dataclass(frozen=True, slots=True)
class Stay:
    """One discharge, as a list shows it."""

    admission_no: str
    masked_name: str
    ward: str
    doctor: str
    discharged_on: date
    told: str
    followup_id: int | None


def followed_up(uow: UnitOfWork, context: Context, among: Among, by: By | None = None) -> list[Counted]:
    """按时联系上 ÷ 应访; beside it 联系上 and 未到期."""
    if among.channel:
        return []
    keys = () if by is None else KEYS[by]
    found = rates(uow, among.term, context.today, by=keys, whose=among.whose)
    return sorted(
        (_bar(each) for each in found if each.discharged), key=lambda each: (-each.whole, each.name)
    )


def contented(found: Satisfaction, by: By | None = None) -> list[Counted]:
    """满意 and 很满意 ÷ answers."""
    tallies: dict[tuple[str, ...], Tally]
    match by:
        case By.WARD:
            tallies = {(ward,): tally for ward, tally in found.wards.items()}
        case By.DEPARTMENT:
            tallies = {(name,): tally for name, tally in found.departments.items()}
        case By.DOCTOR:
            tallies = dict(found.doctors.items())
        case _:
            tallies = {(): found.total} if found.total.n else {}
    bars = [Counted(_key(key), _name(key), tally.content, tally.n) for key, tally in tallies.items()]
    return sorted(bars, key=lambda each: (-each.whole, each.name))


def stays(uow: UnitOfWork, context: Context, among: Among, number: int, *, most: int = SCREEN) -> list[Stay]:
    """The discharges behind 回访率; one more than a screen holds where there are more."""
    each = stays_of(uow, among.term, among.whose)
    query = (
        select(
            D.c.id, D.c.admission_no, D.c.name, D.c.ward, D.c.doctor, D.c.discharged_on, each.c.way, each.c.until,
            each.c.reached, each.c.stops, each.c.steps, each.c.first,
        )
        .join_from(each, D, D.c.id == each.c.id)
        .order_by(D.c.discharged_on.desc(), D.c.id)
        .limit(most + 1)
        .offset((number - 1) * most)
    )  # fmt: skip
    return [
        Stay(
            row.admission_no, mask_name(unsealed(uow.keys, "name", row.id, row.name)), row.ward, row.doctor,
            row.discharged_on, told(row, context.today), row.first,
        )
        for row in uow.connection.execute(query)
    ]  # fmt: skip


def told(row: Any, today: date) -> str:
    """What a stay counts as, by the numbers of `Rate`."""
    reached = date.fromisoformat(row.reached) if isinstance(row.reached, str) else row.reached
    if row.way == WayOut.DIED:
        return "院内死亡，不计"
    if row.until is not None and row.until >= today:
        return "未到期，不计"
    if reached is not None:
        return "按时联系上" if reached <= row.until else "逾期联系上"
    if not row.steps:
        return "没有排随访"
    return "随访终止（已故或再入院）" if row.stops else "未联系上"


def _bar(rate: Rate) -> Counted:
    return Counted(_key(rate.key), _name(rate.key), rate.on_time, rate.expected, (rate.reached, rate.pending))


def _key(parts: tuple[str, ...]) -> tuple[str, ...]:
    return parts if all(parts) else ()


def _name(parts: tuple[str, ...]) -> str:
    return " ".join(part or _UNTOLD for part in parts) or "合计"
