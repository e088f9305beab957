"""Every page at a desk and on a tablet: it fits, axe-core finds nothing serious, nothing comes from elsewhere."""

from collections.abc import Callable

from bot.domain.roles import Role
from bot.web.console.pages import Stage
from tests.browser.console.conftest import SIZES, Screen
from tests.integration.console.stand import Stand

MORE = (
    "/staff/8001",
    "/plans/surgery",
    "/training/people/8001",
    "/shifts/一病区/2026-11-23/night",
    "/policy/cancel_deadline_minutes",
    "/policy/cancel_deadline_minutes/try?value=60&from=2026-11-24",
    "/templates/visit_tomorrow",
    "/kpi/success",
    "/kpi/balance/rows",
)
"""Pages whose address wants something that exists; those without are found by themselves."""


@SIZES
def test_every_page(stand: Stand, make_screen: Callable[..., Screen], size: tuple[int, int]) -> None:
    stand.person("8001", *Role, wards=["一病区"], departments=["内科"])
    screen = make_screen(size)
    screen.open("/login")
    wrong = [("/login", found) for found in [screen.serious()] if found != "[]"]
    screen.sign_in("8001")
    known = stand.console.pages
    plain = [
        page.rule
        for page in known
        if page.method == "GET" and "<" not in page.rule and page.stage is not Stage.CODE
    ]
    assert len(plain) > 5
    for path in (*plain, *MORE):
        if path in ("/login", "/alive"):  # seen above; a sign of life, not a page
            continue
        screen.open(path)
        found = screen.serious()
        if found != "[]":
            wrong.append((path, found))
        if not screen.fits():
            wrong.append((path, "does not fit"))
    assert wrong == []


def test_print_leaves_the_frame_out(screen: Screen) -> None:
    screen.open("/audit")
    screen.page.emulate_media(media="print")
    assert not screen.page.locator(".side").is_visible()
    assert not screen.page.locator("form.filters").is_visible()
    assert screen.page.locator("table").is_visible()
    assert screen.page.get_by_text("打印", exact=False).last.is_visible()
