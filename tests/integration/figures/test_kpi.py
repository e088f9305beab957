"""The KPI figures against a second count: plain Python over the raw rows, sharing nothing with the queries."""

from collections import Counter, defaultdict
from datetime import date
from random import Random

import pytest

from bot.domain.clock import local
from bot.domain.roles import Scope
from bot.services.appointments import A, C, N
from bot.services.demand_sql import Q
from bot.services.figures import accuracy, attendance, balance, demand
from bot.services.figures.accuracy import K
from bot.services.figures.among import Among, By, Counted
from bot.services.figures.periods import Term
from bot.services.people import P
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.integration.figures.busy import Busy
from tests.integration.services.town import Town

TERM = Term(date(2026, 10, 19), date(2026, 11, 16))


@pytest.fixture
def busy(db: Database, clock: FixedClock) -> Busy:
    found = Busy(Town.found(db, clock), Random(20261123))
    found.fill()
    return found


def among(busy: Busy, **narrow: object) -> Among:
    return Among(TERM, busy.town.hospital.acting("test").directory, **narrow)  # type: ignore[arg-type]


def counted(bars: list[Counted]) -> dict[str, tuple[int, ...]]:
    return {bar.name: (bar.part, bar.whole, *bar.more) for bar in bars}


def department(busy: Busy, number: int | None) -> str:
    return next((name for name, each in busy.town.departments.items() if each == number), "没说科室")


def doctor(busy: Busy, number: int | None) -> str:
    return next((name for name, each in busy.town.doctors.items() if each == number), "没指定医生")


def in_term(day: date) -> bool:
    return date(2026, 10, 19) <= day <= date(2026, 11, 15)


def test_success_and_refusals(busy: Busy) -> None:
    names = {"wechat": "微信", "alipay": "支付宝", "phone": "电话", "window": "窗口"}
    by_channel: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_department: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_doctor: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    reasons: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for row in busy.rows(Q):
        if not in_term(row.day):
            continue
        if row.outcome in ("open", "again"):
            left_out[row.outcome] += 1
            continue
        where = department(busy, row.department_id)
        for bars, name in (
            (by_channel, names[row.channel]), (by_department, where),
            (by_doctor, f"{where} {doctor(busy, row.doctor_id)}"),
        ):  # fmt: skip
            bars[name][0] += row.outcome == "booked"
            bars[name][1] += 1
        reasons[row.outcome] += row.outcome != "booked"
    with busy.town.db.read() as uow:
        everything = among(busy)
        assert counted(demand.success(uow, everything, By.CHANNEL)) == {
            k: tuple(v) for k, v in by_channel.items()
        }
        assert counted(demand.success(uow, everything, By.DEPARTMENT)) == {
            k: tuple(v) for k, v in by_department.items()
        }
        assert counted(demand.success(uow, everything, By.DOCTOR)) == {
            k: tuple(v) for k, v in by_doctor.items()
        }
        (whole,) = demand.success(uow, everything)
        assert (whole.part, whole.whole) == tuple(map(sum, zip(*by_channel.values(), strict=True)))
        told = demand.outcomes(uow, everything)
        assert told.pop("booked") == whole.part
        assert told == +(reasons + left_out)
        behind = demand.asks(uow, everything, 1, most=1000)
        assert Counter(each.outcome for each in behind if each.outcome != "booked") == +reasons
        unmet = demand.unmet(uow, everything, 1000)
        assert unmet == [each for each in behind if each.outcome != "booked"]
        assert sorted(id_ for _, _, id_ in demand.unmet_ids(uow, everything)) == sorted(e.id for e in unmet)
        heart = among(busy, department="心血管内科")
        (bar,) = demand.success(uow, heart)
        assert (bar.part, bar.whole) == tuple(by_department["心血管内科"])
        assert len(demand.asks(uow, heart, 1, most=1000)) == bar.whole


def test_a_group_of_departments_holds_those_below_it_and_a_scope_no_others(busy: Busy) -> None:
    with busy.town.db.read() as uow:
        whole = counted(demand.success(uow, among(busy), By.DEPARTMENT))
        inner = counted(demand.success(uow, among(busy, department="内科"), By.DEPARTMENT))
        scoped = counted(
            demand.success(uow, among(busy, scope=Scope(departments=frozenset({"儿科"}))), By.DEPARTMENT)
        )
        nobody = demand.success(uow, among(busy, scope=Scope(wards=frozenset({"内一病区"}))))
    assert inner == {name: whole[name] for name in ("心血管内科", "消化内科")}
    assert scoped == {"儿科": whole["儿科"]}
    assert counted(nobody) in ({}, {"合计": (0, 0)})


