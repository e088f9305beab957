"""The base of the API: registers operations with their permission, and guards every one of them alike."""

import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request

from bot.domain.api_clients import Caller
from bot.domain.clock import Clock, SystemClock
from bot.domain.roles import Permission
from bot.services.api_clients import PREFIX as TOKEN
from bot.services.api_clients import caller
from bot.services.api_requests import is_same
from bot.services.context import Context
from bot.services.hospital import Hospital
from bot.web.api import wire
from bot.web.api.operations import PATHS, Operation
from bot.web.api.problems import PREFIX, Problem, finished
from bot.web.api.shapes.common import Request
from bot.web.console.browser import Browser
from bot.web.console.throttle import Throttle

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])
_MINUTE = 60
_WRONG = (300, _MINUTE)
"""Requests without a good token from one address, and the seconds in which."""


class Api:
    """What every operation is given; and the list of all of them."""

    def __init__(self, hospital: Hospital, throttle: Throttle, *, real: Clock | None = None) -> None:
        self.hospital, self.db = hospital, hospital.db
        self._throttle = throttle
        self._browser = Browser(secure=True, proxies=hospital.settings.console_proxies)
        self.real: Clock = real or SystemClock()
        """Tokens go by real time, whatever the demo's clock says."""
        self.operations: list[Operation] = []
        self.site = Blueprint(
            "api", __name__, url_prefix=PREFIX, template_folder="templates", static_folder="static"
        )

    # -- registering -----------------------------------------------------------------------------------

    def get(
        self, rule: str, permission: Permission, answer: Any, summary: str, tag: str, **more: Any
    ) -> Callable[[View], View]:
        """It looks.  The view gets the `Caller`, what the address names, and ``asked`` where it takes parameters."""
        return self._operation("GET", rule, permission, answer, summary, tag, **more)

    def post(
        self, rule: str, permission: Permission, answer: Any, summary: str, tag: str, *, body: type[Request],
        **more: Any,
    ) -> Callable[[View], View]:  # fmt: skip
        """It acts, or looks for what no address may hold.  The view gets ``sent`` besides; ``keyed``: and ``key``."""
        return self._operation("POST", rule, permission, answer, summary, tag, body=body, **more)

    def put(
        self, rule: str, permission: Permission, answer: Any, summary: str, tag: str, *, body: type[Request],
        **more: Any,
    ) -> Callable[[View], View]:  # fmt: skip
        """It makes what is there equal to what is sent."""
        return self._operation("PUT", rule, permission, answer, summary, tag, body=body, **more)

    def _operation(
        self, method: str, rule: str, permission: Permission, answer: Any, summary: str, tag: str, **more: Any
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            operation = Operation(
                view.__name__, method, rule, permission, answer, summary, tag,
                note=(view.__doc__ or "").strip(), **more,
            )  # fmt: skip
            self.operations.append(operation)
            self.site.add_url_rule(
                rule, endpoint=operation.name, view_func=self._guarded(operation, view), methods=[method],
                provide_automatic_options=False,
            )  # fmt: skip
            return view

        return register

    # -- guarding --------------------------------------------------------------------------------------

    def _guarded(self, operation: Operation, view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def answer(**named: str) -> Response:
            by = self._caller()
            self._paced(by)
            if not by.may(operation.permission):
                raise Problem("no-permission")
            given: dict[str, Any] = wire.path(named, PATHS)
            asked = wire.parameters(operation.query)
            if operation.query.__struct_fields__:
                given["asked"] = asked
            if operation.body is not None:
                given["sent"] = wire.body(operation.body)
            if operation.keyed:
                given["key"] = self._key(by, operation, named, given["sent"])
            told = msgspec.json.encode(view(by, **given))
            return finished(Response(told, operation.status, content_type="application/json"))

        return answer

    def _caller(self) -> Caller:
        """Whose token it is.  A cookie or an address opens nothing."""
        scheme, _, said = request.headers.get("Authorization", "").partition(" ")
        token = said.strip()
        might = scheme.lower() == "bearer" and token.startswith(TOKEN)
        found = caller(self.db, token, self.real.now()) if might else None
        if found is None:
            self._slow_down()
            raise Problem("no-token", headers={"WWW-Authenticate": 'Bearer realm="suizhen"'})
        return found

    def _slow_down(self) -> None:
        """Who tries tokens is told to wait.  A good token is asked before, so nobody can shut another system out."""
        wait = self._throttle.wait(f"api-door:{self._browser.address(request)}", *_WRONG)
        if wait:
            log.warning("api.wrong_tokens wait=%d", wait)
            raise Problem(
                "too-many", "没有有效令牌的请求太多，请稍后再来。", headers={"Retry-After": str(wait)}
            )

    def _paced(self, by: Caller) -> None:
        wait = self._throttle.wait(f"api:{by.id}", by.per_minute, _MINUTE)
        if wait:
            raise Problem("too-many", headers={"Retry-After": str(wait)})

    def _key(self, by: Caller, operation: Operation, named: dict[str, str], sent: object) -> str:
        """The command's key: of this system alone.  The same key for something else is told, not carried out."""
        key = wire.key()
        whole = [operation.name, sorted(named.items()), sent]
        fingerprint = hashlib.sha256(msgspec.json.encode(whole)).digest()
        if not is_same(self.db, by.id, key, fingerprint):
            raise Problem("key-reused")
        return f"api:{by.id}:{key}"

    def acting(self, by: Caller) -> Context:
        """What a service is given: the audit log says which system it was."""
        return self.hospital.acting(by.actor)
