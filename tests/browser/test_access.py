"""The phone page for everybody: keyboard, screen reader, contrast, large text, small screens, calm screens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chrome import Phone
from tests.browser.conftest import DESK, SMALL
from tests.browser.test_phone import MENU, OPTIONS
from tests.integration.sandbox.conftest import Stand

CONTRAST = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const light = ([r, g, b]) => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility({ visibilityProperty: true })) continue;
    if (e.closest('.hidden, script, noscript, [aria-hidden="true"]')) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${walk.currentNode.data.trim()} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
NAMELESS = """() => [...document.querySelectorAll('button, input, textarea, a')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }))
  .filter(e => !(e.getAttribute('aria-label') || e.innerText.trim() || (e.labels && e.labels.length)))
  .map(e => e.outerHTML)"""
SPILL = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(params=[DESK, (820, 1000), SMALL, (320, 480)], ids=lambda size: f"{size[0]}x{size[1]}")
def any_phone(request: pytest.FixtureRequest, stand: Stand, make_phone: Callable[..., Phone]) -> Phone:
    stand.api("menu/create", MENU)
    stand.hospital.answer = lambda message: OPTIONS + "\nhttps://example.com/" + "a" * 80
    phone = make_phone(stand.url, request.param).open()
    phone.say("挂号")
    return phone


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_it_fits_and_can_be_read(any_phone: Phone, large: bool) -> None:
    page = any_phone.page
    page.evaluate("on => document.documentElement.toggleAttribute('data-large', on)", large)
    assert page.evaluate(SPILL) == 0
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []
    expect(any_phone.box).to_be_in_viewport(ratio=1)
    expect(any_phone.button("发送语音")).to_be_in_viewport(ratio=1)
    assert any_phone.log.evaluate("log => log.scrollWidth - log.clientWidth") == 0


def test_the_menu_fits_too(any_phone: Phone) -> None:
    any_phone.page.evaluate("() => document.documentElement.toggleAttribute('data-large', true)")
    any_phone.button("显示公众号菜单").click()
    any_phone.button("挂号").click()
    expect(any_phone.button("查号源")).to_be_in_viewport(ratio=1)
    assert any_phone.page.evaluate(SPILL) == 0
    assert any_phone.page.evaluate(CONTRAST) == []


def test_large_text_is_large_and_remembered(phone: Phone) -> None:
    size = "() => parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)"
    small = phone.page.evaluate(size)
    phone.page.get_by_role("switch", name="大字").check()
    assert phone.page.evaluate(size) >= small * 1.3
    phone.page.reload()
    expect(phone.page.get_by_role("switch", name="大字")).to_be_checked()
    phone.say("好")
    assert phone.page.evaluate(size) >= small * 1.3


def test_new_messages_are_announced_and_old_ones_are_not(phone: Phone) -> None:
    expect(phone.log).to_have_attribute("aria-live", "polite")
    phone.button("王大爷", exact=False).click()
    expect(phone.page.get_by_text("王大爷的手机")).to_be_visible()
    expect(phone.log).to_have_attribute("aria-live", "polite")
    phone.say("好")
    expect(phone.bubbles("patient").last).to_contain_text(
        "我：好"
    )  # who speaks is in the text, not only in the colour


def test_everything_by_keyboard(phone: Phone, stand: Stand) -> None:
    stand.hospital.answer = lambda message: OPTIONS
    page = phone.page
    expect(phone.box).to_be_focused()  # one can type at once
    page.keyboard.press("Tab")
    seen = []
    for _ in range(30):
        focused = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e === document.body ? '' : e.id || e.textContent.trim(), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2]; }"
        )
        seen.append(focused[0])
        if focused[0]:
            assert focused[1], f"no focus ring on {focused[0]}"
        if focused[0] == "words":
            break
        page.keyboard.press("Tab")
    assert [name for name in seen if name in ("new-patient", "log", "voice", "words")] == [
        "new-patient",
        "log",
        "voice",
        "words",
    ]
    page.keyboard.type("挂号")
    page.keyboard.press("Enter")
    expect(phone.last().get_by_role("button", name="下午")).to_be_visible()
    phone.last().get_by_role("button", name="下午").focus()
    page.keyboard.press("Enter")
    expect(phone.bubbles("patient")).to_have_count(2)


def test_panels_slide_in_on_a_small_screen_and_escape_closes_them(
    make_phone: Callable[..., Phone], stand: Stand
) -> None:
    phone = make_phone(stand.url, SMALL).open()
    expect(phone.button("＋ 新患者")).to_be_hidden()
    phone.button("切换患者").click()
    expect(phone.button("＋ 新患者")).to_be_in_viewport(ratio=1)
    phone.page.keyboard.press("Escape")
    expect(phone.button("＋ 新患者")).to_be_hidden()
    expect(phone.button("切换患者")).to_be_focused()
    phone.button("演示工具").click()
    phone.page.get_by_role("switch", name="大字").check()
    phone.button("关闭").click()
    expect(phone.page.get_by_role("switch", name="大字")).to_be_hidden()


def test_nothing_moves_for_those_who_asked_for_that(stand: Stand, make_phone: Callable[..., Phone]) -> None:
    phone = make_phone(stand.url, SMALL, reduced_motion="reduce").open()
    moving = "() => document.getAnimations().length"
    phone.button("切换患者").click()
    assert phone.page.evaluate(moving) == 0


def test_the_page_needs_nothing_from_outside_and_its_policy_says_so(stand: Stand) -> None:
    answer = stand.http.get("/phone")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in answer.text.replace("http-equiv", "")
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert stand.http.get("/phone/").status_code == 200
