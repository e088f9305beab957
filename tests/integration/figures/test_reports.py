"""Reports are made on their morning, once, and kept as they were (R32)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from bot.services.figures.report_tables import tables
from bot.services.figures.reports import Kept, listed, make_owed
from bot.services.hospital import Hospital
from tests.integration.figures.office import Office, S, at


def made(office: Office) -> list[tuple[str, date]]:
    with office.db.read() as uow:
        return sorted((str(each.kind), each.term.since) for each in listed(uow))


def only(office: Office, kind: str) -> Kept:
    with office.db.read() as uow:
        (found,) = [each for each in listed(uow) if each.kind == kind]
    return found


def test_a_week_is_reported_on_monday_at_seven(office: Office) -> None:
    office.discharge("Z1", "2026-11-18")
    office.clock.set(at("2026-11-23", "06:59"))
    assert make_owed(office.hospital) == 0
    office.clock.set(at("2026-11-23", "07:00"))
    assert make_owed(office.hospital) == 1
    assert make_owed(office.hospital) == 0
    assert made(office) == [("week", date(2026, 11, 16))]


def test_a_month_on_the_first_and_a_year_in_january(office: Office) -> None:
    office.discharge("Z1", "2026-11-30")
    office.clock.set(at("2026-12-01", "07:00"))
    make_owed(office.hospital)
    assert made(office) == [("month", date(2026, 11, 1))]
    office.clock.set(at("2027-01-01", "07:00"))
    make_owed(office.hospital)
    assert [each for each in made(office) if each[0] != "week"] == [
        ("month", date(2026, 11, 1)), ("month", date(2026, 12, 1)), ("year", date(2026, 1, 1)),
    ]  # fmt: skip


def test_what_fell_due_while_nobody_was_there_is_made_later_and_nothing_before_the_first_discharge(
    office: Office,
) -> None:
    make_owed(office.hospital)
    assert made(office) == []
    office.discharge("Z1", "2026-11-18")
    make_owed(office.hospital)
    office.clock.advance(timedelta(days=16))
    make_owed(office.hospital)
    assert made(office) == [
        ("month", date(2026, 11, 1)), ("week", date(2026, 11, 16)), ("week", date(2026, 11, 23)),
        ("week", date(2026, 11, 30)),
    ]  # fmt: skip


def test_two_schedulers_make_each_once(office: Office) -> None:
    office.discharge("Z1", "2026-11-18")
    office.clock.set(at("2027-01-04", "07:00"))
    other = Hospital(
        office.db, clock=office.clock, rng=office.hospital.rng, settings=office.hospital.settings
    )
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(make_owed, [office.hospital, other] * 4))
    assert (sum(counts), len(made(office))) == (3, 3)


def test_the_figures_stay_as_they_were_and_name_nobody(office: Office) -> None:
    step = office.step(office.discharge("Z1", "2026-10-05"), "2026-10-10", S.OVERDUE)
    office.step(office.discharge("Z2", "2026-10-05"), "2026-10-10", S.ANSWERED, reached=at("2026-10-11"))
    office.flag(at("2026-10-12"), 30)
    office.ticket(at("2026-10-12"), at("2026-10-15"), followup_id=step)
    office.clock.set(at("2026-11-01", "07:00"))
    make_owed(office.hospital)
    report = only(office, "month")
    (ward,) = report.figures["rates"]["wards"]
    assert (ward["expected"], ward["on_time"]) == (2, 1)
    assert report.figures["samples"]["wards"] == {"内一病区": [step + 1]}
    written = json.dumps(report.figures, ensure_ascii=False)
    assert not [secret for secret in ("王小明", "13800000001", "幸福区", "饭菜凉", "Z1") if secret in written]
    office.step(office.discharge("Z3", "2026-10-05"), "2026-10-10", S.OVERDUE)
    make_owed(office.hospital)
    assert only(office, "month").figures == report.figures


def test_the_problems_come_first_with_the_formulas_beside(office: Office) -> None:
    office.step(office.discharge("Z1", "2026-11-05"), "2026-11-16", S.LOST, reason="no_such_number")
    office.flag(at("2026-11-17"), 30)
    office.ticket(at("2026-11-17"), at("2026-11-18"))
    office.discharge("Z2", "2026-11-18")
    office.clock.set(at("2026-11-23", "07:00"))
    make_owed(office.hospital)
    problems, *rest = tables(only(office, "week"), "试验医院")
    assert problems.title == "试验医院随访周报（每周问题分析）　2026-11-16 至 2026-11-22"
    assert [row[0] for row in problems.rows] == [
        "红旗（紧急）1 条没有在时限内确认，共 1 条",
        "内一病区本期出院患者回访率 0.0%（0/1），低于 80%",
        "出院后·首次回访：1 人到期没有联系上",
        "失访 1 人，最多的原因：空号（1 人）",
        "投诉（饮食）1 件没有按时答复，共 1 件",
    ]
    rates = next(each for each in rest if each.name == "本期回访率")
    assert any("回访率＝按时联系上÷应访" in note for note in rates.notes)
    assert "目标 100%，线 80%" in rates.notes
