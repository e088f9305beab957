"""``python -m tests.browser.console.shots``: the pictures of docs/console.zh.md, of an invented hospital's year."""

import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import select

from bench.large import care
from bench.large.stage import stage
from bot.domain.roles import Role
from bot.services.followup.discharges import D, F
from tests.browser.chrome import chromium
from tests.browser.console.conftest import DESK, TABLET, Screen, served
from tests.integration.console.stand import Stand

OWN = care.WARDS[:2]
"""Of whoever does not see the whole hospital."""
Shot = tuple[str, Role, str, tuple[int, int]]
SHOTS: tuple[Shot, ...] = (
    # file, whose page, address, size
    ("today", Role.HEAD_NURSE, "/", DESK),
    ("schedule", Role.BOOKING, "/schedule", DESK),
    ("suspension", Role.BOOKING, "/suspensions/new", DESK),
    ("broadcast", Role.OFFICE, "/broadcasts/new", DESK),
    ("appointments", Role.DESK, "/appointments", DESK),
    ("booking", Role.DESK, "/book", DESK),
    ("tickets", Role.DESK, "/tickets", DESK),
    ("flags", Role.NURSE, "/flags", DESK),
    ("followups", Role.NURSE, "/followups", TABLET),
    ("call", Role.NURSE, "/followups/{followup}/call", DESK),
    ("calendar", Role.NURSE, "/calendar", DESK),
    ("shifts", Role.NURSE, "/shifts", DESK),
    ("training", Role.HEAD_NURSE, "/training", DESK),
    ("kpi", Role.ANALYST, "/kpi", DESK),
    ("rates", Role.DIRECTOR, "/rates", DESK),
    ("plans", Role.OFFICE, "/plans", DESK),
    ("policy", Role.ADMIN, "/policy", DESK),
    ("templates", Role.ADMIN, "/templates", DESK),
    ("privacy", Role.ADMIN, "/privacy", DESK),
    ("audit", Role.SUPERVISOR, "/audit", DESK),
)
"""The main page of each job; addresses with {…} take a row that is there."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with stage("sqlite", 6000, 2400) as made, served(made.stand) as url, chromium() as browser:
        numbers = {role: f"70{n:02d}" for n, role in enumerate(Role)}
        for role, number in numbers.items():
            made.stand.person(number, role, wards=OWN, departments=care.DEPARTMENTS[:1])
        for role in dict.fromkeys(role for _, role, _, _ in SHOTS):
            _of(browser, url, made.stand, numbers[role], [shot for shot in SHOTS if shot[1] is role], folder)


def _of(browser: Browser, url: str, stand: Stand, number: str, shots: Sequence[Shot], folder: Path) -> None:
    """What one person sees, who signs in once."""
    context = browser.new_context(locale="zh-CN")
    try:
        screen = Screen(context.new_page(), url).sign_in(number)
        for name, _, address, (width, height) in shots:
            screen.page.set_viewport_size({"width": width, "height": height})
            screen.open(address.format_map(_rows(stand))).page.wait_for_load_state("networkidle")
            assert screen.page.locator("main").get_by_text("没有找到").count() == 0, address
            screen.page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png")
    finally:
        context.close()


def _rows(stand: Stand) -> dict[str, int]:
    with stand.db.read() as uow:
        stays = select(D.c.id).where(D.c.ward.in_(OWN))
        due = (
            select(F.c.id)
            .where(F.c.state == "overdue", F.c.discharge_id.in_(stays))
            .order_by(F.c.due_on.desc())
        )
        return {"followup": uow.connection.execute(due.limit(1)).scalar_one()}


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "docs" / "images" / "console"
    )
