"""The desk in a browser: a ticket and a conversation with everything on them, at a desk and on a tablet; by keyboard."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bot.domain.inbound import Inbound, Kind
from bot.domain.roles import Role
from bot.services import alerts
from bot.store.inbox import Inbox
from tests.browser.console.conftest import SIZES, Screen
from tests.integration.console.stand import Stand
from tests.integration.console.test_conversations import patient, registered
from tests.integration.console.test_deliveries import call
from tests.integration.console.test_tickets import opened


@pytest.fixture
def busy(stand: Stand) -> Stand:
    """A hospital with something on every page of the desk."""
    registered(stand, patient(stand))
    opened(stand, department="护理部")
    call(stand)
    with stand.db.write() as uow:
        alerts.raise_alert(uow, "template_disabled", "template:care", "43116")
    stand.console.answers = lambda: [("停车", "门诊楼前有地下车库。")]
    stand.person("9003", Role.DESK)
    stand.person("9004", Role.OFFICE)
    return stand


@SIZES
def test_pages_with_something_on_them(
    busy: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    desk, office = make_screen(size).sign_in("9003"), make_screen(size).sign_in("9004")
    wrong = []
    for screen, paths in (
        (desk, ("/tickets", "/tickets/1", "/conversations", "/conversations/1", "/calls", "/pushes")),
        (office, ("/tickets/1",)),
    ):
        for path in paths:
            screen.open(path)
            wrong += [(path, found) for found in [screen.serious()] if found != "[]"]
            wrong += [] if screen.fits() else [(path, "does not fit")]
    assert wrong == []


@SIZES
def test_a_patient_is_answered(
    busy: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    screen = make_screen(size)
    screen.page.clock.install(time=busy.clock.now())
    page = screen.sign_in("9003").page
    screen.open("/conversations")
    page.get_by_role("link", name="会话 1").click()
    expect(page.get_by_label("回复患者")).to_be_focused()
    page.get_by_label("常用回答").select_option(label="停车")
    expect(page.get_by_label("回复患者")).to_have_value("门诊楼前有地下车库。")
    Inbox(busy.db).claim(
        Inbound("wechat", "gh_demo", "anna", Kind.TEXT, busy.clock.now(), "anna:2", "还有，发票呢"),
        timedelta(seconds=5),
    )
    page.clock.run_for(5_000)
    expect(page.get_by_text("还有，发票呢")).to_be_visible()
    expect(page.get_by_label("回复患者")).to_have_value("门诊楼前有地下车库。")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("工号9003：门诊楼前有地下车库。")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="交回机器人").click()
    expect(page.get_by_text("已交回机器人")).to_be_visible()
    expect(page.get_by_text("没有患者在等人工")).to_be_visible()


def test_an_answer_is_looked_at_before_it_is_sent(busy: Stand, make_screen: Callable[..., Screen]) -> None:
    page = make_screen().sign_in("9003").open("/tickets/1").page
    page.get_by_role("button", name="确认分类").click()
    expect(page.get_by_text("分类已确认")).to_be_visible()
    page.get_by_label("给患者的答复").fill("已请护士长道歉。")
    page.get_by_role("button", name="看看患者收到的样子").click()
    expect(page.get_by_text("您看这样行吗？")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="答复患者").click()
    expect(page.get_by_text("答复已保存")).to_be_visible()


def test_a_number_for_a_call(busy: Stand, make_screen: Callable[..., Screen]) -> None:
    page = make_screen().sign_in("9003").open("/conversations/1").page
    page.get_by_label("查看理由").select_option("contact")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("link", name="13800138000")).to_be_visible()
