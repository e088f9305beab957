"""Test controls of the SMS operator.  Demo and tests only; faults and limits of the API ``sms`` are planned with
the controls of the WeChat stand-in."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.sms.views import SmsSandbox


def blueprint(sandbox: SmsSandbox) -> Blueprint:
    """``/_control/…``; JSON in and out."""
    site = Blueprint("sms_control", __name__)

    @site.post("/templates")
    def template() -> Response:
        """``{"code": "SMS_1", "text": "您已挂号：{patient}", "approved": true}``"""
        given = _given()
        row = (given["code"], given.get("text", ""), bool(given.get("approved", True)))
        _write("INSERT OR REPLACE INTO sms_templates (code, text, approved) VALUES (?, ?, ?)", row)
        return jsonify(ok=True)

    @site.post("/fates")
    def fate() -> Response:
        """``{"phone": "138…"|"*", "stage": "send"|"report"|"hold", "reason": "balance"|"MK:0001", "times": 1}``

        What happens to a number: refused when it is sent to, reported as undelivered, its reports held back.
        Without ``times`` it stays so.
        """
        given = _given()
        row = (given["phone"], given["stage"], given.get("reason") or "held", int(given.get("times", -1)))
        _write("INSERT INTO sms_fates (phone, stage, reason, left_over) VALUES (?, ?, ?, ?)", row)
        return jsonify(ok=True)

    @site.delete("/fates")
    def clear() -> Response:
        _write("DELETE FROM sms_fates", ())
        return jsonify(ok=True)

    @site.post("/release")
    def release() -> Response:
        """``{"reversed": true, "copies": 2, "together": true}``: post what was held back, as asked."""
        given = _given()
        with sandbox.db.write() as con:
            rows = con.execute("UPDATE sms_reports SET held = 0 WHERE held RETURNING id").fetchall()
        ids = sorted((int(row[0]) for row in rows), reverse=bool(given.get("reversed")))
        for _ in range(int(given.get("copies", 1))):
            for batch in [ids] if given.get("together") else [[each] for each in ids]:
                sandbox.postman.deliver(batch)
        return jsonify(released=len(ids))

    @site.post("/repeat")
    def repeat() -> Response:
        """``{"sms": 3, "copies": 2}``: its report once more, all at once."""
        given = _given()
        with sandbox.db.read() as con:
            rows = con.execute("SELECT id FROM sms_reports WHERE sms_id = ?", (int(given["sms"]),)).fetchall()
        for _ in range(int(given.get("copies", 1))):
            sandbox.postman.submit([int(row[0]) for row in rows])
        return jsonify(ok=True)

    @site.get("/sms")
    def listed() -> Response:
        """What was sent, and what became of its reports; ``?phone=`` for one number."""
        with sandbox.db.read() as con:
            rows = con.execute(
                "SELECT s.*, r.ok, r.reason, r.held, r.tries, r.answer FROM sms s LEFT JOIN sms_reports r"
                " ON r.sms_id = s.id WHERE ? IN ('', s.phone) ORDER BY s.id",
                (request.args.get("phone", ""),),
            ).fetchall()
        return jsonify([dict(row) for row in rows])

    def _write(statement: str, row: tuple[object, ...]) -> None:
        with sandbox.db.write() as con:
            con.execute(statement, row)

    return site


def _given() -> Mapping[str, Any]:
    given = request.get_json()
    return given if isinstance(given, dict) else {}
