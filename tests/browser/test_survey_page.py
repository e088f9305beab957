"""The questionnaire's page in Chromium, as an elderly person's phone shows it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Route, expect
from playwright.sync_api import Page as Tab

from bot.domain.survey import Give, SurveyState
from bot.questionnaires.model import Coded, Free
from bot.store.db import Database
from tests.browser.chrome import PATIENCE
from tests.browser.test_access import CONTRAST, NAMELESS, SPILL
from tests.integration.sandbox.hospital import Served
from tests.integration.web.conftest import Page, make_page, town, ward

__all__ = ["make_page", "town", "ward"]

PHONE = (375, 812)
TEXT = "() => Math.min(...[...document.querySelectorAll('p, label, legend, button:not(.unseen), li, input[type=text], textarea, a')].filter(e => e.checkVisibility()).map(e => parseFloat(getComputedStyle(e).fontSize)))"
TARGETS = "() => [...document.querySelectorAll('.choice, .button, textarea, input[type=text]')].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height).filter(h => h < 44)"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


@dataclass
class Sheet:
    """The page on a phone."""

    tab: Tab
    page: Page
    url: str

    def open(self) -> "Sheet":
        self.tab.goto(self.url)
        return self

    def begin(self, who: str = "王*明本人") -> "Sheet":
        self.open()
        self.tab.get_by_label(who).check()
        self.tab.get_by_role("button", name="同意，开始回答").click()
        expect(self.question("恢复得怎么样")).to_be_visible()
        return self

    def question(self, words: str) -> Locator:
        return self.tab.locator(".question").filter(has_text=words)

    def choose(self, question: str, *labels: str) -> "Sheet":
        for label in labels:
            self.question(question).get_by_label(label, exact=True).check()
        return self

    def saved(self) -> "Sheet":
        expect(self.tab.locator("#saved")).to_have_text("已存好")
        return self

    def all_well(self) -> "Sheet":
        self.choose("恢复得怎么样", "好")
        self.choose("下面这些情况", "都没有")
        self.choose("都按时吃了吗", "没有开药")
        self.choose("吃饭怎么样", "正常")
        self.choose("活动或锻炼", "做到了")
        self.choose("在家要做的事", "会")
        self.choose("复查安排", "安排了")
        self.choose("心情怎么样", "好")
        return self.choose("自己能做吗", "自己能做")

    def submit(self) -> "Sheet":
        self.tab.get_by_role("button", name="答完了，提交").click()
        return self


@pytest.fixture
def make_sheet(browser: Browser, make_page: Callable[..., Page]) -> Iterator[Callable[..., Sheet]]:
    """At the end the page must have complained of nothing (errors, CSP), unless ``complains``."""
    opened: list[Callable[[], None]] = []
    complaints: list[str] = []

    def make(
        until: date = date(2026, 12, 31), script: bool = True, larger: bool = False, complains: bool = False
    ) -> Sheet:
        page = make_page(until=until)
        server = Served(page.app)
        size = {"width": PHONE[0], "height": PHONE[1]}
        context = browser.new_context(
            viewport=size, locale="zh-CN", java_script_enabled=script, has_touch=True
        )  # type: ignore[arg-type]
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        if not complains:
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            tab.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        if larger:
            tab.on(
                "load", lambda one: one.evaluate("() => { document.documentElement.style.fontSize = '250%' }")
            )
        opened.extend((context.close, server.stop))
        return Sheet(tab, page, f"{server.url}{page.url}")

    yield make
    for close in opened:
        close()
    assert complaints == []


@pytest.fixture
def sheet(make_sheet: Callable[..., Sheet]) -> Sheet:
    return make_sheet()


# -- filling it in ----------------------------------------------------------------------------------------


def test_from_the_link_to_the_thanks(sheet: Sheet) -> None:
    sheet.begin().all_well()
    sheet.question("还有什么想告诉").get_by_role("textbox").fill("谢谢护士")
    sheet.submit()
    expect(sheet.tab.get_by_role("heading", name="谢谢您，都收到了")).to_be_visible()
    view = sheet.page.view
    assert view.state is SurveyState.COMPLETED
    assert view.filling.answers["words"] == (Free("谢谢护士"),)


def test_each_answer_is_kept_as_it_is_given(sheet: Sheet) -> None:
    sheet.begin().choose("恢复得怎么样", "一般").saved()
    assert sheet.page.view.filling.answers == {"recovery": (Coded("fair"),)}
    expect(sheet.tab.get_by_text("已答 1 / 10 题")).to_be_visible()
    sheet.open()
    expect(sheet.question("恢复得怎么样").get_by_label("一般")).to_be_checked()


def test_an_answer_opens_a_question_and_takes_it_back(sheet: Sheet) -> None:
    sheet.begin().choose("下面这些情况", "发烧")
    degrees = sheet.question("最高烧到多少度")
    expect(degrees).to_be_visible()
    assert degrees.evaluate("e => e.previousElementSibling.id") == "q2", (
        "it stands behind the one that opened it"
    )
    degrees.get_by_role("textbox").fill("三十八度二")
    degrees.get_by_role("textbox").blur()
    sheet.saved()
    assert str(sheet.page.view.filling.answers["degrees"][0]) == "38.2"
    sheet.question("下面这些情况").get_by_label("发烧", exact=True).uncheck()
    expect(degrees).to_have_count(0)


def test_what_was_answered_before_the_script_came_is_kept(sheet: Sheet) -> None:
    """On a slow network a page can be filled in while its script is still on its way."""
    held: list[Route] = []
    sheet.tab.route("**/survey.js", lambda route: held.append(route))
    sheet.begin().choose("下面这些情况", "发烧")
    box = sheet.question("还有什么想告诉").get_by_role("textbox")
    box.fill("腿肿")
    assert sheet.page.view.filling.answers == {}
    held.pop().continue_()
    expect(sheet.question("最高烧到多少度")).to_be_visible()
    sheet.saved()
    assert sheet.page.view.filling.answers == {"signs": (Coded("fever"),), "words": (Free("腿肿"),)}


def test_going_back_shows_what_is_kept(sheet: Sheet) -> None:
    """A browser would put back what the page showed before: over what was answered in the chat meanwhile."""
    sheet.begin().choose("恢复得怎么样", "好").saved()
    sheet.page.chat(Give("recovery", (Coded("bad"),)))
    sheet.tab.goto("about:blank")
    sheet.tab.go_back()
    expect(sheet.question("恢复得怎么样").get_by_label("不好")).to_be_checked()
    sheet.choose("心情怎么样", "好").saved()
    assert sheet.page.view.filling.answers["recovery"] == (Coded("bad"),)


def test_none_of_them_and_one_of_them_exclude_each_other(sheet: Sheet) -> None:
    signs = sheet.begin().choose("下面这些情况", "发烧", "出血").question("下面这些情况")
    sheet.choose("下面这些情况", "都没有")
    expect(signs.get_by_label("发烧", exact=True)).not_to_be_checked()
    expect(signs.get_by_label("出血")).not_to_be_checked()
    sheet.choose("下面这些情况", "呕吐或吃不下").saved()
    expect(signs.get_by_label("都没有")).not_to_be_checked()
    assert sheet.page.view.filling.answers["signs"] == (Coded("vomit"),)


def test_a_mistake_is_told_beside_the_question_and_found_from_the_top(sheet: Sheet) -> None:
    sheet.begin().all_well()
    sheet.choose("下面这些情况", "发烧")
    box = sheet.question("最高烧到多少度").get_by_role("textbox")
    box.fill("382")
    box.blur()
    problem = sheet.question("最高烧到多少度").locator(".problem")
    expect(problem).to_contain_text("以下才对")
    expect(sheet.question("最高烧到多少度").get_by_role("textbox")).to_have_value("382")
    expect(sheet.question("最高烧到多少度").get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    box = sheet.question("最高烧到多少度").get_by_role("textbox")
    box.fill("38.2")
    sheet.submit()
    expect(sheet.tab.get_by_role("heading", name="谢谢您，都收到了")).to_be_visible()


def test_handing_in_too_early_says_what_is_missing(make_sheet: Callable[..., Sheet]) -> None:
    sheet = make_sheet(complains=True)  # a browser writes every 422 into its console
    sheet.begin().choose("恢复得怎么样", "好").saved().submit()
    summary = sheet.tab.get_by_role("alert")
    expect(summary).to_contain_text("还有 8 处要改")
    expect(sheet.question("恢复得怎么样").get_by_label("好", exact=True)).to_be_checked()
    summary.get_by_role("link").first.click()
    expect(sheet.question("下面这些情况")).to_be_in_viewport()


def test_a_red_flags_advice_comes_at_once_and_is_seen(sheet: Sheet) -> None:
    sheet.begin().choose("恢复得怎么样", "不好").choose("下面这些情况", "胸痛或胸闷")
    advice = sheet.tab.get_by_role("alert")
    expect(advice).to_contain_text("120")
    expect(advice.get_by_role("link", name="拨打 120")).to_be_in_viewport()


def test_half_filled_in_the_chat_it_goes_on_here(sheet: Sheet) -> None:
    sheet.page.open()
    sheet.page.begin()
    sheet.page.chat(Give("recovery", (Coded("fair"),)))
    sheet.open()
    expect(sheet.question("恢复得怎么样").get_by_label("一般")).to_be_checked()
    expect(sheet.tab.get_by_text("已答 1 / 10 题")).to_be_visible()


def test_the_chat_answers_while_the_page_is_open(make_sheet: Callable[..., Sheet]) -> None:
    sheet = make_sheet(complains=True)  # 409 in the console
    sheet.begin()
    sheet.page.chat(Give("recovery", (Coded("bad"),)))
    box = sheet.question("还有什么想告诉").get_by_role("textbox")
    box.fill("腿肿")
    box.blur()
    expect(sheet.tab.get_by_text("又答了几题")).to_be_in_viewport()
    expect(sheet.question("恢复得怎么样").get_by_label("不好")).to_be_checked()
    expect(box).to_have_value("腿肿")
    sheet.choose("心情怎么样", "好").saved()
    assert sheet.page.view.filling.answers["words"] == (Free("腿肿"),)


def test_a_server_that_is_away_is_said_and_nothing_is_lost(make_sheet: Callable[..., Sheet]) -> None:
    sheet = make_sheet(complains=True)
    sheet.begin()
    sheet.tab.route("**/f/**", lambda route: route.abort())
    sheet.choose("恢复得怎么样", "好")
    expect(sheet.tab.get_by_text("没有存上")).to_be_visible()
    sheet.tab.unroute("**/f/**")
    sheet.choose("心情怎么样", "好").saved()
    assert set(sheet.page.view.filling.answers) == {"recovery", "mood"}


def test_a_link_that_is_over(make_sheet: Callable[..., Sheet]) -> None:
    sheet = make_sheet(until=date(2026, 11, 22), complains=True).open()
    expect(sheet.tab.get_by_role("heading", name="这个链接过期了")).to_be_visible()
    expect(sheet.tab.get_by_role("link", name="0100-12345678").first).to_have_attribute(
        "href", "tel:0100-12345678"
    )


def test_without_a_script_the_two_buttons_do_it_all(make_sheet: Callable[..., Sheet]) -> None:
    sheet = make_sheet(script=False, complains=True).begin("我是家属")
    sheet.all_well()
    sheet.question("下面这些情况").get_by_label("都没有").uncheck()
    sheet.choose("下面这些情况", "发烧").submit()
    expect(sheet.tab.get_by_text("又多了几道题")).to_be_visible()
    sheet.question("最高烧到多少度").get_by_role("textbox").fill("38.2")
    sheet.submit()
    expect(sheet.tab.get_by_role("heading", name="谢谢您，都收到了")).to_be_visible()


# -- for everybody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("larger", [False, True], ids=["normal", "200%"])
def test_it_fits_and_can_be_read(make_sheet: Callable[..., Sheet], larger: bool) -> None:
    sheet = make_sheet(larger=larger)
    for step in ("consent", "sheet", "advice", "thanks"):
        match step:
            case "consent":
                sheet.open()
            case "sheet":
                sheet.begin()
            case "advice":
                sheet.choose("下面这些情况", "发烧", "胸痛或胸闷")
                expect(sheet.tab.get_by_role("alert")).to_be_visible()
            case _:
                sheet.all_well().submit()
                expect(sheet.tab.get_by_role("heading", name="谢谢您，都收到了")).to_be_visible()
        sheet.tab.wait_for_load_state()  # its style too
        assert sheet.tab.evaluate(SPILL) == 0, step
        assert sheet.tab.evaluate(CONTRAST) == [], step
        assert sheet.tab.evaluate(NAMELESS) == [], step
        assert sheet.tab.evaluate(TARGETS) == [], step
        assert sheet.tab.evaluate(TEXT) >= (40 if larger else 20), step


def test_everything_by_keyboard(sheet: Sheet) -> None:
    sheet.begin()
    keys = sheet.tab.keyboard
    rings = "() => { const e = document.activeElement, s = getComputedStyle(e.closest('.choice') || e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3 }"
    keys.press("Tab")
    while not sheet.tab.evaluate("() => document.activeElement.name === 'a-recovery'"):
        keys.press("Tab")
    keys.press("Space")
    assert sheet.tab.evaluate(rings)
    sheet.saved()
    assert sheet.tab.evaluate("() => document.activeElement.name") == "a-recovery", (
        "keeping an answer moves no focus"
    )
    keys.press("Tab")
    keys.press("Space")
    expect(sheet.question("最高烧到多少度")).to_be_visible()
    assert sheet.tab.evaluate(rings)


def test_enter_hands_nothing_in(sheet: Sheet) -> None:
    """The phone's keyboard has 完成 where the finger lands."""
    sheet.begin().choose("下面这些情况", "发烧")
    box = sheet.question("最高烧到多少度").get_by_role("textbox")
    box.fill("37.5")
    box.press("Enter")
    sheet.saved()
    assert sheet.page.view.state is SurveyState.ASKING
    expect(sheet.tab.locator(".problem")).to_have_count(0)
