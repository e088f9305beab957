"""The API over HTTP: faults, method, body, token, quota, then the function; always JSON with an errcode."""

import json
import re
import time
from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any

from flask import Blueprint, Response, request

from bot.sandbox import faults, quota
from bot.sandbox.api import APIS, token
from bot.sandbox.api.call import Api, Call, Upload
from bot.sandbox.core import Sandbox
from bot.sandbox.errors import ApiError

_ESCAPED = re.compile(rb"\\u(?!00[01])[0-9a-fA-F]{4}")
_KEPT_CALLS = 2000


def blueprint(sandbox: Sandbox) -> Blueprint:
    """The API of `WECHAT_API_BASE`."""
    site = Blueprint("api", __name__)

    @site.post("/cityservice/<name>")
    def city(name: str) -> Response:
        return call(f"cityservice/{name}")

    @site.route("/cgi-bin/<path:path>", methods=["GET", "POST"])
    def call(path: str) -> Response:
        api = APIS.get(path)
        if api is None:
            return _json(ApiError(40066).answer(), 404)
        fault = faults.take(sandbox.db, path)
        if fault.delay:
            time.sleep(fault.delay)
        broken = fault.errcode or fault.http or fault.drop
        answer = _run(sandbox, path, api) if fault.after or not broken else {}
        return _broken(sandbox, path, fault) if broken else _json(answer)

    return site


def _run(sandbox: Sandbox, path: str, api: Api) -> dict[str, Any]:
    """A refused call leaves nothing behind but its count and its line in the log."""
    body: dict[str, Any] = {}
    with sandbox.work() as work:
        try:
            if request.method != api.method:
                raise ApiError(43002 if api.method == "POST" else 47001)
            body, upload = _body()
            call = Call(work, request.args, body, upload)
            if api.needs_token:
                token.check(call)
            quota.spend(work.con, path, work.now, daily=api.daily)
            answer = _effect(call, api)
        except ApiError as error:
            answer = error.answer()
        _log(work.con, path, work.now, body, int(answer.get("errcode", 0)))
    return answer


def _effect(call: Call, api: Api) -> dict[str, Any]:
    """All of the call or nothing of it."""
    call.work.con.execute("SAVEPOINT effect")
    try:
        return api.run(call)
    except ApiError:
        call.work.con.execute("ROLLBACK TO effect")
        call.work.posts.clear()
        raise


def _log(con: Connection, path: str, now: float, body: dict[str, Any], errcode: int) -> None:
    shown = {key: value for key, value in body.items() if key != "secret"}
    row = con.execute(
        "INSERT INTO calls (api, at, body, errcode) VALUES (?, ?, ?, ?) RETURNING id",
        (path, now, json.dumps(shown, ensure_ascii=False), errcode),
    ).fetchone()
    con.execute("DELETE FROM calls WHERE id <= ?", (row[0] - _KEPT_CALLS,))


def _body() -> tuple[dict[str, Any], Upload | None]:
    if request.method == "GET":
        return {}, None
    if request.mimetype == "multipart/form-data":
        media = request.files.get("media")
        return {}, Upload(media.mimetype, media.read(2_000_000)) if media else None
    raw = request.get_data()
    if not raw:
        raise ApiError(44002)
    if _ESCAPED.search(raw):
        raise ApiError(40033)  # Chinese must be sent as UTF-8
    try:
        body = json.loads(raw)
    except ValueError:
        raise ApiError(47001) from None
    if not isinstance(body, dict):
        raise ApiError(47001)
    return body, None


def _broken(sandbox: Sandbox, path: str, fault: faults.Fault) -> Response:
    if not fault.after:
        with sandbox.db.write() as con:
            _log(con, path, sandbox.clock.now().timestamp(), {}, fault.errcode or -1)
    if fault.errcode:
        return _json(ApiError(fault.errcode).answer())
    if fault.http:
        return Response("<html>upstream error</html>", fault.http, mimetype="text/html")
    return Response(_cut(), headers={"Content-Length": "1000"}, mimetype="application/json")


def _cut() -> Iterator[bytes]:
    """Less than was promised: the client sees the connection end inside the answer."""
    yield b'{"errc'


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False), status, mimetype="application/json")
