"""护士长 writes the shift's diary and hands it over; the next nurse takes it (R46)."""

from collections.abc import Callable

from playwright.sync_api import Dialog, expect

from bot.domain.roles import Role
from tests.browser.console.conftest import SIZES, Screen
from tests.integration.console.stand import Stand

WARD = "一病区"


@SIZES
def test_written_handed_over_and_taken(
    stand: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    stand.person("8001", Role.HEAD_NURSE, wards=[WARD])
    stand.person("8002", Role.NURSE, wards=[WARD])
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    head, nurse = make_screen(size).sign_in("8001"), make_screen(size).sign_in("8002")
    for screen in (head, nurse):
        screen.page.on("dialog", agree)
    head.menu("值班日记")
    head.page.get_by_role("link", name="写这一班").click()
    head.page.get_by_label("日记").fill("3床血压不稳，两小时量一次。\n新入院 2 人。")
    head.page.get_by_role("button", name="保存并签出").click()
    expect(head.page.get_by_role("status")).to_contain_text("已签出")
    assert head.serious() == "[]"
    where = head.page.url
    nurse.page.goto(where)
    expect(nurse.page.get_by_text("3床血压不稳")).to_be_visible()
    nurse.page.get_by_role("button", name="接班签字").click()
    expect(nurse.page.get_by_role("status")).to_contain_text("已接班")
    nurse.page.get_by_label("补记").fill("血压已平稳。")
    nurse.page.get_by_role("button", name="补记").click()
    expect(nurse.page.get_by_text("血压已平稳。")).to_be_visible()
    assert nurse.serious() == "[]"
    assert head.fits() and nurse.fits()
    assert [words[:3] for words in asked] == ["签出后", "确定接"]
