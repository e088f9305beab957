"""The base of the console: registers pages and acts with their permission, and guards every one of them alike."""

from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.clock import Clock, SystemClock
from bot.domain.faq import Entries
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.pushes.templates import Templates
from bot.services.hospital import Hospital
from bot.services.staff.sessions import Sessions
from bot.services.staff.signing_in import Door
from bot.settings import Settings
from bot.store.looks import Looks
from bot.web.console import again, browser
from bot.web.console.browser import Browser
from bot.web.console.pages import PREFIX, Page, Stage
from bot.web.console.problems import NotAllowed, NotThere, Problem, TooMany
from bot.web.console.throttle import Throttle

Answers = Callable[[], Sequence[tuple[str, str]]]
Questions = Callable[[], Entries]
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_ACTS = (240, 60)
"""Acts a session may send, and the seconds in which: a person does not get there."""
_COSTLY = (30, 60)
"""The same of pages and acts that look through a lot: exports, trials, looking for duplicates."""
_LARGEST = 2**31 - 1
"""Of PostgreSQL's integers: no row has a larger id."""
BACKGROUND = "X-Background"
"""Set by pages that ask by themselves: that keeps nobody signed in."""


class Console:
    """What every page is given: the hospital, the door, the clocks; and the list of all pages."""

    def __init__(
        self, hospital: Hospital, sessions: Sessions, throttle: Throttle, looks: Looks, settings: Settings,
        *, real: Clock | None = None,
    ) -> None:  # fmt: skip
        self.hospital, self.sessions, self.throttle, self.settings = hospital, sessions, throttle, settings
        self.looks = looks
        self.db = hospital.db
        self.clock = hospital.clock
        self.real: Clock = real or SystemClock()
        """Sessions, codes and locks go by real time, whatever the demo's clock says."""
        self.answers: Answers = tuple
        """Title and words of the usual questions, for who answers patients; `bot.app` knows them."""
        self.questions: Questions = tuple
        """The usual questions as files say them, under the console's own editions."""
        self.browser = Browser(secure=not settings.demo, proxies=settings.console_proxies)
        self.pages: list[Page] = []
        self.site = Blueprint(
            "console", __name__, url_prefix=PREFIX, template_folder="templates", static_folder="static",
            static_url_path="/static",
        )  # fmt: skip

    @cached_property
    def templates(self) -> Templates:
        """What pushes say, with the editions in force."""
        editions = self.hospital.editions
        return Templates.load(self.settings.data_dir / "templates", lambda: editions.active("template"))

    @cached_property
    def door(self) -> Door:
        return Door(self.db, self.sessions)

    # -- registering -----------------------------------------------------------------------------------

    def page(
        self, rule: str, permission: Permission, *, title: str, section: str | None = None, position: int = 0,
        parent: str = "today", costly: bool = False,
    ) -> Callable[[View], View]:  # fmt: skip
        """A page that looks: GET.  The view gets the `Viewer` first, then what the address holds."""

        def register(view: View) -> View:
            name = view.__name__
            above = "" if name == parent else parent
            self._add(
                Page(
                    name, rule, "GET", Stage.READY, permission, title, section, position, above, costly=costly
                ),
                view,
            )
            return view

        return register

    def act(
        self, rule: str, permission: Permission, *, dangerous: bool = False, costly: bool = False
    ) -> Callable[[View], View]:
        """A change: POST, with a CSRF token; ``dangerous``: only shortly after the password was shown; ``costly``:
        not often."""
        if permission.reads:
            raise ValueError(f"{permission} changes nothing")

        def register(view: View) -> View:
            page = Page(
                view.__name__, rule, "POST", Stage.READY, permission, dangerous=dangerous, costly=costly
            )
            self._add(page, view)
            return view

        return register

    def search(
        self, rule: str, permission: Permission, *, title: str, parent: str, costly: bool = False
    ) -> Callable[[View], View]:
        """A page that only looks, for what no address may hold (a name, a phone, a 住院号): POST, its answer is the
        list."""

        def register(view: View) -> View:
            page = Page(
                view.__name__,
                rule,
                "POST",
                Stage.READY,
                permission,
                title,
                parent=parent,
                looks=True,
                costly=costly,
            )
            self._add(page, view)
            return view

        return register

    def opened(self, rule: str, stage: Stage, *methods: str, title: str = "") -> Callable[[View], View]:
        """A page for people who are not ready yet: sign in, code, new password, agreement."""

        def register(view: View) -> View:
            for method in methods:
                self._add(Page(view.__name__, rule, method, stage, None, title), view)
            return view

        return register

    def _add(self, page: Page, view: Callable[..., ResponseReturnValue]) -> None:
        if any(other.name == page.name and other.rule != page.rule for other in self.pages):
            raise ValueError(f"two pages are called {page.name}")
        self.pages.append(page)
        endpoint = page.name if page.stage is Stage.READY else f"{page.name}_{page.method.lower()}"
        self.site.add_url_rule(
            page.rule, endpoint=endpoint, view_func=self._guarded(page, view), methods=[page.method]
        )

    # -- guarding --------------------------------------------------------------------------------------

    def _guarded(
        self, page: Page, view: Callable[..., ResponseReturnValue]
    ) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def answer(**arguments: Any) -> ResponseReturnValue:
            g.console_page = page
            if any("\0" in str(value) or _too_large(value) for value in arguments.values()):
                raise NotThere  # PostgreSQL takes it in no text, in no column
            token = self.browser.token(request)
            if browser.is_forged(request, token):
                raise Problem(400)
            if page.stage is Stage.ANYBODY:
                return view(**arguments)
            viewer = self.viewer()
            if viewer is None:
                return self._sign_in_first()
            due = self._due(page, viewer)
            if due is not None:
                return due
            self._check(page, viewer)
            if page.dangerous and not viewer.is_fresh(self.real.now()):
                wanted = again.password_first(self, viewer)
                if wanted is not None:
                    return wanted
                viewer = g.console_viewer
            return view(viewer, **arguments)

        return answer

    def viewer(self) -> Viewer | None:
        """Who asks; looked up once a request."""
        if "console_viewer" not in g:
            token, background = self.browser.token(request), BACKGROUND in request.headers
            known = token and not token.startswith("anon.")
            g.console_viewer = (
                self.sessions.viewer(token, self.real.now(), background=background) if known else None
            )
        found: Viewer | None = g.console_viewer
        return found

    def _due(self, page: Page, viewer: Viewer) -> ResponseReturnValue | None:
        """What somebody has to do before they may go on."""
        if page.stage is Stage.CODE:
            return None if viewer.proved_at is None else self.go(f"{PREFIX}/")
        step = self.next_step(viewer)
        if step is None or (page.stage is Stage.KNOWN and step != "code"):
            return None
        return self.go(url_for(f"console.{step}_get", **(self._wanted() if step == "code" else {})))

    def next_step(self, viewer: Viewer) -> str | None:
        """code | password | codes | agreement, or None: they are ready."""
        steps = {
            "code": viewer.proved_at is None,
            "password": viewer.must_change,
            "codes": self.settings.console_codes == "required" and not viewer.has_totp,
            "agreement": not viewer.agreed,
        }
        return next((step for step, due in steps.items() if due), None)

    def _check(self, page: Page, viewer: Viewer) -> None:
        if page.permission is not None and not viewer.may(page.permission):
            raise NotAllowed
        if page.costly and not self.throttle.allows(f"costly:{viewer.session_id}", *_COSTLY):
            raise TooMany("这一项要算比较久，一分钟里点得太多了。请稍等片刻再试。")
        if page.method == "POST" and not self.throttle.allows(f"acts:{viewer.session_id}", *_ACTS):
            raise TooMany

    def _sign_in_first(self) -> ResponseReturnValue:
        """Back to the page afterwards; to whom a session ended meanwhile that is said, and what was not saved."""
        sent, told = request.method == "POST", ""
        if not self.browser.token(request).startswith("anon.") and self.browser.token(request):
            told = "登录已结束，刚才填的没有保存。请重新登录。" if sent else "登录已结束，请重新登录。"
        response = self.go(url_for("console.login_get", **self._wanted()), "bad" if told else "", told)
        self.browser.forget(response)  # type: ignore[arg-type]
        return response

    def _wanted(self) -> dict[str, Any]:
        """Where somebody was, for when they are signed in again."""
        part = request.headers.get("HX-Request") == "true"
        there = self.back() if part or request.method == "POST" else request.full_path.rstrip("?")
        return {} if there == f"{PREFIX}/" else {"next": there}

    # -- answering -------------------------------------------------------------------------------------

    def go(self, where: str, level: str = "", text: str = "") -> AnyResponse:
        """On to another page, with a word said there; a part of a page asks the browser to go as a whole."""
        if request.headers.get("HX-Request") == "true":
            response: AnyResponse = make_response("", 200)
            response.headers["HX-Redirect"] = where
        else:
            response = redirect(where, 303)
        if text:
            self.browser.note(response, level, text)  # type: ignore[arg-type]
        return response

    def back(self) -> str:
        """The page of ours that an act came from."""
        _, _, sent = request.headers.get("Referer", "").partition("://")
        ours = sent.startswith(f"{request.host}/")  # whatever the scheme: a proxy before us may do the TLS
        there = browser.local_path(sent.removeprefix(request.host).partition("#")[0] if ours else "")
        return there if self._opens(there) else f"{PREFIX}/"

    def _opens(self, path: str) -> bool:
        """Whether it can be looked at: what was found by a form has an address that cannot."""
        bare = path.partition("?")[0]
        methods = {page.method for page in self.pages if PREFIX + page.rule == bare}
        if methods == {"POST"}:
            return False
        try:
            endpoint, _ = current_app.create_url_adapter(request).match(bare, "GET")  # type: ignore[union-attr]
        except HTTPException:
            return False
        return bool(endpoint != "console.nowhere_get")


def _too_large(value: object) -> bool:
    return isinstance(value, int) and value > _LARGEST