def test_no_shows(busy: Busy) -> None:
    clinics = {row.id: row for row in busy.rows(C)}
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    channels: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    names = {"wechat": "微信", "alipay": "支付宝", "desk": "窗口或电话"}
    for row in busy.rows(A):
        clinic = clinics[row.clinic_id]
        if not in_term(clinic.day) or str(row.state) not in ("no_show", "checked_in", "done", "booked"):
            continue
        for bars, name in ((found, department(busy, clinic.department_id)), (channels, names[row.channel])):
            bars[name][0] += str(row.state) == "no_show"
            bars[name][1] += str(row.state) != "booked"
            bars[name][2] += str(row.state) == "booked"
    with busy.town.db.read() as uow:
        assert counted(attendance.no_shows(uow, among(busy), By.DEPARTMENT)) == {
            k: tuple(v) for k, v in found.items()
        }
        told = counted(attendance.no_shows(uow, among(busy), By.CHANNEL))
        assert told == {k: tuple(v) for k, v in channels.items()}
        (whole,) = attendance.no_shows(uow, among(busy))
        missed = attendance.missed(uow, among(busy), 1, most=1000)
    assert whole.part == len(missed) == sum(bar[0] for bar in found.values()) > 0
    assert whole.whole == sum(bar[1] for bar in found.values())


def test_accuracy(busy: Busy) -> None:
    clinics = {row.id: row for row in busy.rows(C)}
    corrected = {row.patient_id for row in busy.rows(K) if in_term(local(row.at).date())}
    seen: dict[str, set[str]] = defaultdict(set)
    for row in busy.rows(A):
        clinic = clinics[row.clinic_id]
        if in_term(clinic.day) and str(row.state) not in ("cancelled", "expired"):
            seen[department(busy, clinic.department_id)].add(row.patient_id)
    registered = {row.id for row in busy.rows(P) if in_term(local(row.created_at).date())}
    everybody = set().union(*seen.values()) | registered
    with busy.town.db.read() as uow:
        assert counted(accuracy.accuracy(uow, among(busy), By.DEPARTMENT)) == {
            name: (len(patients - corrected), len(patients)) for name, patients in seen.items()
        }
        (whole,) = accuracy.accuracy(uow, among(busy))
        (heart,) = accuracy.accuracy(uow, among(busy, department="心血管内科"))
        behind = accuracy.corrections(uow, among(busy), 1, most=1000)
    assert (whole.part, whole.whole) == (len(everybody - corrected), len(everybody))
    assert heart.whole == len(seen["心血管内科"])
    assert {each.patient_id for each in behind} == everybody & corrected


def test_seat_balance(busy: Busy) -> None:
    clinics = {row.id: row for row in busy.rows(C)}
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in busy.rows(N):
        clinic = clinics[row.clinic_id]
        if not in_term(clinic.day) or str(clinic.state) == "closed":
            continue
        name = f"{department(busy, clinic.department_id)} {doctor(busy, clinic.doctor_id)}"
        found[name][0] += str(row.state) in ("held", "booked", "used")
        found[name][1] += str(row.state) != "locked"
        found[name][2] += str(row.state) == "used"
    with busy.town.db.read() as uow:
        bars = balance.seats(uow, among(busy), By.DOCTOR)
        sessions = balance.sessions(uow, among(busy), 1, most=1000)
    assert counted(bars) == {k: tuple(v) for k, v in found.items()}
    assert sum(each.booked for each in sessions) == sum(bar.part for bar in bars)
    assert sum(each.offered for each in sessions) == sum(bar.whole for bar in bars)
    told = balance.spread(bars)
    assert told is not None
    rates = [v[0] / v[1] for v in found.values() if v[1] >= 5]
    mean = sum(rates) / len(rates)
    assert told.variation == pytest.approx((sum((r - mean) ** 2 for r in rates) / len(rates)) ** 0.5 / mean)
    assert told.highest.rate == max(rates)


def test_spread_needs_two_with_enough_seats() -> None:
    bars = [Counted(("a",), "甲", 4, 8), Counted(("b",), "乙", 1, 4)]
    assert balance.spread(bars) is None
    even = balance.spread([*bars, Counted(("c",), "丙", 5, 10)])
    assert even is not None
    assert (even.variation, even.words, even.n) == (0.0, "均衡", 2)
    assert (
        balance.spread([Counted((), "甲", 0, 10), Counted((), "乙", 0, 10)]) is None
    )  # not even: nothing is booked
    far = balance.spread([Counted((), "甲", 10, 10), Counted((), "乙", 0, 10)])
    assert far is not None
    assert far.words == "很不均衡"
