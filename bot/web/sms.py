"""Where SMS vendors report what became of an SMS.  They sign nothing: who knows the address is believed."""

import hmac
import logging
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, jsonify, request

from bot.channels.base import Refusal
from bot.channels.sms.reports import Format, Report, read
from bot.channels.sms.road import SmsRoad
from bot.services import receipts
from bot.store.db import Database
from bot.web.bodies import limited

log = logging.getLogger(__name__)

LIMIT = 1024 * 1024
"""Bytes of a request: a thousand reports."""


def blueprint(form: Format | None, secret: str, record: Callable[[Sequence[Report]], None]) -> Blueprint:
    """``form``: how the vendor of the settings writes, never what the request looks like.  ``record`` takes the
    same report any number of times, and either before or after its message is known to have been sent."""
    routes = Blueprint("sms_receipts", __name__)

    @routes.post("/sms/<given>/receipts")
    def receive(given: str) -> tuple[Response, int]:
        if form is None or not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            return jsonify(error="not found"), 404
        try:
            reports = read(form, limited(request, LIMIT))
        except Refusal as refusal:
            log.warning("sms.refused reason=%r status=%d", refusal.reason, refusal.status)
            return jsonify(error="refused"), refusal.status
        record(reports)
        log.info("sms.reports count=%d failed=%d", len(reports), sum(not report.ok for report in reports))
        return jsonify(form.answer), 200

    return routes


def recorder(db: Database) -> Callable[[Sequence[Report]], None]:
    """Into the database, in one transaction: a vendor sends a request again as a whole.  In one order: two requests
    that tell of the same messages must not wait for each other."""

    def record(told: Sequence[Report]) -> None:
        ordered = sorted(told, key=lambda one: one.platform_id)
        reports = [receipts.Report(SmsRoad.name, one.platform_id, one.ok, one.reason) for one in ordered]
        db.run(lambda uow: [receipts.record(uow, report) for report in reports])

    return record
