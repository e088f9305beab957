"""数据分析师 and 科主任 in front of registers, rates and reports: at two sizes, axe-core finds nothing serious."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from bot.domain.roles import Role
from bot.services.figures import reports
from bot.services.hospital import Hospital
from tests.browser.console.conftest import DRAWN, SIZES, Screen
from tests.integration.console.stand import Stand
from tests.integration.figures.office import Office, S, at
from tests.integration.figures.test_register import R28, fill


@pytest.fixture(autouse=True)
def november(stand: Stand) -> None:
    """It is December; of two wards one was reached, one was not."""
    stand.clock.set(at("2026-12-08"))
    office = Office(
        stand.db, stand.clock, Hospital(stand.db, clock=stand.clock, rng=Random(7), settings=stand.settings)
    )
    fill(office)
    away = office.discharge("Z2", "2026-11-06", ward="内二病区", doctor="李建军")
    office.step(away, "2026-11-11", S.LOST, reason="out_of_service", attempted=at("2026-11-12"))
    office.flag(at("2026-11-11"), 30, at("2026-11-11", "10:12"))


def looked_at(screen: Screen) -> None:
    assert screen.serious() == "[]"
    assert screen.fits()


@SIZES
def test_the_analyst_finds_who_was_not_reached_and_makes_the_report(
    stand: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    stand.person("8001", Role.ANALYST)
    screen = make_screen(size).sign_in("8001").open("/rates")
    page = screen.page
    expect(page.get_by_role("img", name="各病区回访率")).to_be_visible()
    screen.until(DRAWN)
    drawn = "Chart.getChart(document.querySelector('canvas')).data.datasets.map(d => [d.label, d.data])"
    assert page.evaluate(drawn) == [["回访率", [100, 0]], ["80% 线", [80, 80]], ["100% 目标", [100, 100]]]
    looked_at(screen)
    page.get_by_role("link", name="内二病区").click()
    expect(page.get_by_text("失访：停机")).to_be_visible()
    looked_at(screen)
    screen.open("/reports")
    page.get_by_label("补做一期").select_option("month")
    page.get_by_role("button", name="立即生成").click()
    expect(page.get_by_role("heading", name="正在生成")).to_be_visible()
    looked_at(screen)
    page.reload()  # nothing is lost by it
    assert reports.make_asked(stand.console.hospital) == 1  # as the scheduler's tick does
    expect(page.get_by_role("heading", level=1, name="随访月报")).to_be_visible()
    looked_at(screen)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename == "随访月报-2026-11-01.xlsx"


@SIZES
def test_the_director_reads_in_full_and_takes_the_register_away(
    stand: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    stand.person("8001", Role.DIRECTOR, wards=["内一病区"])
    screen = make_screen(size).sign_in("8001").open("/register?month=2026-11")
    page = screen.page
    expect(page.get_by_text("王*明", exact=True)).to_be_visible()
    looked_at(screen)
    page.get_by_label("查看理由").select_option("verify")
    page.get_by_role("button", name="显示本页完整内容").press("Enter")
    expect(page.get_by_text("王小明", exact=True)).to_be_visible()
    looked_at(screen)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    book = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    assert [cell.value for cell in book.worksheets[0][3]] == R28
    expect(page.get_by_role("button", name="下载")).to_be_enabled()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="打印页").click()
    paper = opened.value
    expect(paper.get_by_role("heading", level=1)).to_contain_text("出院患者回访登记簿")
    expect(paper.get_by_text("王*明", exact=True)).to_be_visible()
    paper.emulate_media(media="print")
    expect(paper.get_by_role("button", name="打印")).not_to_be_visible()
