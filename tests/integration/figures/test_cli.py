"""`python -m bot report` as the office's clerk runs it."""

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from bot.cli.report import report
from bot.clock import DemoClock
from bot.domain.followup import FollowupState as S
from bot.services.hospital import Hospital
from bot.settings import load
from bot.store.db import Database
from bot.store.keys import KeyRing
from bot.store.migrate import upgrade
from tests.conftest import MONDAY, FixedClock
from tests.integration.figures.office import Office, at


@pytest.fixture
def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two discharges of November in 内一病区, one reached, one lost; it is Monday the 23rd."""
    upgrade(database_url)
    data = tmp_path / "data"
    data.mkdir()
    for name, value in (
        ("DATABASE_URL", database_url),
        ("SUIZHEN_DATA_DIR", str(data)),
        ("SUIZHEN_DEMO", "true"),
    ):
        monkeypatch.setenv(name, value)
    DemoClock(data / "clock.json").set(MONDAY)
    settings, clock = load(), FixedClock()
    db = Database(database_url, clock, KeyRing.load(settings))
    office = Office(db, clock, Hospital(db, clock=clock, rng=Random(1), settings=settings))
    step = office.step(
        office.discharge("Z1", "2026-11-05"),
        "2026-11-10",
        S.ANSWERED,
        reached=at("2026-11-11"),
        completed=at("2026-11-11"),
    )
    office.contact(step, "reached", at("2026-11-11"), "0012")
    office.step(
        office.discharge("Z2", "2026-11-05"), "2026-11-10", S.LOST, reason="busy", attempted=at("2026-11-10")
    )
    db.close()
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(report, arguments)


def test_rates_with_their_formula(house: Path) -> None:
    shown = run("rates", "--by", "ward", "--month", "2026-11")
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[1] == "   出院日期：2026-11-01 至 2026-11-30"
    assert lines[2].startswith("   回访率＝按时联系上÷应访；应访＝出院−院内死亡−未到期")
    assert lines[5].split("\t")[:5] == ["病区", "出院", "院内死亡", "未到期", "应访"]
    assert lines[6].split("\t") == [
        "内一病区",
        "2",
        "0",
        "0",
        "2",
        "2",
        "1",
        "1",
        "1",
        "0",
        "0",
        "0",
        "50.0%",
        "低于80%",
    ]
    assert lines[7].startswith("合计\t2\t")
    assert "王建国" in run("rates", "--by", "ward", "--by", "doctor").stdout
    assert run("rates", "--month", "2026-13").exit_code == 2
    assert run("rates", "--month", "2026-11", "--year", "2026").exit_code == 2


def test_registers_as_files_masked_unless_asked(house: Path) -> None:
    book, page = house / "登记簿.xlsx", house / "登记簿.html"
    assert run("register", "--ward", "内一病区", "--month", "2026-11", "-o", str(book)).exit_code == 0
    assert run("register", "--month", "2026-11", "-o", str(page), "--reveal").exit_code == 0
    sheet = load_workbook(book).active
    assert sheet is not None
    assert [sheet["B4"].value, sheet["I4"].value, sheet["M4"].value] == ["王*明", "138****0001", "0012"]
    assert "王小明" in page.read_text(encoding="utf-8")
    assert run("archive", "--year", "2026", "-o", str(house / "档案.xlsx")).exit_code == 0
    assert load_workbook(house / "档案.xlsx").active.max_row == 5  # type: ignore[union-attr]
    assert run("register", "-o", str(house / "a.pdf")).exit_code == 2
    refused = run("archive", "--ward", "心内病房", "-o", str(house / "a.xlsx"))
    assert refused.exit_code == 1 and "内一病区" in refused.output and not (house / "a.xlsx").exists()


def test_reports_are_made_listed_shown_and_printed(house: Path) -> None:
    assert run("make", "--kind", "month", "--day", "2026-11-15").exit_code == 1  # not over yet
    assert run("make", "--kind", "month").exit_code == 2
    assert run("make").stdout == "生成 1 份\n"
    assert run("make", "--kind", "week", "--day", "2026-11-10").stdout == "已生成\n"
    assert run("make", "--kind", "week", "--day", "2026-11-10").stdout == "已经有了，没有重新生成\n"
    first, second = run("list").stdout.splitlines()
    assert first.endswith("随访周报（每周问题分析）　2026-11-16 至 2026-11-22")
    number = second.partition("\t")[0]
    assert "失访 1 人，最多的原因：占线（1 人）" in run("show", number).stdout
    assert run("show", "999").exit_code == 1
    assert run("xlsx", number, "-o", str(house / "周报.xlsx")).exit_code == 0
    assert load_workbook(house / "周报.xlsx").sheetnames[:3] == ["问题", "本期回访率", "本期台账"]
    assert run("html", number, "-o", str(house / "周报.html")).exit_code == 0
    assert "回访率＝按时联系上÷应访" in (house / "周报.html").read_text(encoding="utf-8")


def test_a_sample_names_its_seed(house: Path) -> None:
    drawn = run("sample", "--ward", "内一病区", "--month", "2026-11", "-n", "3", "--seed", "7")
    assert drawn.exit_code == 0, drawn.output
    assert drawn.stdout.splitlines()[0] == "内一病区 2026-11-01 至 2026-11-30，3 例，种子 7"
    assert "住院号 Z1\tafter_discharge·first" in drawn.stdout
    assert "种子 202611" in run("sample", "--ward", "内一病区").stdout
