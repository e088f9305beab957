"""``python -m tests.browser.shots``: the README's pictures, taken from the running demo (docs/images)."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chrome import Phone, chromium
from tests.browser.conftest import DESK, SMALL
from tests.house import House, command, running

MORNING = "2026-11-23T10:00:00+08:00"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "var"
        command("clock", "--set", MORNING, data=data, SUIZHEN_DEMO="1").check_returncode()
        with running(data) as house, chromium() as browser:
            _desk(browser, house, folder / "phone.png")
            _hand(browser, house, folder / "phone-large-text.png")


def _desk(browser: Browser, house: House, picture: Path) -> None:
    """A booking to its end, on a desk."""
    phone = _open(browser, house, DESK, scale=1.5)
    phone.say("帮我挂明天下午心内科王主任的号")
    phone.tap("14:00")
    phone.tap("同意")
    phone.tap("本人")
    for words in ("王芳", "110101198503121220", "13800138000"):
        phone.say(words)
    phone.tap("确认")
    phone.tap("确认")
    _take(phone, picture)


def _hand(browser: Browser, house: House, picture: Path) -> None:
    """Choosing a time on a small phone, in large letters."""
    phone = _open(browser, house, SMALL, scale=2)
    phone.page.evaluate("() => localStorage.setItem('large', '1')")
    phone.page.reload()
    phone.button("切换患者").click()
    phone.button("陈阿姨", exact=False).click()
    phone.page.get_by_text("陈阿姨的手机").wait_for()
    phone.last().wait_for()
    phone.say("膝盖疼，明天上午挂骨科")
    _take(phone, picture)


def _open(browser: Browser, house: House, size: tuple[int, int], scale: float) -> Phone:
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, device_scale_factor=scale, locale="zh-CN")  # type: ignore[arg-type]
    return Phone(context.new_page(), house.url).open()


def _take(phone: Phone, picture: Path) -> None:
    phone.page.wait_for_timeout(1200)  # the clock beside the phone is drawn once a second
    phone.page.screenshot(path=picture)
    print(picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "docs" / "images")
