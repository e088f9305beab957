"""医务科 approves what a colleague wants to send to many; 监督员 reads figures and the audit log, and can change nothing."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import expect
from redis import Redis

from bot.domain.roles import Role
from bot.settings import Settings
from bot.store.db import Database
from tests.browser.console.conftest import SIZES, Screen
from tests.conftest import FixedClock
from tests.integration.console.stand import Stand, make_stand
from tests.integration.console.test_broadcast_pages import awaiting, town
from tests.integration.figures.busy import Busy
from tests.integration.services.town import Town

__all__ = ["town"]


@pytest.fixture
def stand(sqlite_db: Database, clock: FixedClock, redis_client: "Redis", tmp_path: Path) -> Stand:
    """Five people are many here."""
    settings = Settings(demo=True, console_codes="optional", data_dir=tmp_path, broadcast_approval_above=3)
    return make_stand(sqlite_db, clock, redis_client, settings)


@SIZES
def test_a_broadcast_is_read_and_approved(
    stand: Stand, town: Town, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    awaiting(stand.signed_in(Role.BOOKING, staff_no="9002"))
    stand.person("9007", Role.OFFICE)
    screen = make_screen(size).sign_in("9007")
    page, asked = screen.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    screen.menu("群发")
    page.get_by_role("link", name="门诊时间调整").click()
    expect(page.get_by_text("下周起门诊早上7点半开诊").first).to_be_visible()
    expect(page.get_by_text("等另一位同事批准").first).to_be_visible()
    assert screen.serious() == "[]" and screen.fits()
    page.get_by_role("button", name="批准，开始发").click()
    expect(page.get_by_role("status").first).to_contain_text("已批准，开始发送")
    assert asked == ["发给 5 人，确定吗？"]


@SIZES
def test_the_supervisor_reads_and_changes_nothing(
    stand: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    Busy(Town.found(stand.db, stand.clock), Random(5)).fill()
    stand.person("9009", Role.SUPERVISOR)
    screen = make_screen(size).sign_in("9009")
    page = screen.page
    screen.menu("指标")
    page.get_by_role("link", name="爽约率").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("爽约率")
    screen.menu("审计查询")
    expect(page.locator("main tbody").get_by_text("工号 9009").first).to_be_visible()
    for path in ("/schedule", "/appointments", "/tickets", "/staff", "/policy"):
        screen.open(path)
        changing = page.locator(
            "main form[method=post]:not([action$=find])"
        )  # what is looked for stays out of addresses
        assert changing.count() == 0, (path, changing.first.inner_text())
    assert screen.fits()
