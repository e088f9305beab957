"""The SMS beside the phone: newest first, with the number they went to."""

from playwright.sync_api import expect

from tests.browser.chrome import Phone
from tests.integration.sandbox.conftest import Stand


def arrive(stand: Stand, phone: str, text: str) -> None:
    with stand.sandbox.db.write() as con:
        con.execute(
            "INSERT INTO sms (at, door, phone, template, text, key) VALUES (?, 'own', ?, 'booked', ?, '1.0')",
            (stand.clock.now().timestamp(), phone, text),
        )


def test_sms_stand_beside_the_chat(phone: Phone, stand: Stand) -> None:
    page = phone.page
    expect(page.get_by_role("heading", name="短信")).to_be_hidden()
    arrive(stand, "13800138000", "【示例市人民医院】您已挂号成功")
    arrive(stand, "13900139000", "【示例市人民医院】<b>停诊</b>")
    items = page.locator("#sms-list li")
    expect(page.get_by_role("heading", name="短信")).to_be_visible()
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("13900139000")
    expect(items.first).to_contain_text("<b>停诊</b>")  # text, never markup
    expect(items.last).to_contain_text("您已挂号成功")
