"""Test controls of the stand-in: faults, limits, templates, what was called and posted.  Demo and tests only."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox import cards, faults
from bot.sandbox.core import Sandbox


def blueprint(sandbox: Sandbox) -> Blueprint:
    """``/_control/…``; JSON in and out."""
    site = Blueprint("control", __name__)

    @site.post("/faults")
    def plan_fault() -> tuple[Response, int]:
        given = _given()
        try:
            with sandbox.db.write() as con:
                faults.plan(con, str(given["api"]), given, int(given.get("times", 1)))
        except faults.BadFault as error:
            return jsonify(error=str(error)), 400
        return jsonify(ok=True), 200

    @site.delete("/faults")
    def clear_faults() -> Response:
        with sandbox.db.write() as con:
            con.execute("DELETE FROM faults")
        return jsonify(ok=True)

    @site.post("/limits")
    def limit() -> Response:
        """``{"api": …, "span": "day"|"minute", "n": 3}``"""
        given = _given()
        with sandbox.db.write() as con:
            con.execute(
                "INSERT INTO limits (api, span, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = excluded.n",
                (given["api"], given["span"], given["n"]),
            )
        return jsonify(ok=True)

    @site.post("/templates")
    def add_template() -> Response:
        """``{"id": …, "kind": "template"|"subscribe", "title": …, "fields": {"thing1": "科室"}, "lasting": true}``"""
        with sandbox.db.write() as con:
            cards.register(con, cards.read(_given()))
        return jsonify(ok=True)

    @site.delete("/templates/<template_id>")
    def take_template(template_id: str) -> Response:
        """Withdrawn by the platform: 40037 from now on."""
        with sandbox.db.write() as con:
            con.execute("DELETE FROM templates WHERE id = ?", (template_id,))
        return jsonify(ok=True)

    @site.post("/events")
    def post_event() -> Response:
        """``{"openid": …, "event": "user_authorization_cancellation", "fields": {…}}``: any event at all."""
        given = _given()
        fields = {"MsgType": "event", "Event": str(given["event"]), **given.get("fields", {})}
        with sandbox.work() as work:
            post = work.post(str(given["openid"]), fields, visible=False)
        return jsonify(post=post)

    @site.post("/patients/<openid>")
    def change_patient(openid: str) -> Response:
        """``{"blocks_pushes": true}``: the user switched the account's notices off."""
        with sandbox.db.write() as con:
            con.execute(
                "UPDATE patients SET blocks_pushes = ? WHERE openid = ?",
                (bool(_given()["blocks_pushes"]), openid),
            )
        return jsonify(ok=True)

    @site.post("/tokens/revoke")
    def revoke_tokens() -> Response:
        """Another program forced a refresh: every token out there is dead."""
        with sandbox.db.write() as con:
            con.execute("UPDATE tokens SET revoked = 1")
        return jsonify(ok=True)

    @site.post("/repeat")
    def repeat() -> Response:
        """``{"post": id, "copies": 3}``: the platform asks again, with the same MsgId, all at once."""
        given = _given()
        sandbox.courier.repeat(int(given["post"]), int(given.get("copies", 1)))
        return jsonify(ok=True)

    @site.get("/calls")
    def calls() -> Response:
        """The API calls so far, newest last; ``?api=`` for one of them."""
        return _rows("SELECT * FROM calls WHERE ? IN ('', api) ORDER BY id", request.args.get("api", ""))

    @site.get("/posts")
    def posts() -> Response:
        """What was posted to the webhook and what became of it; ``?openid=`` for one user."""
        return _rows(
            "SELECT * FROM posts WHERE ? IN ('', openid) ORDER BY id", request.args.get("openid", "")
        )

    @site.get("/consents")
    def consents() -> Response:
        """What is left of a user's consents: ``?openid=``."""
        return _rows("SELECT * FROM consents WHERE openid = ?", request.args["openid"])

    @site.get("/assistant")
    def orders() -> Response:
        """就医助手's messages of one episode: ``?order=``."""
        return _rows("SELECT * FROM assistant WHERE order_id = ? ORDER BY rowid", request.args["order"])

    @site.get("/attempts")
    def attempts() -> Response:
        """Each try of one post: ``?post=``."""
        return _rows("SELECT status, ms FROM attempts WHERE post_id = ? ORDER BY id", request.args["post"])

    @site.post("/reset")
    def reset() -> Response:
        sandbox.db.wipe()
        return jsonify(ok=True)

    def _rows(query: str, arg: str) -> Response:
        with sandbox.db.read() as con:
            return jsonify([dict(row) for row in con.execute(query, (arg,))])

    return site


def _given() -> Mapping[str, Any]:
    given = request.get_json()
    return given if isinstance(given, dict) else {}
