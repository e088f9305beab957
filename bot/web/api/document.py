"""The OpenAPI 3.1 document, from the operations and their structs; and the page that shows it to people."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from flask import Response, render_template

from bot.web.api.api import Api
from bot.web.api.operations import PATHS, Operation
from bot.web.api.problems import KINDS, MEDIA, PREFIX, TYPES, finished
from bot.web.api.shapes.problems import ProblemDetails

_REFERENCE = "#/components/schemas/{name}"
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "每件事一个新的键（例如 UUID）。网络断了用同一个键重发，不会办两次。",
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z._:-]{8,64}$"},
}
_WORDS = {
    "path": "地址", "query": "参数", "header": "请求头",
    "integer": "整数", "string": "文字", "boolean": "true 或 false",
    "number": "数字", "null": "null", "date": "日期", "date-time": "时间", "time": "时刻",
}  # fmt: skip
"""For the page."""
_ABOUT = (
    "医院信息系统、电话中心等用的接口：和控制台办的是同样的事，守同样的规则。每个系统一个令牌，"
    "由管理员在 管理 → 系统接口 发放，只显示一次。时间都带时区；钱都以分为单位；身份信息默认遮盖。"
)


def install(api: Api) -> None:
    @lru_cache(maxsize=1)
    def whole() -> Mapping[str, Any]:
        return document(api.operations)

    @api.site.get("/openapi.json", provide_automatic_options=False)
    def openapi() -> Response:
        """Public: it holds no secret."""
        return finished(Response(msgspec.json.encode(whole()), content_type="application/json"))

    @api.site.get("/docs", provide_automatic_options=False)
    def docs() -> Response:
        page = render_template(
            "api/docs.html", document=whole(), kinds=KINDS, types=TYPES, prefix=PREFIX, words=_WORDS
        )
        response = finished(Response(page, content_type="text/html; charset=utf-8"))
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        return response


def document(operations: Sequence[Operation]) -> Mapping[str, Any]:
    types = [each for operation in operations for each in (operation.body, operation.answer) if each]
    types = list(dict.fromkeys([ProblemDetails, *types]))
    references, schemas = _named(*msgspec.json.schema_components(types, ref_template=_REFERENCE))
    known = dict(zip(types, references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, known)
    tags = dict.fromkeys(operation.tag for operation in operations)
    return {
        "openapi": "3.1.0",
        "info": {"title": "随诊接口", "version": "1.0", "description": _ABOUT},
        "servers": [{"url": PREFIX}],
        "tags": [{"name": tag} for tag in tags],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "szk_…"}},
        },
    }


def _named(references: Any, schemas: Any) -> tuple[Any, Any]:
    """Lists as people would call them: ``ClinicList``, not ``Listed_Clinic_``."""
    told = re.sub(rb"Listed(?:_(\w+)_|\[(\w+)\])", _list, msgspec.json.encode([references, schemas]))
    references, schemas = msgspec.json.decode(told)
    return references, schemas


def _list(found: re.Match[bytes]) -> bytes:
    return (found[1] or found[2]) + b"List"


def _operation(operation: Operation, known: Mapping[Any, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _described(operation),
        "tags": [operation.tag],
        "x-permission": operation.permission.value,
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): {
                "description": operation.summary,
                "content": {"application/json": {"schema": known[operation.answer]}},
            },
            **_failures(operation, known[ProblemDetails]),
        },
    }
    if operation.body is not None:
        content = {"application/json": {"schema": known[operation.body]}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _described(operation: Operation) -> str:
    also = f"；不遮盖时另要 `{operation.also}`" if operation.also else ""
    needs = f"需要权限 `{operation.permission}`{also}。"
    return f"{operation.note}\n\n{needs}" if operation.note else needs


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    named = [_parameter(name, "path", PATHS[name], required=True) for name in operation.named]
    fields = msgspec.structs.fields(operation.query)
    asked = [_parameter(each.name, "query", each.type, required=each.required) for each in fields]
    return [*named, *asked, *([_KEY] if operation.keyed else [])]


def _parameter(name: str, where: str, kind: Any, *, required: bool) -> dict[str, Any]:
    schema = _inline(kind)
    told = {"name": name, "in": where, "required": required, "schema": schema}
    if "description" in schema:
        told["description"] = schema.pop("description")
    return told


def _inline(kind: Any) -> dict[str, Any]:
    """An address has no null: what may be left out has the schema of what may be there."""
    schema = msgspec.json.schema(kind)
    if "$ref" in schema:
        schema = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    options = [each for each in schema.pop("anyOf", []) if each.get("type") != "null"]
    for option in options:
        schema.update(option)
    return schema


def _failures(operation: Operation, problem: Any) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for name in operation.may_fail:
        by_status.setdefault(KINDS[name].status, []).append(name)
    return {
        str(status): {
            "description": "；".join(f"{name} {KINDS[name].title}" for name in names),
            "content": {MEDIA: {"schema": problem}},
        }
        for status, names in sorted(by_status.items())
    }
