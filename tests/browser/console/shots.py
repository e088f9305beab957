"""``python -m tests.browser.console.shots``: the pictures of docs/console.zh.md, of an invented hospital's year."""

import sys
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import select

from bench.large import care
from bench.large.stage import stage
from bot.domain.roles import Role
from bot.services.clinics import C
from bot.services.followup.discharges import F
from tests.browser.chrome import chromium
from tests.browser.console.conftest import DESK, TABLET, Screen, served
from tests.integration.console.stand import Stand

SHOTS = (
    # file, whose page, address, size
    ("today", Role.HEAD_NURSE, "/", DESK),
    ("schedule", Role.BOOKING, "/schedule", DESK),
    ("clinic", Role.BOOKING, "/clinics/{clinic}", DESK),
    ("suspension", Role.BOOKING, "/suspensions/new", DESK),
    ("appointments", Role.DESK, "/appointments", DESK),
    ("booking", Role.DESK, "/book", DESK),
    ("conversations", Role.DESK, "/conversations", DESK),
    ("tickets", Role.DESK, "/tickets", DESK),
    ("flags", Role.NURSE, "/flags", DESK),
    ("followups", Role.NURSE, "/followups", DESK),
    ("call", Role.NURSE, "/followups/{followup}/call", DESK),
    ("calendar", Role.NURSE, "/calendar", DESK),
    ("shifts", Role.NURSE, "/shifts", TABLET),
    ("training", Role.HEAD_NURSE, "/training", DESK),
    ("rates", Role.OFFICE, "/rates", DESK),
    ("policy", Role.ADMIN, "/policy", DESK),
    ("audit", Role.SUPERVISOR, "/audit", DESK),
)
"""The main page of each job; addresses with {…} take a row that is there."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with stage("sqlite", 6000, 2400) as made, served(made.stand) as url, chromium() as browser:
        numbers = {role: f"70{n:02d}" for n, role in enumerate(Role)}
        for role, number in numbers.items():
            made.stand.person(number, role, wards=care.WARDS, departments=care.DEPARTMENTS)
        for name, role, address, size in SHOTS:
            _take(
                browser,
                url,
                numbers[role],
                address.format_map(_rows(made.stand)),
                size,
                folder / f"{name}.png",
            )


def _rows(stand: Stand) -> dict[str, int]:
    with stand.db.read() as uow:
        days = select(C.c.id).where(C.c.day > stand.clock.now().date()).order_by(C.c.day).limit(1)
        due = select(F.c.id).where(F.c.state == "overdue").order_by(F.c.due_on.desc()).limit(1)
        run = uow.connection.execute
        return {"clinic": run(days).scalar_one(), "followup": run(due).scalar_one()}


def _take(
    browser: Browser, url: str, number: str, address: str, size: tuple[int, int], picture: Path
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    try:
        screen = Screen(context.new_page(), url).sign_in(number).open(address)
        screen.page.wait_for_load_state("networkidle")
        assert screen.page.locator("main").get_by_text("没有找到").count() == 0, address
        screen.page.screenshot(path=picture)
        print(picture)
    finally:
        context.close()


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "docs" / "images" / "console"
    )
