"""What goes wrong on a page, in words for staff; each answer carries a number that the log has too."""

import logging
import secrets
from dataclasses import dataclass

from flask import Blueprint, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.store.away import RETRY_SECONDS, is_away
from bot.web.console.pages import Page, Stage

log = logging.getLogger(__name__)


@dataclass
class Problem(Exception):
    """Ends a page with this status and these words."""

    status: int
    words: str = ""


class NotAllowed(Problem):
    def __init__(self, words: str = "") -> None:
        super().__init__(403, words)


class NotThere(Problem):
    def __init__(self, words: str = "") -> None:
        super().__init__(404, words)


class Conflict(Problem):
    """Somebody else was faster: nothing was overwritten."""

    def __init__(self, words: str = "") -> None:
        super().__init__(409, words)


class TooMany(Problem):
    def __init__(self, words: str = "") -> None:
        super().__init__(429, words)


_TOLD = {
    400: ("没有办成", "页面可能已经过期。请刷新页面，再试一次。"),
    403: ("没有权限", "您的角色不能做这件事。需要的话，请联系管理员。"),
    404: ("没有找到", "这里没有内容：可能已被移走，或者不在您的病区、科室范围内。"),
    405: ("打不开这一页", "请返回上一页，再试一次。"),
    409: ("内容已被他人修改", "您打开页面之后，有同事先改了，这次没有保存。请回到页面查看最新内容，再决定要不要改。"),
    413: ("文件太大", "请换一个小一点的文件。"),
    422: ("没有办成", "填的内容有问题，请回到页面看一看再试。"),
    429: ("操作太频繁", "请稍等片刻再试。"),
    500: ("系统出错了", "我们已经记录下来。请稍后再试；如果一直这样，请把下面的编号告诉管理员。"),
    503: ("系统暂时不可用", "数据库或磁盘这会儿用不了，这次没有保存。请过一分钟再试；一直这样时，请把编号告诉管理员。"),
}  # fmt: skip


def install(site: Blueprint) -> None:
    """Every error under the console is answered here."""

    @site.errorhandler(Problem)
    def problem(error: Problem) -> ResponseReturnValue:
        return _page(error.status, error.words)

    @site.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        return _page(error.code or 500, "")

    @site.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        return _page(503 if is_away(error) else 500, "", error)


def sent() -> list[tuple[str, str]]:
    """The form as it came, to be sent once more: no token, no password."""
    every = request.form.items(multi=True)
    return [(name, value) for name, value in every if name != "csrf" and not name.startswith("password")]


def _again(status: int) -> list[tuple[str, str]] | None:
    """What waiting may help with is kept, and sent again by a button; files would have to be chosen anew."""
    page: Page | None = g.get("console_page")
    ready = page is not None and page.stage is Stage.READY and request.method == "POST"
    return sent() if status == 503 and ready and not request.files else None


def _page(status: int, words: str, error: Exception | None = None) -> ResponseReturnValue:
    reference = secrets.token_hex(4).upper()
    title, usual = _TOLD.get(status, _TOLD[500])
    if status == 409 and words:  # it need not be a colleague's change that stands in the way
        title = _TOLD[400][0]
    endpoint = request.endpoint or "-"  # never the address: it may hold an id somebody typed
    if error is not None and status == 503:  # no stack: it is not the code, and there may be many
        log.error("console.away ref=%s endpoint=%s kind=%s", reference, endpoint, type(error).__name__)
    elif error is not None:
        log.error("console.fault ref=%s endpoint=%s", reference, endpoint, exc_info=error)
    else:
        log.info("console.problem ref=%s status=%s endpoint=%s", reference, status, endpoint)
    part = request.headers.get("HX-Request") == "true"
    template = "console/_problem.html" if part else "console/problem.html"
    body = render_template(
        template, status=status, title=title, told=words or usual, reference=reference, sent=_again(status),
        where=request.full_path.rstrip("?"),
    )  # fmt: skip
    response = make_response(body, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if part:  # shown above the page instead of inside it
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
