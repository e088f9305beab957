"""回访护士 in front of a real browser: takes a red flag, and makes a call from the queue to the last question."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bot.domain.followup import FollowupState
from bot.domain.roles import Role
from tests.browser.console.conftest import DESK, SIZES, TABLET, Screen
from tests.integration.console.cases import SAID, WARD, Cases
from tests.integration.console.stand import Stand
from tests.integration.followup.phoning import HEALTHY, step_of


@pytest.fixture
def cases(stand: Stand) -> Cases:
    return Cases.of(stand)


@pytest.fixture
def nurse(cases: Cases, make_screen: Callable[..., Screen]) -> Screen:
    cases.stand.person("8001", Role.NURSE, wards=[WARD])
    return make_screen().sign_in("8001")


def test_pages_of_one_patient(cases: Cases, make_screen: Callable[..., Screen]) -> None:
    """Those whose address wants something that exists; the others are in test_pages."""
    flag, step = cases.flag(followup=cases.step), cases.step
    form = cases.stand.console.hospital.forms.newest("discharge-week")
    assert form is not None
    cases.stand.person("8001", *Role, wards=[WARD])
    wrong = []
    for size in (DESK, TABLET):
        screen = make_screen(size).sign_in("8001")
        for path in (
            "/flags", f"/flags/{flag}", "/followups", f"/followups/{step}", f"/followups/{step}/call",
            f"/reviews?ward={WARD}&month=2026-11", "/signoffs?month=2026-11",
            f"/questionnaires/discharge-week/{form.version}",
        ):  # fmt: skip
            found = screen.open(path).serious()
            if found != "[]" or not screen.fits():
                wrong.append((size, path, found))
    assert wrong == []


def test_a_red_flag_is_taken_and_closed(cases: Cases, nurse: Screen) -> None:
    flag, page = cases.flag(followup=cases.step), nurse.page
    nurse.open("/flags")
    page.get_by_role("button", name="接手").click()
    expect(page.get_by_role("status")).to_contain_text("由您接手了")
    expect(page.locator("body")).not_to_contain_text(SAID)
    page.get_by_label("查看理由").select_option("act")
    page.get_by_role("button", name="看原话、姓名和电话").click()
    expect(page.locator("#opened")).to_contain_text(SAID)
    expect(page.locator("#opened")).to_contain_text("13800000001")
    page.get_by_label("处理结果").select_option("came")
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_text("工号 8001 办结")).to_be_visible()
    assert page.url.endswith(f"/flags/{flag}")


@SIZES
def test_a_call_from_the_queue_to_the_last_question(
    cases: Cases, nurse: Screen, size: tuple[int, int]
) -> None:
    page = nurse.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    nurse.open("/followups")
    page.get_by_role("button", name="领走").click()
    page.get_by_role("link", name="打电话：话术和问卷").click()
    page.get_by_label("查看理由").select_option("call")
    page.get_by_role("button", name="看姓名和号码").click()
    expect(page.locator("#revealed")).to_contain_text("13800000001")
    page.locator("select[name=outcome]").select_option("reached")
    page.get_by_role("button", name="记下结果").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下打通了")
    page.emulate_media(media="print")  # a script on paper without its questions is none
    expect(page.get_by_text("医生开的药都按时吃了吗")).to_be_visible()
    expect(page.get_by_role("button", name="问完了，交卷")).not_to_be_visible()
    page.emulate_media(media="screen")
    page.locator(
        'input[name="a-signs"][value="fever"]'
    ).check()  # opens a question, while the others are kept
    expect(page.get_by_text("最高烧到多少度")).to_be_visible()
    expect(page.locator("#saved")).to_have_text("已存好")
    for name, value in HEALTHY.items():
        if name != "signs":
            page.locator(f'input[name="a-{name}"][value="{value.code}"]').check()
    page.locator('input[name="a-signs"][value="fever"]').uncheck()
    page.locator('input[name="a-signs"][value="none"]').check()
    expect(page.get_by_text("最高烧到多少度")).not_to_be_visible()
    page.get_by_role("button", name="问完了，交卷").click()
    expect(page.get_by_text("问卷交好了")).to_be_visible()
    assert step_of(cases.ward).state is FollowupState.ANSWERED
