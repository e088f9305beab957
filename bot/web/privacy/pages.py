"""``/my/TOKEN``: asks for the number's end, then shows everything, to be read, printed or kept as a file."""

import json
import logging

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException

from bot.services.hospital import Hospital
from bot.services.rights import links, opening
from bot.services.rights.copying import Copy
from bot.services.rights.links import PATH, Keys
from bot.services.rights.opening import Closed, Waits
from bot.web.privacy import texts

log = logging.getLogger(__name__)

LIMIT = 4 * 1024
"""Bytes of a request: four characters and a stamp."""
FILE_MINUTES = 15
"""So long after the page was opened the file beside it can be fetched."""
ACTOR = "page:privacy"
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def blueprint(hospital: Hospital, keys: Keys) -> Blueprint:
    site = Blueprint("privacy", __name__, url_prefix=PATH.rstrip("/"), template_folder="templates")

    @site.get("/<token>")
    def show(token: str) -> Response:
        number = links.read_token(keys, token)
        if number is None:
            return _closed(hospital, "unknown")
        with hospital.db.read() as uow:
            found = opening.look(uow, hospital.acting(ACTOR), number)
        return _answer(hospital, keys, number, found)

    @site.post("/<token>")
    def take(token: str) -> Response:
        request.max_content_length = LIMIT
        number = links.read_token(keys, token)
        if number is None:
            return _closed(hospital, "unknown")
        context, stamp = hospital.acting(ACTOR), request.form.get("stamp", "")
        if stamp:
            return _file(hospital, keys, number, stamp)
        tail = request.form.get("tail", "")[:20]
        found = hospital.db.run(lambda uow: opening.try_(uow, context, number, tail))
        return _answer(hospital, keys, number, found)

    @site.errorhandler(Exception)
    def trouble(error: Exception) -> Response:
        """Whoever looks is told, and never sees a stack trace."""
        if isinstance(error, HTTPException) and (error.code or 500) < 500:
            return _closed(hospital, "unknown", error.code)
        log.exception("privacy.page_failed method=%s", request.method)
        return _closed(hospital, "trouble", 503)

    @site.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is half of the key
        response.headers["Cache-Control"] = "no-store"
        return response

    return site


def _answer(hospital: Hospital, keys: Keys, number: int, found: Closed | Waits | Copy) -> Response:
    match found:
        case Closed(why=why):
            return _closed(hospital, why)
        case Waits():
            return _page(hospital, "ask", 422 if found.wrong else 200, waits=found, words=texts)
        case Copy():
            stamp = links.stamp(keys, number, _now(hospital) + FILE_MINUTES * 60)
            days = hospital.settings.inbox_days
            return _page(hospital, "copy", copy=found, stamp=stamp, days=days, words=texts)


def _file(hospital: Hospital, keys: Keys, number: int, stamp: str) -> Response:
    context = hospital.acting(ACTOR)
    if not links.read_stamp(keys, number, stamp, _now(hospital)):
        with hospital.db.read() as uow:
            return _answer(hospital, keys, number, opening.look(uow, context, number))
    found = hospital.db.run(lambda uow: opening.again(uow, context, number))
    if isinstance(found, Closed):
        return _closed(hospital, found.why)
    body = json.dumps(found.as_json(hospital.settings.hospital_name), ensure_ascii=False, indent=1)
    response = Response(body, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return response


def _closed(hospital: Hospital, why: str, status: int | None = None) -> Response:
    title, words = texts.CLOSED.get(why, texts.CLOSED["unknown"])
    return _page(hospital, "closed", status or (404 if why == "unknown" else 410), title=title, words=words)


def _page(hospital: Hospital, name: str, status: int = 200, **facts: object) -> Response:
    settings = hospital.settings
    html = render_template(
        f"privacy/{name}.html", hospital=settings.hospital_name, phone=settings.hospital_phone, **facts
    )
    return Response(html, status, content_type="text/html; charset=utf-8")


def _now(hospital: Hospital) -> int:
    return int(hospital.clock.now().timestamp())
