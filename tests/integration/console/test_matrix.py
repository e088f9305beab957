"""Every role on every route: what the table of roles says is what the pages do."""

import re

import pytest

from bot.domain.roles import ROLES, Permission, Role
from bot.web.console.pages import Page, Stage
from tests.integration.console.stand import Stand, Visitor


def address(page: Page) -> str:
    """The page's address; where it wants a number or a name, one that nobody has."""
    filled = re.sub(r"<(?:int|float):[^>]+>", "999999", page.rule)
    return re.sub(r"<[^>]+>", "zzzz", filled)


def ask(visitor: Visitor, page: Page) -> int:
    sent = visitor.get(address(page)) if page.method == "GET" else visitor.post(address(page), version="1")
    return sent.status_code


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_for_its_roles_only(stand: Stand, role: Role) -> None:
    visitor = stand.signed_in(role, wards=["一病区"], departments=["内科"])
    pages = [page for page in stand.console.pages if page.stage is Stage.READY]
    assert len(pages) > 5
    wrong = []
    for page in pages:
        allowed = page.permission in ROLES[role].permissions
        status = ask(visitor, page)
        if (status == 403) == allowed or status >= 500:
            wrong.append((page.method, page.rule, status, allowed))
    assert wrong == []


def test_nobody_sees_anything_without_signing_in(stand: Stand) -> None:
    for page in stand.console.pages:
        if page.stage is Stage.ANYBODY:
            continue
        visitor = stand.visitor()
        visitor.get("/login")
        if page.method == "GET":
            answer = visitor.get(address(page))
        else:
            answer = visitor.post(address(page), version="1")
        assert answer.status_code == 303, page
        assert answer.headers["Location"].startswith("/console/login"), page


def test_before_the_agreement_nothing_is_seen(stand: Stand) -> None:
    """R44: whoever has not signed is led to the agreement, from every page."""
    stand.person("8100", *Role, agreed=False)
    visitor = stand.visitor()
    visitor.sign_in("8100")
    for page in stand.console.pages:
        if page.stage is Stage.READY:
            ask(visitor, page)
            assert visitor.last is not None
            assert visitor.last.headers.get("Location") == "/console/agreement", page


def test_every_route_of_the_console_is_a_page(stand: Stand) -> None:
    """Whoever registers a route beside `Console.page` and `Console.act` leaves it without a guard."""
    known = {(f"/console{page.rule}", page.method) for page in stand.console.pages}
    routes = {
        (rule.rule, method)
        for rule in stand.app.url_map.iter_rules()
        if rule.rule.startswith("/console")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - known == {("/console/static/<path:filename>", "GET")}


def test_acts_need_a_permission_that_changes_something(stand: Stand) -> None:
    for page in stand.console.pages:
        if page.stage is Stage.READY and page.method == "POST" and not page.looks:
            assert page.permission is not None
            assert not page.permission.reads, page


def test_the_supervisor_changes_nothing(stand: Stand) -> None:
    assert all(permission.reads for permission in ROLES[Role.SUPERVISOR].permissions)


def test_every_permission_is_somebodys() -> None:
    held = frozenset[Permission]().union(*(rule.permissions for rule in ROLES.values()))
    assert held == frozenset(Permission)
