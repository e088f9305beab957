"""Sign in, the code, the password once more, sign out."""

from flask import g, request
from flask.typing import ResponseReturnValue

from bot.domain.staff import NotSignedIn, SignInOutcome, Viewer
from bot.services.staff import seeding
from bot.web.console import again as again_
from bot.web.console import browser
from bot.web.console.console import Console
from bot.web.console.pages import PREFIX, Stage
from bot.web.console.render import render


def install(console: Console) -> None:
    @console.opened("/login", Stage.ANYBODY, "GET", "POST", title="登录")
    def login() -> ResponseReturnValue:
        if request.method == "GET":
            return _form()
        again_.slow_down(console)
        staff_no, password = request.form.get("staff_no", "").strip(), request.form.get("password", "")
        result = console.door.sign_in(
            staff_no, password, console.browser.came_from(request), console.real.now()
        )
        if isinstance(result, NotSignedIn):
            result = _alike(staff_no, result)
            return _form(words=again_.refused(console, result), staff_no=staff_no[:32], status=401)
        response = console.go(browser.local_path(request.form.get("next", "")))
        console.browser.keep(response, result.token)  # type: ignore[arg-type]
        return response

    @console.opened("/code", Stage.CODE, "GET", "POST", title="验证码")
    def code(me: Viewer) -> ResponseReturnValue:
        if request.method == "GET":
            return render("code.html", next=browser.local_path(request.args.get("next", "")))
        again_.slow_down(console)
        wanted = browser.local_path(request.form.get("next", ""))
        result = console.door.show_code(
            me.staff_no, me.session_id, request.form.get("code", ""), console.browser.came_from(request),
            console.real.now(),
        )  # fmt: skip
        if isinstance(result, NotSignedIn):
            return render("code.html", next=wanted, words=again_.refused(console, result), status=401)
        response = console.go(wanted)
        console.browser.keep(response, result.token)  # type: ignore[arg-type]
        return response

    @console.opened("/again", Stage.KNOWN, "GET", "POST", title="再次确认")
    def again(me: Viewer) -> ResponseReturnValue:
        if request.method == "GET":
            return render("again.html", next=browser.local_path(request.args.get("next", "")))
        again_.slow_down(console)
        wanted = browser.local_path(request.form.get("next", ""))
        wrong = console.door.prove_again(
            me.staff_no, me.session_id, request.form.get("password", ""), console.browser.came_from(request),
            console.real.now(),
        )  # fmt: skip
        if wrong is not None:
            return render("again.html", next=wanted, words=again_.refused(console, wrong), status=401)
        return console.go(wanted, "good", "已确认。10 分钟内可以继续刚才的操作。")

    @console.opened("/logout", Stage.ANYBODY, "POST", title="退出")
    def logout() -> ResponseReturnValue:
        viewer = console.viewer()
        if viewer is not None:
            console.sessions.end(viewer.session_id, "signed_out", console.real.now())
        response = console.go(f"{PREFIX}/login")
        console.browser.forget(response)  # type: ignore[arg-type]
        return response

    @console.opened("/alive", Stage.KNOWN, "GET")
    def alive(me: Viewer) -> ResponseReturnValue:
        """Asked while somebody types: a long form is work, too."""
        return "", 204

    def _alike(staff_no: str, result: NotSignedIn) -> NotSignedIn:
        """A 工号 that nobody has is locked like any other; remembered by its digest, for it may be a password."""
        if result.outcome is not SignInOutcome.UNKNOWN:
            return result
        wait = console.throttle.miss(console.db.keys.index("staff.nobody", staff_no).hex())
        return NotSignedIn(SignInOutcome.LOCKED, console.real.now() + wait) if wait else result

    def _form(words: str = "", staff_no: str = "", status: int = 200) -> ResponseReturnValue:
        """With a cookie for strangers, so that this form too has a CSRF token."""
        token = console.browser.token(request)
        fresh = token if token.startswith("anon.") else browser.stranger()
        g.console_token, g.console_viewer = fresh, None
        wanted = browser.local_path(request.values.get("next", ""))
        empty = not seeding.has_admin(console.db)
        response = render(
            "login.html", words=words, staff_no=staff_no, next=wanted, empty=empty, status=status
        )
        console.browser.keep(response, fresh)
        return response
