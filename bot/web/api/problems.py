"""What goes wrong, as RFC 9457 tells it: a stable ``type``, a ``title``, a ``detail`` in Chinese."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bot.store.away import RETRY_SECONDS, is_away
from bot.web.api.shapes.common import FieldError
from bot.web.api.shapes.problems import ProblemDetails

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
TYPES = "urn:suizhen:problem:"
MEDIA = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which a request may fail."""

    status: int
    title: str
    detail: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "请求不对", "请求的内容不对，请对照接口文档。"),
    "bad-json": Kind(400, "不是 JSON", "请求体不是一个 JSON 对象（UTF-8）。"),
    "bad-field": Kind(400, "字段不对", "有字段不对，见 errors。"),
    "bad-parameter": Kind(400, "参数不对", "地址里的参数不对，见 errors。"),
    "key-missing": Kind(400, "缺少幂等键", "请求头 Idempotency-Key 应为 8–64 个字母、数字或 . _ : - 。"),
    "no-token": Kind(401, "令牌无效", "请在请求头带上有效的令牌：Authorization: Bearer szk_…"),
    "no-permission": Kind(403, "没有权限", "这个令牌没有这项操作的权限，请联系系统管理员。"),
    "not-found": Kind(404, "没有找到", "没有这个编号的内容，或者没有这个地址。"),
    "no-method": Kind(405, "方法不对", "这个地址不支持这个方法，见 Allow。"),
    "stale": Kind(409, "内容已变化", "您看到之后内容已经变了，什么也没有改。请重新读取，再决定。"),
    "seat-taken": Kind(409, "号已约满", "这个时段刚刚约满了，见 slots 和 clinics。"),
    "already-booked": Kind(409, "已有预约", "这位就诊人在这个半天已经约了这个科室，见 appointment。"),
    "wrong-state": Kind(409, "状态不允许", "现在的状态不能这样办，请重新读取。"),
    "clinic-closed": Kind(409, "出诊已关闭", "这次出诊已停诊、关闭或结束，不能预约。"),
    "too-early": Kind(409, "还没放号", "这一天还没有放号。"),
    "too-late": Kind(409, "已停止预约", "这个时段已经停止预约。"),
    "deadline-passed": Kind(409, "已过时限", "已经过了改约或退号的时限。"),
    "limit-reached": Kind(409, "到了上限", "预约数量已到上限。"),
    "somebody-elses": Kind(409, "同事在处理", "这件事正由另一位工作人员处理。"),
    "nothing-to-suspend": Kind(409, "没有出诊", "这段时间没有出诊，不用停诊。"),
    "cannot-withdraw": Kind(409, "不能撤回", "这次停诊不能撤回。"),
    "too-large": Kind(413, "请求太大", "请求体最大 64 KiB，请分几次发送。"),
    "not-json": Kind(415, "类型不对", "请求体的 Content-Type 应为 application/json。"),
    "unknown-reference": Kind(422, "对应不上", "请求里提到的人、科室或时段不存在。"),
    "invalid-person": Kind(422, "身份信息不对", "有一项身份信息不对，见 errors。"),
    "invalid-rows": Kind(422, "有行不对", "有行不对，一行也没有写入，见 errors。"),
    "invalid-act": Kind(422, "办不了", "这样填办不了，见 detail。"),
    "key-reused": Kind(422, "幂等键已用过", "这个 Idempotency-Key 已用于另一个请求，请换一个新的。"),
    "too-many": Kind(429, "请求太频繁", "这个令牌每分钟的请求次数到了上限，请按 Retry-After 稍后再来。"),
    "fault": Kind(500, "系统出错了", "我们已经记录下来。请稍后再试；一直这样时，请把 instance 里的编号告诉管理员。"),
    "away": Kind(503, "暂时不可用", "数据库暂时不可用，请按 Retry-After 稍后用同一个幂等键再试。"),
}  # fmt: skip
_OF_STATUS = {404: "not-found", 405: "no-method", 413: "too-large", 415: "not-json"}


@dataclass
class Problem(Exception):
    """Ends an operation; ``detail`` empty: the kind's own words."""

    kind: str
    detail: str = ""
    errors: tuple[FieldError, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    """Members of its own: alternatives, the appointment that is in the way."""
    headers: Mapping[str, str] = field(default_factory=dict)


def install(site: Blueprint) -> None:
    """Every error under the API is answered here, also of addresses that are not there."""

    @site.errorhandler(Problem)
    def problem(error: Problem) -> ResponseReturnValue:
        return respond(error)

    @site.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        reference = secrets.token_hex(4).upper()
        if is_away(error):  # no stack: it is not the code, and there may be many
            log.error(
                "api.away ref=%s endpoint=%s kind=%s", reference, request.endpoint, type(error).__name__
            )
            return respond(Problem("away", headers={"Retry-After": str(RETRY_SECONDS)}), reference)
        log.error("api.fault ref=%s endpoint=%s", reference, request.endpoint, exc_info=error)
        return respond(Problem("fault"), reference)

    @site.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        return respond(_of(error))

    @site.app_errorhandler(HTTPException)
    def elsewhere(error: HTTPException) -> ResponseReturnValue:
        """Where no route matched there is no blueprint either."""
        ours = request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
        return respond(_of(error)) if ours else error


def respond(problem: Problem, reference: str = "") -> Response:
    kind = KINDS[problem.kind]
    told = ProblemDetails(
        type=TYPES + problem.kind, title=kind.title, status=kind.status, detail=problem.detail or kind.detail,
        errors=list(problem.errors) or msgspec.UNSET,
        instance=f"urn:suizhen:fault:{reference}" if reference else msgspec.UNSET,
    )  # fmt: skip
    body = {**msgspec.to_builtins(told), **problem.more}
    response = Response(msgspec.json.encode(body), kind.status, content_type=MEDIA)
    response.headers.update(problem.headers)
    return finished(response)


def finished(response: Response) -> Response:
    """What every answer carries: personal data stays in nobody's cache."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _of(error: HTTPException) -> Problem:
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return Problem(_OF_STATUS.get(error.code or 500, "bad-request"), headers=headers)
