"""管理员 gives the phone centre a token, calls the API with it, and takes it back."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Dialog, expect
from redis import Redis

from bot.domain.roles import Role
from bot.web.api import blueprint
from bot.web.console.throttle import Throttle
from tests.browser.console.conftest import Screen
from tests.integration.console.stand import Stand


def test_given_used_and_taken_back(
    stand: Stand, redis_client: "Redis", make_screen: Callable[..., Screen]
) -> None:
    api = blueprint.build(stand.console.hospital, Throttle(redis_client), real=stand.clock)
    stand.app.register_blueprint(api.site)
    stand.person("8001", Role.ADMIN)
    screen = make_screen().sign_in("8001")
    page = screen.page
    page.on("dialog", Dialog.accept)
    page.get_by_role("link", name="系统接口").click()
    expect(page.get_by_text("还没有给别的系统发过令牌")).to_be_visible()
    page.get_by_role("button", name="发放令牌").click()
    page.get_by_label("名称").fill("phone-center")
    page.get_by_label("看科室、医生、出诊和余号").check()
    page.get_by_role("button", name="发放").click()
    token = page.locator(".secret").inner_text()
    assert screen.serious() == "[]"

    def asked() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{screen.url}/api/v1/departments", headers=headers).status_code

    assert asked() == 200
    page.get_by_role("link", name="回到系统接口").click()
    expect(page.get_by_role("cell", name="phone-center")).to_be_visible()
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_role("status")).to_contain_text("已收回 phone-center")
    assert asked() == 401
    page.goto(f"{screen.url}/api/v1/docs")
    assert (screen.serious(), screen.fits()) == ("[]", True)
