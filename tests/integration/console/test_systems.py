"""管理 → 系统接口: a token is given once, seen never again, and taken back."""

import re
from datetime import timedelta

import pytest

from bot.domain.api_clients import OFFERED
from bot.domain.roles import Role
from bot.services import api_clients
from bot.store.models import AuditEntry
from bot.web.api import blueprint as api
from tests.integration.console.stand import PASSWORD, Stand, Visitor

FORM = {
    "name": "his", "purpose": "医院信息系统，信息科负责", "permissions": ["schedule.see", "appointments.book"],
    "per_minute": "600", "expires": "2026-12-31",
}  # fmt: skip


@pytest.fixture
def admin(stand: Stand) -> Visitor:
    visitor = stand.signed_in(Role.ADMIN)
    visitor.get("/systems")
    return visitor


def test_a_token_is_shown_once_and_opens_the_api(stand: Stand, admin: Visitor) -> None:
    made = admin.post("/systems/new", **FORM)
    found = re.search(r"szk_[\w-]{27,}", made.text)
    assert found is not None
    token = found[0]
    (client,) = api_clients.listing(stand.db)
    assert (client.created_by, client.per_minute) == ("staff:8001", 600)
    shown = admin.get("/systems")
    assert token not in shown.text
    assert client.hint in shown.text and "还没用过" in shown.text
    assert api_clients.caller(stand.db, token, stand.clock.now()) is not None
    revoked = admin.post("/systems/his/revoke", version="1")
    assert revoked.status_code == 303
    assert api_clients.caller(stand.db, token, stand.clock.now()) is None
    assert "已收回" in admin.get("/systems").text
    with stand.db.read() as uow:
        rows = uow.session.query(AuditEntry).filter(AuditEntry.actor == "staff:8001").all()
        told = [(row.action, row.subject) for row in rows if row.action.startswith("api_client.")]
    assert told == [("api_client.created", "api_client:his"), ("api_client.revoked", "api_client:his")]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "医院"}, "小写字母"),
        ({"permissions": []}, "至少选一项"),
        ({"permissions": ["staff.edit"]}, "至少选一项"),
        ({"per_minute": "many"}, "每分钟次数"),
        ({"expires": "2020-01-01"}, "到期日"),
    ],
)
def test_a_wrong_wish_comes_back_as_it_was_typed(
    stand: Stand, admin: Visitor, wrong: dict[str, object], words: str
) -> None:
    told = admin.post("/systems/new", **(FORM | wrong))
    assert told.status_code == 422
    assert words in told.text and "信息科负责" in told.text
    assert api_clients.listing(stand.db) == []


def test_two_administrators_at_once(stand: Stand, admin: Visitor) -> None:
    admin.post("/systems/new", **FORM)
    assert admin.post("/systems/new", **FORM).status_code == 422
    assert admin.post("/systems/his/revoke", version="1").status_code == 303
    assert admin.post("/systems/his/revoke", version="1").status_code == 409


def test_giving_a_token_wants_the_password_again(stand: Stand, admin: Visitor) -> None:
    stand.clock.advance(timedelta(minutes=11))
    assert admin.post("/systems/new", **FORM).status_code == 401
    assert admin.post("/systems/new", **FORM, password_again="wrong").status_code == 401
    assert api_clients.listing(stand.db) == []
    assert admin.post("/systems/new", **FORM, password_again=PASSWORD).status_code == 200


def test_who_only_looks_gives_nothing(stand: Stand) -> None:
    supervisor = stand.signed_in(Role.SUPERVISOR)
    page = supervisor.get("/systems")
    assert page.status_code == 200 and "发放令牌" not in page.text
    assert supervisor.post("/systems/new", **FORM).status_code == 403


def test_what_is_offered_is_what_the_api_has(stand: Stand) -> None:
    operations = api.build(stand.console.hospital, stand.console.throttle).operations
    used = {each.permission for each in operations} | {each.also for each in operations if each.also}
    assert used == set(OFFERED)
