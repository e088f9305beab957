"""Pages from templates: what all of them know, the parts htmx asks for, files with their version."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, g, make_response, render_template, request, url_for

from bot.web.console import browser, pages
from bot.web.console.console import Console
from bot.web.console.pages import Page
from bot.web.console.words import FILTERS, day, moment

STOP_ASKING = 286
"""The status after which a part of a page that renews itself asks htmx for no more of it."""
_STATIC = Path(__file__).parent / "static"


def install(console: Console) -> None:
    """Filters, and what every template may use."""

    @console.site.record_once
    def filters(state: Any) -> None:
        for name, filter_ in FILTERS.items():
            state.app.jinja_env.filters[f"c_{name}"] = filter_
        for dated in (day, moment):
            state.app.jinja_env.filters[f"c_{dated.__name__}"] = lambda value, dated=dated: dated(
                value, console.clock.now()
            )

    @console.site.context_processor
    def known() -> dict[str, Any]:
        token = g.get("console_token") or console.browser.token(request)
        viewer = g.get("console_viewer")
        page: Page | None = g.get("console_page")
        page = pages.looks_like(console.pages, page) if page else None
        ready = viewer is not None and console.next_step(viewer) is None
        return {
            "me": viewer,
            "ready": ready,
            "page": page,
            "nav": pages.navigation(console.pages, viewer) if ready else [],
            "trail": pages.trail(console.pages, page) if page else [],
            "csrf_token": browser.csrf(token),
            "back": console.back,
            "noted": browser.noted(request),
            "now": console.clock.now(),
            "hospital": console.settings.hospital_name,
            "asset": asset,
            "may": lambda permission: viewer is not None and permission in viewer.permissions,
            "came_from": console.back,
            "link": lambda name, **where: pages.address(console.pages, viewer, name, **where),
        }

    @console.site.after_request
    def headers(response: Response) -> Response:
        console.browser.dress(response)
        if request.endpoint == "console.static":
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            return response
        response.headers.add("Vary", "HX-Request, Cookie")
        shown = response.mimetype == "text/html" and response.status_code not in (301, 302, 303)
        if shown and response.get_data() and browser.noted(request):
            browser.unnote(response)
        return response


def render(template: str, *, part: str = "", status: int = 200, **known: Any) -> Response:
    """The page ``console/<template>``; where htmx asks, only its ``part``."""
    asked = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
    name = f"console/{part if part and asked else template}"
    return make_response(render_template(name, opened_on=_opened_on(status), **known), status)


def _opened_on(status: int) -> str:
    """The version that came with a form which only comes back to be mended, or looked at: had it the newest, who
    sends it again would overwrite what they never saw.  A 409 shows the newest."""
    page: Page | None = g.get("console_page")
    comes_back = status == 422 or (page is not None and page.looks)
    return request.form.get("version", "") if comes_back and request.method == "POST" else ""


def piece(template: str, title: str, **known: Any) -> Response:
    """``console/<template>`` into the page that asked; without JavaScript a page of its own."""
    return render("piece.html", part=template, piece=f"console/{template}", title=title, **known)


def asset(name: str) -> str:
    """The address of a file of ours; it changes with the file, so browsers may keep it for ever."""
    return url_for("console.static", filename=name, v=_version(name))


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
