"""A headless Chromium of the machine's own, and the phone page as a person uses it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000
"""Milliseconds: far more than is needed, so that a busy machine fails no test."""


@contextmanager
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "Chromium is not installed: `make test` installs it, or set CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS, headless=True)
        yield browser
        browser.close()


class Phone:
    """What a patient does on /phone; every wait is for something to be seen."""

    def __init__(self, page: Page, url: str) -> None:
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def open(self) -> "Phone":
        """The page, with the account's greeting."""
        self.page.goto(f"{self.url}/phone")
        expect(self.bubbles("account")).not_to_have_count(0)
        return self

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("输入消息")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def bubbles(self, side: str) -> Locator:
        """Those of the patient or the account; not the typing dots."""
        return self.page.locator(f".row.{side}[data-id] .bubble")

    def last(self) -> Locator:
        return self.bubbles("account").last

    def say(self, text: str) -> str:
        """Type, Enter, and wait for what the account says to it."""
        with self.answer():
            self.box.fill(text)
            self.box.press("Enter")
        return words(self.last())

    def tap(self, label: str) -> str:
        """Tap an option of the latest answer by (part of) its words."""
        with self.answer():
            self.last().get_by_role("button", name=label).first.click()
        return words(self.last())

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    @contextmanager
    def answer(self) -> Iterator[None]:
        """Wait for one more answer of the account than before."""
        before = self.bubbles("account").count()
        yield
        expect(self.bubbles("account").nth(before)).to_be_attached()
        expect(self.page.locator(".dots")).to_have_count(0)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def words(bubble: Locator) -> str:
    """What a bubble says, without the speaker's name that only a screen reader gets."""
    return bubble.inner_text().split("\n", 1)[1]
