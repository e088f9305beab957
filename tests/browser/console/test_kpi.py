"""数据分析师 reads 预约成功率: a bar opens the asks behind it, and the numbers on the page are those of the formula."""

from collections.abc import Callable
from random import Random

from playwright.sync_api import expect

from bot.domain.roles import Role
from tests.browser.console.conftest import DESK, DRAWN, Screen
from tests.integration.console.stand import Stand
from tests.integration.figures.busy import Busy
from tests.integration.services.town import Town


def test_from_a_figure_to_the_rows_behind_a_bar(stand: Stand, make_screen: Callable[..., Screen]) -> None:
    Busy(Town.found(stand.db, stand.clock), Random(5)).fill()
    stand.person("8001", Role.ANALYST)
    screen = make_screen(DESK).sign_in("8001").open("/kpi?span=month&day=2026-10-31")
    page = screen.page
    page.get_by_role("link", name="预约成功率").click()
    expect(page.get_by_role("heading", level=1, name="预约成功率")).to_be_visible()
    screen.until(DRAWN)
    first = page.locator("#kpi tbody tr").first  # the bar that is clicked
    assert screen.serious() == "[]"
    assert screen.fits()
    name, whole = first.locator("td").nth(0).inner_text(), first.locator("td").nth(3).inner_text()
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    x = page.evaluate("Chart.getChart(document.querySelector('canvas')).getDatasetMeta(0).data[0].x")
    page.mouse.click(box["x"] + x, box["y"] + box["height"] - 40)
    expect(page.get_by_text(f"科室：{name}。")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(min(int(whole), 50))
    page.go_back()
    page.get_by_role("link", name="号已约满").click()
    expect(page.get_by_text("结果：号已约满。")).to_be_visible()
    assert screen.complaints == []
