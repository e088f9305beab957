"""个人信息 in a browser: a deletion from the queue to the answer; every page of it with something on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bot.domain.rights import Ask
from bot.domain.roles import Role
from tests.browser.console.conftest import Screen
from tests.integration.console.stand import Stand
from tests.integration.console.test_privacy_pages import asked
from tests.integration.followup.discharged import Ward
from tests.integration.rights.person import Person
from tests.integration.services.town import Town


@pytest.fixture
def person(stand: Stand) -> Person:
    return Person.of(Ward(Town.found(stand.db, stand.clock)))


def test_a_deletion_is_carried_out(person: Person, stand: Stand, make_screen: Callable[..., Screen]) -> None:
    copy, correction = asked(person, Ask.COPY), asked(person, Ask.CORRECT, "名字写错了")
    deletion = asked(person, Ask.DELETE)
    stand.person("9001", Role.ADMIN)
    screen = make_screen().sign_in("9001")
    page, wrong = screen.page, []
    looks = (copy, correction, deletion)
    for path in (
        "/privacy",
        *(f"/privacy/requests/{n}" for n in looks),
        f"/privacy/requests/{deletion}/erase",
    ):
        screen.open(path)
        wrong += [(path, found) for found in [screen.serious()] if found != "[]"]
        wrong += [] if screen.fits() else [(path, "does not fit")]
    assert wrong == []
    screen.open("/privacy")
    page.get_by_role("link", name=f"编号 {deletion}").click()
    page.get_by_role("button", name="看看会删掉什么").click()
    expect(page.get_by_role("heading", name="会删掉")).to_be_visible()
    page.get_by_label("已经核对").check()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.get_by_text("答复已经发到患者的微信。")).to_be_visible()
    assert person.patient().erased_at is not None
