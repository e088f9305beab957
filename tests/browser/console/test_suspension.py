"""预约管理员 suspends a doctor's afternoon and watches the patients answer; every page of it fits and reads well."""

from collections.abc import Callable

from playwright.sync_api import expect

from bot.domain.commands import AcceptOffer
from bot.domain.roles import Role
from bot.domain.suspension import CaseState
from tests.browser.console.conftest import DESK, TABLET, Screen
from tests.integration.console.stand import Stand
from tests.integration.services.town import TOMORROW, Town
from tests.integration.suspension.ward import Ward


def test_an_afternoon_is_suspended_and_the_answers_come_in(
    stand: Stand, make_screen: Callable[..., Screen]
) -> None:
    ward = Ward(Town.found(stand.db, stand.clock))
    ward.standard()
    stand.person("9002", Role.BOOKING)
    screen = make_screen().sign_in("9002")
    page, looked = screen.page, []

    def look(name: str) -> None:
        looked.append(f"{name}: {screen.serious()}")
        for width, height in (TABLET, DESK):
            page.set_viewport_size({"width": width, "height": height})
            if not screen.fits():
                looked.append(f"{name} does not fit {width}")

    screen.open(f"/suspensions/new?doctor_id={ward.town.doctors['王建国']}&since={TOMORROW}&period=pm")
    page.get_by_role("button", name="看影响到谁").click()
    expect(page.get_by_role("cell", name="王*明").first).to_be_visible()
    page.get_by_role("textbox", name="自己写").fill("停电检修")
    page.get_by_role("button", name="看患者会读到什么").click()
    expect(page.get_by_text("原因：停电检修")).to_be_visible()
    look("preview")
    page.get_by_label("我核对过了").check()
    page.get_by_role("button", name="开始停诊").click()
    expect(page.get_by_text("停诊已开始：1 次出诊，2 位患者")).to_be_visible()
    expect(page.get_by_text("0 / 2 位已办妥")).to_be_visible()
    ward.saga.work()
    first = ward.cases()[0]
    ward.answer(AcceptOffer("a", first.id, first.offers), ward.accounts[0])
    expect(page.get_by_text("1 / 2 位已办妥")).to_be_visible()
    look("progress")
    page.get_by_role("link", name="看谁还没答复").click()
    page.get_by_role("link", name="办理").first.click()
    look("patient")
    page.get_by_role("button", name="就换到预留的号").click()
    expect(page.get_by_text("电话里办好了")).to_be_visible()
    assert ward.states() == [CaseState.REBOOKED, CaseState.REACHED]
    assert [words for words in looked if not words.endswith(": []")] == []
    assert len(looked) == 3
