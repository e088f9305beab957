"""``/f/TOKEN``: the questionnaire's page.  Plain forms do everything; the script only saves between two taps."""

import logging

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as Answer

from bot.domain.survey import SurveyState
from bot.questionnaires.evaluate import questions
from bot.services.hospital import Hospital
from bot.services.surveys.links import PATH, Keys, Link
from bot.web.survey import texts
from bot.web.survey.desk import Begun, Desk, Over, Result, Shown
from bot.web.survey.sheet import sheet

log = logging.getLogger(__name__)

LIMIT = 64 * 1024
"""Bytes of a request: ten times the longest questionnaire."""
_STATUS = {"unknown": 404, "large": 413, "trouble": 503}
"""Of a page that says why there is nothing to answer; the others are gone (410)."""
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def blueprint(hospital: Hospital, keys: Keys) -> Blueprint:
    """``keys`` sign the links and the sheets."""
    desk = Desk(hospital, keys)
    site = Blueprint(
        "survey", __name__, url_prefix=PATH.rstrip("/"), template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip

    @site.get("/<token>")
    def show(token: str) -> Answer:
        link = desk.link(token)
        if isinstance(link, Over):
            return _answer(desk, token, link)
        return _answer(desk, token, desk.look(link, editing="edit" in request.args))

    @site.post("/<token>")
    def take(token: str) -> Answer:
        request.max_content_length = LIMIT
        link = desk.link(token)
        return _answer(desk, token, link if isinstance(link, Over) else _taken(desk, token, link))

    @site.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Answer:
        return _closed(desk, "large")

    @site.errorhandler(Exception)
    def trouble(error: Exception) -> Answer:
        """Whoever answers is told that nothing was kept, never a stack trace."""
        if isinstance(error, HTTPException) and (error.code or 500) < 500:
            return _closed(desk, "unknown", error.code)
        log.exception("survey.page_failed method=%s", request.method)
        return _closed(desk, "trouble")

    @site.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key to the answers
        if request.endpoint != "survey.static":
            response.headers["Cache-Control"] = "no-store"
        return response

    return site


def _taken(desk: Desk, token: str, link: Link) -> Result:
    posted = request.form.to_dict(flat=False)
    do = request.form.get("do", "save")
    if do in ("start", "stop"):
        if request.form.get("stamp") != desk.stamp(token, 0):
            return desk.look(link)
        return desk.stop(link) if do == "stop" else desk.start(link, request.form.get("author", ""))
    return desk.keep(link, token, posted, do)


def _answer(desk: Desk, token: str, result: Result) -> Answer:
    match result:
        case Over(why=why):
            return _closed(desk, why)
        case Begun():
            return redirect(request.path, 303)
        case Shown(view=view) if view.state is SurveyState.OFFERED:
            count = len(questions(view.form, {}))
            return _page(desk, "consent", view=view, stamp=desk.stamp(token, 0), count=count)
        case Shown() as shown if shown.done and not shown.editing:
            return _page(
                desk, "thanks", view=shown.view, note=shown.note, advice=shown.advice,
                correctable=desk.correctable(shown.view),
            )  # fmt: skip
        case shown:
            return _sheet(desk, token, shown)


def _sheet(desk: Desk, token: str, shown: Shown) -> Answer:
    view = shown.view
    drawn = sheet(view, shown.read, answers=view.filling.answers if shown.newer else None)
    status = 409 if shown.newer else 422 if shown.final else 200
    return _page(
        desk, "sheet", status, view=view, sheet=drawn, stamp=desk.stamp(token, view.revision), note=shown.note,
        advice=shown.advice, saved=shown.saved, final=shown.final, done=shown.done,
        summary=texts.summary(len(drawn.problems)),
    )  # fmt: skip


def _closed(desk: Desk, why: str, status: int | None = None) -> Answer:
    title, words = texts.CLOSED.get(why, texts.CLOSED["unknown"])
    return _page(desk, "closed", status or _STATUS.get(why, 410), title=title, words=words)


def _page(desk: Desk, name: str, status: int = 200, **facts: object) -> Answer:
    html = render_template(f"survey/{name}.html", hospital=desk.name, phone=desk.phone, **facts)
    return Response(html, status, content_type="text/html; charset=utf-8")
