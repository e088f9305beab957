"""The phone page ``/phone`` and the small JSON API behind it; the Python `Patient` speaks the same API."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from bot.clock import BadTime, DemoClock, parse_moment, parse_span
from bot.sandbox import bubbles, cards, patients
from bot.sandbox.api import qrcode
from bot.sandbox.core import Sandbox, Work
from bot.sandbox.sms import shown

MAX_TEXT = 5000
_LARGEST = 2**63 - 1
"""Of SQLite's integers."""
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def blueprint(sandbox: Sandbox) -> Blueprint:
    """Page, state and actions."""
    site = Blueprint("phone", __name__)

    @site.get("", strict_slashes=False)
    def page() -> Response:
        response = Response(render_template("phone.html", name=sandbox.account.name))
        response.headers["Content-Security-Policy"] = _CSP
        return response

    @site.get("/api/state")
    def state() -> Response:
        """Everything the page shows; asked for once a second."""
        sandbox.courier.adopt()
        with sandbox.db.read() as con:
            people = con.execute(
                "SELECT openid, nickname, following, followed_at IS NOT NULL AS met,"
                " (SELECT max(id) FROM bubbles b WHERE b.openid = p.openid AND side = 'account') AS last"
                " FROM patients p ORDER BY rowid"
            ).fetchall()
            menu = con.execute("SELECT body, version FROM menu").fetchone()
            scenes = con.execute("SELECT DISTINCT scene FROM qrcodes ORDER BY rowid DESC LIMIT 8").fetchall()
            texts = shown.newest(con)
            offered = cards.offered(con, request.args.get("openid", ""))
        return jsonify(
            account=sandbox.account.name,
            clock=_clock(sandbox),
            menu=json.loads(menu["body"]) | {"version": menu["version"]} if menu else None,
            scenes=[row["scene"] for row in scenes],
            patients=[dict(row) for row in people],
            sms=texts,
            subscriptions=offered,
            chat=_chat(sandbox),
        )

    @site.get("/api/sms")
    def sms() -> Response:
        with sandbox.db.read() as con:
            return jsonify(shown.newest(con, request.args.get("phone", "")))

    @site.get("/api/chat")
    def chat() -> Response:
        sandbox.courier.adopt()
        return jsonify(_chat(sandbox))

    @site.get("/media/<media_id>")
    def media(media_id: str) -> Response:
        with sandbox.db.read() as con:
            row = con.execute("SELECT mime, data FROM media WHERE id = ?", (media_id,)).fetchone()
        return Response(row["data"], mimetype=row["mime"]) if row else Response(status=404)

    @site.post("/api/<action>")
    def act(action: str) -> tuple[Response, int]:
        given = request.get_json()
        if not isinstance(given, dict):
            return jsonify(error="请求不是 JSON 对象"), 400
        try:
            return jsonify(_act(sandbox, action, given)), 200
        except (patients.NotPossible, BadTime) as problem:
            return jsonify(error=str(problem)), 409

    @site.after_request
    def headers(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return site


def _act(sandbox: Sandbox, action: str, given: dict[str, Any]) -> dict[str, Any]:
    if action == "clock":
        return _move(sandbox, given)
    with sandbox.work() as work:
        if action == "patients":
            return {"openid": patients.create(work, str(given.get("nickname") or "新患者")[:20])}
        post = _do(work, action, str(given.get("openid", "")), given)
    return {"post": post}


def _do(work: Work, action: str, openid: str, given: dict[str, Any]) -> int | None:
    words = {key: str(value) for key, value in given.items() if isinstance(value, str | int)}
    match action:
        case "open":
            return patients.meet(work, openid)
        case "say":
            text = words.get("text", "")
            if not text.strip() or len(text) > MAX_TEXT:
                raise patients.NotPossible(f"消息要有内容，且不超过 {MAX_TEXT} 字")
            return patients.say(work, openid, text, menu_id=words.get("menu_id", ""))
        case "send":
            return patients.send(work, openid, words.get("kind", ""), words, request.host_url.rstrip("/"))
        case "menu":
            return patients.menu(work, openid, words.get("type", "click"), words.get("key", ""))
        case "scan":
            scene = words.get("scene", "").strip()
            if given.get("make", True):
                _print_code(work, scene)
            return patients.scan(work, openid, scene)
        case "follow":
            return patients.follow(work, openid)
        case "unfollow":
            return patients.unfollow(work, openid)
        case "consent":
            return patients.consent(work, openid, _answers(given), long_term=bool(given.get("long_term")))
        case "switch_off":
            return patients.switch_off(work, openid, words.get("template_id", ""))
    raise patients.NotPossible(f"没有这个操作：{action}")


def _answers(given: dict[str, Any]) -> dict[str, bool]:
    """``answers`` by template, or the one of ``template_id``."""
    answers = given.get("answers")
    if not isinstance(answers, dict):
        answers = {str(given.get("template_id", "")): given.get("accept", True)}
    found = {str(template): bool(accepted) for template, accepted in answers.items() if template}
    if not found:
        raise patients.NotPossible("没有可以订阅的通知")
    return found


def _print_code(work: Work, scene: str) -> None:
    """A code somebody wants to scan but the hospital has not made yet."""
    if not 1 <= len(scene) <= 64:
        raise patients.NotPossible("场景值应为 1 到 64 个字符")
    if work.con.execute("SELECT 1 FROM qrcodes WHERE scene = ?", (scene,)).fetchone() is None:
        qrcode.keep(work, scene, None)


def _chat(sandbox: Sandbox) -> dict[str, Any]:
    openid = request.args.get("openid", "")
    with sandbox.db.read() as con:
        open_posts = con.execute(
            "SELECT id FROM posts WHERE openid = ? AND visible AND state != 'done'", (openid,)
        ).fetchall()
        latest = min(request.args.get("after", 0, type=int), _LARGEST)
        found = bubbles.after(con, openid, latest)
    for bubble in found:
        bubble["at"] = datetime.fromtimestamp(bubble["at"], UTC).isoformat(timespec="seconds")
    return {"openid": openid, "waiting": [row["id"] for row in open_posts], "bubbles": found}


def _clock(sandbox: Sandbox) -> dict[str, Any]:
    now = sandbox.clock.now()
    moved = sandbox.clock.offset.total_seconds() if isinstance(sandbox.clock, DemoClock) else None
    return {"now": now.isoformat(timespec="milliseconds"), "moved": moved}


def _move(sandbox: Sandbox, given: dict[str, Any]) -> dict[str, Any]:
    clock = sandbox.clock
    if not isinstance(clock, DemoClock):
        raise patients.NotPossible("这里的时钟不能调")
    if "advance" in given:
        clock.advance(parse_span(str(given["advance"])))
    elif "set" in given:
        clock.set(parse_moment(str(given["set"])))
    else:
        clock.reset()
    return _clock(sandbox)
