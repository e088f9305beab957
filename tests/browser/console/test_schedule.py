"""排班 by mouse and by keyboard: a stretch is dragged, what it leads to is asked for; a clinic is added in its cell."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from bot.domain.roles import Role
from bot.domain.views import Period
from tests.browser.console.conftest import Screen
from tests.integration.console.stand import Stand
from tests.integration.services.town import TODAY, Town


def box(page: Page, day: int, period: str = "上午") -> Locator:
    named = re.compile(f"选：王建国，.*{(TODAY + timedelta(days=day)).day}日.*{period}")
    return page.get_by_role("checkbox", name=named)


def drag(page: Page, start: Locator, end: Locator) -> None:
    """From inside one cell to inside another, as a hand does."""
    one, other = (each.locator("xpath=ancestor::td").bounding_box() for each in (start, end))
    assert one is not None
    assert other is not None
    page.mouse.move(one["x"] + one["width"] - 6, one["y"] + 6)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] - 6, other["y"] + other["height"] - 6, steps=6)
    page.mouse.up()


def test_a_stretch_is_dragged_and_a_clinic_added(stand: Stand, make_screen: Callable[..., Screen]) -> None:
    town = Town.found(stand.db, stand.clock)
    for day in (1, 2, 3):
        town.clinic("王建国", TODAY + timedelta(days=day), Period.AM)
    town.clinic("王建国", TODAY + timedelta(days=1), Period.PM)
    town.clinic("王海燕", TODAY + timedelta(days=1), Period.AM)
    stand.person("9002", Role.BOOKING)
    screen = make_screen().sign_in("9002").open(f"/schedule?department={town.departments['心血管内科']}")
    page = screen.page
    page.get_by_role("link", name=re.compile("加出诊：王建国，.*25日.*下午")).click()
    page.get_by_label("费用（元）").fill("50")
    page.get_by_role("button", name="加出诊").click()
    expect(page.get_by_text("已加出诊，20 个号")).to_be_visible()

    screen.open(f"/schedule?department={town.departments['心血管内科']}")
    button = page.get_by_role("button", name="停诊所选")
    expect(button).to_be_disabled()
    drag(page, box(page, 1), box(page, 2, "下午"))
    expect(page.get_by_text("已选 4 格")).to_be_visible()
    expect(box(page, 3)).not_to_be_checked()
    assert "/schedule" in page.url, "dragging leads nowhere by itself"
    box(page, 1).focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("已选 3 格")).to_be_visible()
    with page.expect_request(re.compile("since=")) as asked:
        button.click()
    since, until = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    doctor = town.doctors["王建国"]
    assert f"doctor_id={doctor}&since={since}&until={until}&period=am" in asked.value.url
