"""Chromium for the whole run, a fresh phone for each test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chrome import Phone, chromium
from tests.integration.sandbox.conftest import Stand, make_stand, stand  # noqa: F401  fixtures

DESK = (1280, 860)
SMALL = (375, 667)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def make_phone(browser: Browser) -> Iterator[Callable[..., Phone]]:
    """A phone on any address; at the end its page must have complained of nothing (errors, CSP)."""
    phones: list[Phone] = []

    def make(url: str, size: tuple[int, int] = DESK, **options: str) -> Phone:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **options
        )  # type: ignore[arg-type]
        phone = Phone(context.new_page(), url)
        phones.append(phone)
        return phone

    yield make
    for phone in phones:
        phone.page.context.close()
    assert [complaint for phone in phones for complaint in phone.complaints] == []


@pytest.fixture
def phone(stand: Stand, make_phone: Callable[..., Phone]) -> Phone:  # noqa: F811
    """Open, in front of the small hospital, which stays until its page is closed."""
    return make_phone(stand.url).open()
