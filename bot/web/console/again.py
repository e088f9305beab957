"""The password once more before a dangerous act: asked in front of the form as it was sent, so that nothing typed is
lost."""

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from bot.domain.staff import NotSignedIn, SignInOutcome, Viewer
from bot.web.console.problems import TooMany, sent
from bot.web.console.words import span

if TYPE_CHECKING:
    from bot.web.console.console import Console

TRIES = (30, 600)
"""Tries from one address, and the seconds in which: a ward's computers may share one."""
FIELD = "password_again"


def password_first(console: "Console", viewer: Viewer) -> ResponseReturnValue | None:
    """The page that asks for it, with everything that was sent; None: it was right, and the act goes on."""
    words = ""
    if FIELD in request.form:
        slow_down(console)
        now = console.real.now()
        wrong = console.door.prove_again(
            viewer.staff_no, viewer.session_id, request.form[FIELD], console.browser.came_from(request), now
        )
        if wrong is None:
            g.console_viewer = replace(viewer, proved_at=now)
            return None
        words = refused(console, wrong)
    page = render_template(
        "console/confirm.html", sent=sent(), where=request.full_path.rstrip("?"), back=console.back(), words=words,
        field=FIELD,
    )  # fmt: skip
    return make_response(page, 401)


def slow_down(console: "Console") -> None:
    if not console.throttle.allows(f"door:{console.browser.address(request)}", *TRIES):
        raise TooMany("这台电脑试得太多了。请 10 分钟后再试。")


def refused(console: "Console", result: NotSignedIn) -> str:
    """Why a password or a code was not taken."""
    match result.outcome:
        case SignInOutcome.LOCKED:
            rest = result.until - console.real.now() if result.until else None
            return f"试错次数太多，请 {span(rest) if rest else '几分钟'}后再试。"
        case SignInOutcome.DISABLED:
            return "这个工号已停用，请联系管理员。"
        case SignInOutcome.PASSWORD_EXPIRED:
            return "一次性密码已过期，请联系管理员重新发放。"
        case SignInOutcome.WRONG_CODE:
            return "验证码不对，或者已经用过。请等手机上换了新的再输。"
        case _:
            return "工号或密码不对。"
