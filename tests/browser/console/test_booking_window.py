"""The booking window in a browser: a caller booked, with scripts and without; every page of it fits and reads well."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bot.domain.roles import Role
from bot.domain.views import Period
from tests.browser.console.conftest import SIZES, Screen
from tests.integration.console.stand import Stand
from tests.integration.services.town import TOMORROW, Town, id_number, phone_number


@pytest.fixture
def town(stand: Stand) -> Town:
    town = Town.found(stand.db, stand.clock)
    town.clinic(seats=18)
    for days, period in ((1, Period.AM), (2, Period.AM), (3, Period.PM)):
        town.clinic("王海燕", TOMORROW + timedelta(days=days), period, seats=12)
    return town


def register(page: Page) -> None:
    page.get_by_role("button", name="没登记过：登记就诊人").click()
    page.get_by_label("姓名（照证件）").fill("王小明")
    page.get_by_label("证件号码").fill(id_number(1))
    page.get_by_label("手机号", exact=True).fill(phone_number(1))
    page.get_by_label("患者（监护人）同意医院保存和使用这些信息").check()
    page.get_by_label("患者（监护人）单独同意使用就诊、健康信息").check()
    page.get_by_label("怎么同意的").select_option(label="电话里口头同意")
    page.get_by_role("button", name="登记，接着选号").click()


def choose(page: Page) -> None:
    page.locator("select[name=department]").first.select_option(label="心血管内科")
    page.get_by_role("button", name="看号源").click()
    page.get_by_role("link", name="选时段").first.click()
    page.get_by_role("button", name="14:00").first.click()
    page.get_by_role("button", name="确认挂号").click()
    expect(page.get_by_text("挂号成功")).to_be_visible()


@SIZES
def test_a_caller_is_booked(
    stand: Stand, town: Town, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    stand.person("9003", Role.DESK)
    screen = make_screen(size).sign_in("9003").open("/book")
    page = screen.page
    looked: list[str] = []

    def look(name: str) -> None:
        looked.append(f"{name}: {screen.serious()}" if screen.fits() else f"{name} does not fit")

    register(page)
    look("slot")
    choose(page)
    look("appointment")
    voucher = page.url
    page.get_by_role("button", name="改约").click()
    page.get_by_role("link", name="选时段").first.click()
    look("change")
    page.goto(voucher)
    page.get_by_role("link", name="就诊人档案").click()
    page.get_by_label("查看理由").select_option(label="核对身份")
    page.get_by_role("button", name="看姓名和号码").click()
    expect(page.get_by_text(id_number(1))).to_be_visible()
    look("patient")
    screen.open(f"/schedule?department={town.departments['内科']}&day={TOMORROW}")
    look("schedule")
    page.get_by_role("link", name="1 / 18").click()
    look("clinic")
    screen.open(f"/appointments?day={TOMORROW}")
    look("appointments")
    assert [words for words in looked if not words.endswith(": []")] == []
    assert len(looked) == 7


def test_without_scripts_and_on_paper(stand: Stand, town: Town, make_screen: Callable[..., Screen]) -> None:
    stand.person("9003", Role.DESK)
    page = make_screen(java_script_enabled=False).sign_in("9003").open("/book").page
    register(page)
    choose(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="预约凭证")).to_be_visible()
    expect(page.get_by_text("14:00–")).to_be_visible()
    expect(page.get_by_role("heading", name="经过")).to_be_hidden()
    expect(page.get_by_role("button", name="退号")).to_be_hidden()
