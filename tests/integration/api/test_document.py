"""The document says what the API does: every route, every permission, every way of failing."""

import re
from typing import Any

import jsonschema_rs
import pytest

from bot.domain.roles import Permission
from bot.web.api.document import document
from bot.web.api.operations import Operation
from bot.web.api.problems import KINDS
from tests.integration.api.conftest import PREFIX, Stage

PUBLIC = {("/openapi.json", "GET"), ("/docs", "GET"), ("/static/{filename}", "GET")}


def told(stage: Stage) -> Any:
    return stage.app.test_client().get(f"{PREFIX}/openapi.json").json


def test_every_route_is_in_the_document(stage: Stage) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(PREFIX), method)
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(path, method.upper()) for path, methods in told(stage)["paths"].items() for method in methods}
    assert routes - listed == PUBLIC
    assert listed <= routes


def test_the_document_is_openapi_and_tells_no_secret(stage: Stage) -> None:
    token = stage.token()
    whole = told(stage)
    assert whole["openapi"].startswith("3.1")
    names = [operation["operationId"] for path in whole["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(stage.api.operations)
    for schema in whole["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    assert token not in stage.app.test_client().get(f"{PREFIX}/openapi.json").text
    references = set(re.findall(r"#/components/schemas/(\w+)", str(whole)))
    assert references <= set(whole["components"]["schemas"])


def test_every_kind_of_problem_is_some_operations(stage: Stage) -> None:
    used = {kind for operation in stage.api.operations for kind in operation.may_fail}
    assert set(KINDS) - used == {"bad-request", "no-method"}, "nothing answers with these"
    assert used <= set(KINDS)


def address(operation: Operation) -> str:
    """Where each thing it names is not there."""
    names = {"patient_id": "0" * 32, "staff_no": "zz", "day": "2026-11-30", "period": "am"}
    return re.sub(r"<(\w+)>", lambda found: names.get(found[1], "999999"), operation.rule)


@pytest.mark.parametrize("held", Permission)
def test_each_permission_opens_its_operations_only(stage: Stage, held: Permission) -> None:
    """Every permission on every operation; where a body is wanted an empty one is wrong, but not forbidden."""
    system = stage.system(held)
    wrong = []
    for operation in stage.api.operations:
        sent = None if operation.body is None else {"nobody": "knows this"}
        status = system._send(operation.method, address(operation), sent, "some-key-1").status_code
        if (status == 403) != (operation.permission is not held) or status >= 500:
            wrong.append((operation.name, status))
    assert wrong == []


def test_nothing_is_told_without_a_token(stage: Stage) -> None:
    client = stage.app.test_client()
    for operation in stage.api.operations:
        answer = client.open(PREFIX + address(operation), method=operation.method)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json"), operation.name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_what_acts_is_not_opened_by_seeing(stage: Stage) -> None:
    for operation in stage.api.operations:
        if operation.keyed or operation.method == "PUT":
            assert not operation.permission.reads, operation.name
        if operation.method == "GET":
            assert operation.permission.reads, operation.name


def test_the_page_names_every_operation_and_loads_nothing_from_elsewhere(stage: Stage) -> None:
    page = stage.app.test_client().get(f"{PREFIX}/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for operation in stage.api.operations:
        assert f"{operation.method} {operation.path}" in page.text
    for kind in KINDS:
        assert f"<code>{kind}</code>" in page.text
    assert not re.search(r"https?://|<script|style=", page.text)


def test_a_document_of_nothing_is_a_document() -> None:
    assert document([])["paths"] == {}
