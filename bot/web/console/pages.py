"""What a page is: its address, who may open it, where the navigation shows it.  The one list that tests go through."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import url_for

from bot.domain.roles import Permission
from bot.domain.staff import Viewer

PREFIX = "/console"
SECTIONS = ("", "门诊", "随访", "沟通", "统计", "管理")
"""The navigation's groups, in order; the first has no heading."""


class Stage(StrEnum):
    """How far somebody has to be to open a page."""

    ANYBODY = "anybody"
    CODE = "code"
    """The password was right, the code is still to come."""
    KNOWN = "known"
    """Signed in, though a new password, the code's set-up or the agreement may be due."""
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Page:
    """One route of the console."""

    name: str
    """Its endpoint, without the blueprint's."""
    rule: str
    method: str
    stage: Stage
    permission: Permission | None
    """None only before somebody is ready."""
    title: str = ""
    section: str | None = None
    """Where the navigation shows it; None: not at all."""
    position: int = 0
    parent: str = ""
    """The page above it, for the breadcrumbs."""
    dangerous: bool = False
    """Wants the password again."""
    costly: bool = False
    """Looks through a lot: not often."""
    looks: bool = False
    """Changes nothing, though it is a POST: what is looked for must not be in an address."""


def navigation(pages: Sequence[Page], viewer: Viewer) -> list[tuple[str, list[Page]]]:
    """The sections with what this person may open."""
    shown = [page for page in pages if page.section is not None and _may(viewer, page)]
    groups = [
        (section, sorted((p for p in shown if p.section == section), key=lambda page: page.position))
        for section in SECTIONS
    ]
    return [(section, entries) for section, entries in groups if entries]


def trail(pages: Sequence[Page], page: Page) -> list[Page]:
    """The pages above this one, outermost first."""
    by_name = {each.name: each for each in pages}
    above: list[Page] = []
    while page.parent and page.parent in by_name:
        page = by_name[page.parent]
        above.insert(0, page)
    return above


def looks_like(pages: Sequence[Page], page: Page) -> Page:
    """The page that stands where an act answers with one itself: that of its address, or of the nearest above."""
    looking = {each.rule: each for each in pages if each.method == "GET" and each.title}
    rule = page.rule
    while not page.title and rule:
        if rule in looking:
            return looking[rule]
        rule = rule.rpartition("/")[0]
    return page


def address(pages: Sequence[Page], viewer: Viewer | None, name: str, **where: Any) -> str:
    """Where the page ``name`` is; empty if there is none, or it is not for this person."""
    there = any(page.name == name and viewer is not None and _may(viewer, page) for page in pages)
    return url_for(f"console.{name}", **where) if there else ""


def _may(viewer: Viewer, page: Page) -> bool:
    return page.permission is not None and viewer.may(page.permission)
