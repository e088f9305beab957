"""The console on a real server, one of its staff in front of a real browser."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect
from redis import Redis
from werkzeug.serving import make_server

from bot.domain.roles import Role
from bot.settings import Settings
from bot.store.db import Database
from tests.browser.chrome import PATIENCE
from tests.conftest import FixedClock
from tests.integration.console.stand import PASSWORD, Stand, make_stand

DESK = (1366, 768)
TABLET = (820, 1180)
SIZES = pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
"""The main job of each role is done at both."""
DRAWN = "window.Chart !== undefined && Chart.getChart(document.querySelector('canvas')) !== undefined"
"""The chart is there."""
AXE = (Path(__file__).parents[1] / "axe.min.js").read_text()
_SERIOUS = """axe.run(document, {resultTypes: ["violations"]}).then(found => JSON.stringify(
    found.violations.filter(v => ["serious", "critical"].includes(v.impact))
        .map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + n.failureSummary)])))"""


class Screen:
    """A page of the console in a browser; complaints (errors, the policy's refusals) are kept."""

    def __init__(self, page: Page, url: str) -> None:
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)

    def open(self, path: str) -> "Screen":
        self.page.goto(f"{self.url}/console{path}")
        return self

    def sign_in(self, staff_no: str, password: str = PASSWORD) -> "Screen":
        self.open("/login")
        self.page.get_by_label("工号").fill(staff_no)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def menu(self, title: str) -> None:
        """To a page by the navigation, which a tablet keeps behind a button."""
        button = self.page.get_by_role("button", name="菜单", exact=True)
        if button.is_visible():
            button.click()
        link = self.page.get_by_role("navigation", name="主菜单").get_by_role("link", name=title, exact=True)
        where = link.get_attribute("href")
        link.click()
        self.page.wait_for_url(f"{self.url}{where}")
        self._arrived()

    def serious(self) -> str:
        """What axe-core finds that is serious; it is brought in as a developer's tool would, past the policy."""
        self._arrived()
        tools = self.page.context.new_cdp_session(self.page)
        tools.send("Runtime.evaluate", {"expression": AXE})
        asked: dict[str, Any] = {"expression": _SERIOUS, "awaitPromise": True, "returnByValue": True}
        answer = tools.send("Runtime.evaluate", asked)
        tools.detach()
        return str(answer["result"]["value"])

    def fits(self) -> bool:
        """Nothing sticks out to the right: only sheets scroll, in themselves."""
        self._arrived()
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def _arrived(self) -> None:
        """A page on its way has no element yet to be looked at."""
        self.until("document.readyState === 'complete' && document.documentElement !== null")

    def until(self, true: str) -> None:
        """Ask again and again: `wait_for_function` does so within the page, whose policy forbids it."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self._holds(true):
            assert time.monotonic() < deadline, f"not {true}"
            self.page.wait_for_timeout(20)

    def _holds(self, true: str) -> bool:
        try:
            return bool(self.page.evaluate(true))
        except Error as gone:
            if "context was destroyed" in gone.message:  # the next page came while we asked
                return False
            raise

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.complaints.append(f"asked for {request.url}")


@pytest.fixture
def stand(sqlite_db: Database, clock: FixedClock, redis_client: "Redis", tmp_path: Path) -> Stand:
    settings = Settings(demo=True, console_codes="optional", data_dir=tmp_path)
    return make_stand(sqlite_db, clock, redis_client, settings)


@pytest.fixture
def server(stand: Stand) -> Iterator[str]:
    with served(stand) as url:
        yield url


@contextmanager
def served(stand: Stand) -> Iterator[str]:
    """Its address."""
    server = make_server("127.0.0.1", 0, stand.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture
def make_screen(browser: Browser, server: str) -> Iterator[Callable[..., Screen]]:
    """A browser of its own; at the end nothing may have been complained of."""
    screens: list[Screen] = []

    def make(size: tuple[int, int] = DESK, **options: Any) -> Screen:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **options
        )
        screen = Screen(context.new_page(), server)
        screens.append(screen)
        return screen

    yield make
    for screen in screens:
        screen.page.context.close()
    assert [complaint for screen in screens for complaint in screen.complaints] == []


@pytest.fixture
def screen(stand: Stand, make_screen: Callable[..., Screen]) -> Screen:
    """Somebody with every role, signed in at a desk."""
    stand.person("8001", *Role, wards=["一病区"])
    return make_screen().sign_in("8001")
