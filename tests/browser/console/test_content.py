"""An administrator in a browser: a rule after a look at what it would do, an answer after a look at the phone."""

from collections.abc import Callable

from playwright.sync_api import expect

from bot.domain.roles import Role
from bot.services import policy_looking
from handlers.faq_book import shipped
from tests.browser.console.conftest import Screen
from tests.integration.console.stand import Stand
from tests.integration.services.town import TODAY, Town


def test_a_rule_and_an_answer_are_seen_before_they_hold(
    stand: Stand, make_screen: Callable[..., Screen]
) -> None:
    town = Town.found(stand.db, stand.clock)
    town.book(town.account(), town.clinic("张敏", TODAY.replace(day=30))[0], town.register(town.account()))
    stand.console.questions = shipped
    stand.person("9001", Role.ADMIN)
    screen = make_screen().sign_in("9001")
    page = screen.page

    screen.open("/policy")
    page.get_by_role("link", name="可以提前多少天预约").click()
    page.get_by_label("新的数字").fill("5")
    page.get_by_role("button", name="先看影响").click()
    expect(page.get_by_role("heading", name="正在翻看过去的记录")).to_be_visible()
    assert screen.serious() == "[]"
    assert (
        policy_looking.work(stand.console.hospital, stand.console.looks) == 1
    )  # as the scheduler's tick does
    expect(page.get_by_text("超过可约天数").first).to_be_visible()
    page.get_by_label("为什么改").fill("冬季号源紧张")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="确认修改").click()
    expect(page.get_by_text("已保存，改为 5 天")).to_be_visible()
    expect(page.get_by_role("cell", name="冬季号源紧张")).to_be_visible()

    screen.open("/faq/停车")
    page.get_by_label("答案").fill("请停在对面的立体车库，每小时 3 元。")
    page.get_by_label("试一句话").fill("停车多少钱")
    page.get_by_role("button", name="预览").click()
    look = page.get_by_role("complementary", name="手机上的样子")
    expect(look.get_by_text("请停在对面的立体车库")).to_be_visible()
    expect(look.get_by_text("答这一条")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布，一秒之内")).to_be_visible()
    assert screen.complaints == []
