"""Who may ask at all: the token, its end, its pace; and what is wrong with a request, in words."""

import json
from datetime import timedelta

import pytest

from bot.domain.api_clients import ClientConflict, ClientMade, ClientRefused, ClientRevoked
from bot.domain.roles import Permission
from bot.services import api_clients, api_requests
from bot.services.api_clients import Wish
from bot.store.models import AuditEntry
from bot.store.staff_models import ApiClient, ApiRequest
from tests.full_disk import full
from tests.integration.api.conftest import PREFIX, Stage, System, person

_P = Permission


def problem(answer: object) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"  # type: ignore[attr-defined]
    assert answer.headers["Cache-Control"] == "no-store"  # type: ignore[attr-defined]
    told = answer.json  # type: ignore[attr-defined]
    assert told["status"] == answer.status_code  # type: ignore[attr-defined]
    assert told["title"] and told["detail"]
    return told["status"], told["type"].removeprefix("urn:suizhen:problem:")


def test_a_token_is_long_told_once_and_kept_as_its_hash(both: Stage) -> None:
    token = both.token(_P.SCHEDULE_SEE)
    assert token.startswith("szk_") and len(token) >= 4 + 27  # 160 bits in base64
    (client,) = api_clients.listing(both.db)
    assert (client.name, client.permissions, client.state(both.town.clock.now())) == (
        "his",
        (_P.SCHEDULE_SEE,),
        "live",
    )
    assert token.startswith(client.hint) and len(client.hint) < 12
    with both.db.read() as uow:
        kept = uow.session.query(ApiClient).one()
        assert token.encode() not in kept.token and len(kept.token) == 32
    assert both.town.count(AuditEntry, AuditEntry.action == "api_client.created") == 1


def test_what_is_no_token_opens_nothing(both: Stage) -> None:
    his = both.system(_P.SCHEDULE_SEE)
    assert his.get("/departments").status_code == 200
    client = both.app.test_client()
    for header in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {his.token}",
        his.token,
        "Bearer szk_" + "x" * 43,
        "Bearer \u00e9",
    ):
        answer = client.get(f"{PREFIX}/departments", headers={"Authorization": header} if header else {})
        assert problem(answer) == (401, "no-token"), header
    assert problem(client.get(f"{PREFIX}/departments?token={his.token}")) == (401, "no-token")
    client.set_cookie("token", his.token)
    assert problem(client.get(f"{PREFIX}/departments")) == (401, "no-token")


def test_a_token_that_is_taken_back_or_over_opens_nothing(both: Stage) -> None:
    now = both.town.clock.now()
    his, phone = (
        both.system(_P.SCHEDULE_SEE),
        both.system(_P.SCHEDULE_SEE, name="phone", expires_at=now + timedelta(days=1)),
    )
    assert api_clients.revoke(both.db, "his", 7, actor="staff:9001", now=now) == ClientConflict()
    assert his.get("/departments").status_code == 200
    assert api_clients.revoke(both.db, "his", 1, actor="staff:9001", now=now) == ClientRevoked("his")
    assert problem(his.get("/departments")) == (401, "no-token")
    assert phone.get("/departments").status_code == 200
    both.town.clock.advance(timedelta(days=1))
    assert problem(phone.get("/departments")) == (401, "no-token")
    assert [each.state(both.town.clock.now()) for each in api_clients.listing(both.db)] == [
        "expired",
        "revoked",
    ]


def test_when_a_token_was_used_is_kept_to_the_minute(both: Stage) -> None:
    his = both.system(_P.SCHEDULE_SEE)

    def used() -> object:
        return api_clients.listing(both.db)[0].used_at

    assert used() is None
    his.get("/departments")
    first = used()
    both.town.clock.advance(timedelta(seconds=30))
    his.get("/departments")
    assert used() == first is not None
    both.town.clock.advance(timedelta(minutes=2))
    his.get("/departments")
    assert used() != first


