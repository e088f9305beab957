"""The first hour: sign in, what waits today, find one's way by keyboard, go again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Route, TimeoutError, expect
from sqlalchemy import insert

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.roles import Role
from bot.services.staff import managing, seeding
from bot.services.tables import table
from bot.store.care_models import RedFlag
from tests.browser.console.conftest import SIZES, TABLET, Screen
from tests.conftest import FixedClock
from tests.integration.console.stand import PASSWORD, Stand


def raise_flag(stand: Stand, ward: str, title: str, minutes: int) -> None:
    now = stand.clock.now()
    row = {
        "key": f"test:{ward}:{title}", "rule": "pain", "title": title, "level": FlagLevel.URGENT,
        "state": FlagState.OPEN, "source": "chat", "ward": ward, "detail": b"x", "raised_at": now,
        "deadline_at": now + timedelta(minutes=minutes),
    }  # fmt: skip
    with stand.db.write() as uow:
        uow.connection.execute(insert(table(RedFlag)).values(row))


@SIZES
def test_a_nurses_first_minutes(
    stand: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    """Agreement, then today with the red flags of her own ward and of no other."""
    stand.person("3001", Role.NURSE, wards=["一病区"], agreed=False)
    raise_flag(stand, "一病区", "胸痛", 25)
    raise_flag(stand, "二病区", "伤口渗液", 25)
    screen = make_screen(size).sign_in("3001")
    page = screen.page
    expect(page.get_by_role("heading", name="保密协议")).to_be_visible()
    page.get_by_label("我已阅读并承诺遵守").check()
    page.get_by_role("button", name="签署").click()
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    expect(page.get_by_text("胸痛")).to_be_visible()
    expect(page.get_by_text("伤口渗液")).to_have_count(0)
    expect(page.get_by_text("无人处理")).to_be_visible()
    if size == TABLET:
        page.get_by_role("button", name="菜单").click()
    menu = page.get_by_role("navigation", name="主菜单")
    expect(menu.get_by_role("link", name="今天")).to_be_visible()
    expect(menu.get_by_role("link", name="员工")).to_have_count(0)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


@SIZES
def test_an_administrators_first_day(
    stand: Stand, make_screen: Callable[..., Screen], clock: FixedClock, size: tuple[int, int]
) -> None:
    """The one-time password from the server, an own one, a nurse added who can sign in."""
    made = seeding.make_admin(stand.db, "0001", "王主任", clock.now())
    assert isinstance(made, managing.StaffChanged)
    screen = make_screen(size).sign_in("0001", made.password)
    page = screen.page
    page.get_by_label("现在的密码").fill(made.password)
    page.get_by_label("新密码", exact=True).fill("sturdy umbrella 42 teapots")
    page.get_by_label("再输一次新密码").fill("sturdy umbrella 42 teapots")
    page.get_by_role("button", name="保存").click()
    page.get_by_label("我已阅读并承诺遵守").check()
    page.get_by_role("button", name="签署").click()
    screen.menu("员工")
    page.get_by_role("button", name="添加员工").click()
    page.get_by_label("工号").fill("3001")
    page.get_by_label("姓名").fill("李护士")
    page.get_by_label("回访护士").check()
    page.get_by_label("负责的病区").fill("一病区")
    page.get_by_role("button", name="添加").click()
    password = page.locator(".secret").inner_text()
    make_screen().sign_in("3001", password).page.wait_for_url("**/console/password")


def test_disabling_is_confirmed_and_signs_out(stand: Stand, make_screen: Callable[..., Screen]) -> None:
    stand.person("8001", Role.ADMIN)
    stand.person("8002", Role.NURSE)
    nurse, admin = make_screen().sign_in("8002"), make_screen().sign_in("8001")
    admin.open("/staff/8002")
    admin.page.once("dialog", lambda dialog: dialog.dismiss())
    admin.page.get_by_role("button", name="停用").click()
    expect(admin.page.get_by_role("button", name="停用")).to_be_enabled()
    admin.page.once("dialog", lambda dialog: dialog.accept())
    admin.page.get_by_role("button", name="停用").click()
    expect(admin.page.get_by_text("此人已在所有电脑上退出")).to_be_visible()
    nurse.open("/")
    expect(nurse.page.get_by_role("heading", name="登录")).to_be_visible()


def test_by_keyboard_alone(stand: Stand, make_screen: Callable[..., Screen]) -> None:
    stand.person("8001", *Role)
    screen = make_screen()
    page = screen.open("/login").page
    expect(page.get_by_label("工号")).to_be_focused()
    page.keyboard.type("8001")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="今天")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_today_counts_down_and_renews_itself(stand: Stand, make_screen: Callable[..., Screen]) -> None:
    stand.person("8001", *Role)
    raise_flag(stand, "一病区", "胸痛", 1)
    screen = make_screen()
    screen.page.clock.install(time=stand.clock.now())
    screen.sign_in("8001")
    expect(screen.page.get_by_text("还剩")).to_be_visible()
    raise_flag(stand, "一病区", "咯血", 20)
    screen.page.clock.run_for(31_000)
    expect(screen.page.get_by_text("咯血")).to_be_visible()
    screen.page.clock.run_for(90_000)
    expect(screen.page.get_by_text("已超时").first).to_be_visible()


def test_filters_change_the_rows_alone(screen: Screen) -> None:
    screen.open("/sign-ins")
    page = screen.page
    expect(page.get_by_role("cell", name="登录成功").first).to_be_visible()
    page.get_by_role("textbox", name="工号").fill("0000")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("这段时间没有登录记录")).to_be_visible()
    expect(page).to_have_url(re.compile("actor=0000"))
    page.get_by_label("结果").select_option("登录成功")
    page.get_by_role(
        "button", name="查询"
    ).click()  # the list is another, the form the same: a second search goes, too
    expect(page).to_have_url(re.compile("action=signed_in"))
    page.reload()
    expect(page.get_by_role("textbox", name="工号")).to_have_value("0000")


def test_nothing_can_be_pressed_before_it_is_asked_about(
    stand: Stand, make_screen: Callable[..., Screen]
) -> None:
    """On a slow network the page waits for its script: no 停用 without 'are you sure'."""
    stand.person("8001", Role.ADMIN)
    stand.person("8002", Role.NURSE)
    admin = make_screen().sign_in("8001")
    held: list[Route] = []
    asked: list[str] = []
    admin.page.route("**/console.js*", lambda route: held.append(route))
    admin.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with admin.page.expect_request("**/console.js*"):
        admin.page.goto(f"{admin.url}/console/staff/8002", wait_until="commit")
    with pytest.raises(TimeoutError):
        admin.page.get_by_role("button", name="停用").click(timeout=1500)
    assert held and asked == []
    held.pop().continue_()
    admin.page.get_by_role("button", name="停用").click()
    expect(admin.page.get_by_role("button", name="停用")).to_be_enabled()
    assert len(asked) == 1