@pytest.mark.parametrize(
    ("why", "wish"),
    [
        ("name", Wish("HIS 系统", (_P.SCHEDULE_SEE,))),
        ("name", Wish("a:b", (_P.SCHEDULE_SEE,))),
        ("permissions", Wish("his", ())),
        ("per_minute", Wish("his", (_P.SCHEDULE_SEE,), per_minute=0)),
        ("purpose", Wish("his", (_P.SCHEDULE_SEE,), purpose="长" * 201)),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(stage: Stage, why: str, wish: Wish) -> None:
    now = stage.town.clock.now()
    assert api_clients.create(stage.db, wish, actor="cli", now=now) == ClientRefused(why)


def test_a_name_is_used_once_and_an_end_lies_ahead(both: Stage) -> None:
    """Also the name of one that is revoked: the audit log means one system by it."""
    now, right = both.town.clock.now(), Wish("his", (_P.SCHEDULE_SEE,))
    assert isinstance(api_clients.create(both.db, right, actor="cli", now=now), ClientMade)
    api_clients.revoke(both.db, "his", None, actor="cli", now=now)
    assert api_clients.create(both.db, right, actor="cli", now=now) == ClientRefused("taken")
    over = Wish("kiosk", (_P.SCHEDULE_SEE,), expires_at=now)
    assert api_clients.create(both.db, over, actor="cli", now=now) == ClientRefused("expires_at")


def test_who_asks_too_often_is_told_when_to_come_again(stage: Stage) -> None:
    his, phone = stage.system(per_minute=3), stage.system(name="phone")
    assert [his.get("/departments").status_code for _ in range(4)] == [200, 200, 200, 429]
    told = his.get("/departments")
    assert problem(told) == (429, "too-many")
    assert 1 <= int(told.headers["Retry-After"]) <= 60
    assert phone.get("/departments").status_code == 200


@pytest.mark.parametrize(
    ("sent", "path", "reason"),
    [
        ({"text": 5}, "text", "应为文字"),
        ({}, "text", "缺少这个字段"),
        ({"text": "王小明", "name": "x"}, "name", "没有这个字段"),
        ({"text": "王"}, "text", "长度应 >= 2"),
        ({"text": "王小明\0"}, "text", "格式不对"),
        ({"text": "王小明", "reveal_reason": "curious"}, "reveal_reason", "不是可选的值"),
        ([], "", "应为对象"),
    ],
)
def test_a_wrong_field_is_named(stage: Stage, sent: object, path: str, reason: str) -> None:
    answer = stage.system().post("/patients/search", sent)
    assert problem(answer) == (400, "bad-field")
    assert answer.json["errors"] == [{"path": path, "reason": reason}]


def test_a_wrong_field_within_is_named_by_its_path(stage: Stage) -> None:
    child = person(guardian={"name": "王大明", "id_number": 7, "phone": "13800000000"})
    assert stage.system().post("/patients", child).json["errors"][0]["path"] == "guardian.id_number"
    rows = {"rows": [{"name": "王小明"}]}
    assert (
        stage.system(name="other").post("/discharges", rows).json["errors"][0]["path"] == "rows[0].id_number"
    )


def test_what_is_no_request_of_ours_is_told(stage: Stage) -> None:
    his = stage.system()
    client, headers = stage.app.test_client(), {"Authorization": f"Bearer {his.token}"}
    where = f"{PREFIX}/patients/search"
    for raw in (b"{", b"", b"\xff\xfe", b'{"text": "\\ud800"}', b"[" * 5000):
        answer = client.post(where, data=raw, headers=headers, content_type="application/json")
        assert problem(answer) in ((400, "bad-json"), (400, "bad-field")), raw
    form = client.post(where, data={"text": "x"}, headers=headers)
    assert problem(form) == (415, "not-json")
    large = client.post(
        where, data=json.dumps({"text": "x" * 70_000}), headers=headers, content_type="application/json"
    )
    assert problem(large) == (413, "too-large")
    assert problem(client.get(f"{PREFIX}/nowhere")) == (404, "not-found")
    assert problem(client.get(PREFIX)) == (404, "not-found")
    method = client.delete(f"{PREFIX}/departments", headers=headers)
    assert problem(method) == (405, "no-method")
    assert method.headers["Allow"] == "GET, HEAD"
    for path in (
        "/appointments/99999999999",
        "/appointments/x",
        "/appointments/0",
        "/patients/x/appointments",
    ):
        assert problem(his.get(path)) == (404, "not-found"), path
    for query in (
        {"limit": "x"},
        {"limit": "0"},
        {"unknown": "1"},
        {"department_id": "null"},
        {"free": "maybe"},
    ):
        assert problem(his.get("/clinics", **query)) == (400, "bad-parameter"), query
    assert problem(client.get(f"{PREFIX}/clinics?limit=1&limit=2", headers=headers)) == (400, "bad-parameter")


def test_addresses_elsewhere_are_not_ours(stage: Stage) -> None:
    assert stage.app.test_client().get("/nowhere").content_type.startswith("text/html")


def test_a_fault_is_numbered_and_tells_nothing(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("王小明 13800000001")

    stage.app.view_functions["api.openapi"] = broken
    answer = stage.app.test_client().get(f"{PREFIX}/openapi.json")
    assert problem(answer) == (500, "fault")
    assert "王小明" not in answer.text
    assert answer.json["instance"].rpartition(":")[2] in caplog.text


def test_a_full_disk_is_told_and_the_same_key_works_afterwards(stage: Stage) -> None:
    his, ticket = stage.system(), {"text": "排队太久。" * 800}
    with full(stage.db):
        answers = [his.post("/tickets", ticket, key=f"key-{n:04d}") for n in range(20)]
    assert problem(answers[-1]) == (503, "away")
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert his.post("/tickets", ticket, key="key-0019").status_code == 201


def test_old_keys_are_forgotten(both: Stage) -> None:
    both.system()
    client = api_clients.listing(both.db)[0].id
    assert api_requests.is_same(both.db, client, "key-0001", b"a" * 32)
    assert api_requests.is_same(both.db, client, "key-0001", b"a" * 32)
    assert not api_requests.is_same(both.db, client, "key-0001", b"b" * 32)
    both.town.clock.advance(api_requests.KEPT + timedelta(hours=1))
    assert api_requests.is_same(both.db, client, "key-0002", b"a" * 32)
    assert both.town.count(ApiRequest) == 1


def test_systems_do_not_share_their_keys(stage: Stage) -> None:
    first, second = stage.system(name="his"), stage.system(name="phone")
    for system, words in ((first, "排队太久"), (second, "停车难")):
        assert system.post("/tickets", {"text": words}, key="the-same-key").status_code == 201
    assert len(first.get("/tickets").json["items"]) == 2


def test_the_audit_log_names_the_system(stage: Stage) -> None:
    his: System = stage.system()
    his.post("/patients", person())
    assert (
        stage.town.count(AuditEntry, AuditEntry.actor == "api:his", AuditEntry.action == "patient.registered")
        == 1
    )


def test_who_tries_tokens_waits_and_a_good_token_does_not(both: Stage) -> None:
    his, client = both.system(_P.SCHEDULE_SEE), both.app.test_client()
    wrong = {"Authorization": "Bearer szk_" + "x" * 43}
    for _ in range(300):
        assert client.get(f"{PREFIX}/departments", headers=wrong).status_code == 401
    answer = client.get(f"{PREFIX}/departments", headers=wrong)
    assert problem(answer) == (429, "too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert his.get("/departments").status_code == 200
