"""Calls of the account's API over HTTP: the token, time-outs, errcodes.  wechatpy's has neither lock nor time-outs."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from redis import Redis

from bot.channels.base import SendError
from bot.channels.wechat.errors import ALREADY_SENT, STALE_TOKEN, errcode, failure
from bot.channels.wechat.stops import QUOTA, Stops
from bot.channels.wechat.tokens import OwnTokens, SharedTokens, Tokens
from bot.domain.clock import Clock
from bot.settings import Settings

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_URLS = 50
"""Addresses kept ready: a few paths, each with the token of the day."""
Send = Callable[[str], Json]
"""Make the call with this token."""


class Gateway:
    """Safe to share between threads; one connection pool.  Without Redis (a single command) nothing is shared."""

    def __init__(self, settings: Settings, redis: "Redis | None", http: httpx.Client, clock: Clock) -> None:
        self._base = settings.wechat_api_base.rstrip("/")
        self._app_id = settings.wechat_app_id
        self._secret = settings.wechat_secret.get_secret_value()
        self._http, self._clock = http, clock
        self._urls: dict[tuple[str, str], httpx.URL] = {}
        self._stops = None if redis is None else Stops(redis, self._app_id, clock)
        self.tokens: Tokens = (
            OwnTokens(self._fetch_token)
            if redis is None
            else SharedTokens(redis, self._app_id, self._fetch_token)
        )

    def call(self, path: str, body: Json) -> Json:
        """POST with the token; `SendError` for an errcode, also inside a 200."""
        return self._asked(path, lambda token: self._post(path, body, token))

    def get(self, path: str) -> Json:
        """GET with the token."""
        return self._asked(
            path, lambda token: self._request("GET", self._base + path, params={"access_token": token})
        )

    def upload(self, path: str, name: str, data: bytes, mime: str, **args: str) -> Json:
        """POST a file."""

        def send(token: str) -> Json:
            files = {"media": (name, data, mime)}
            return self._request(
                "POST", self._base + path, params={"access_token": token, **args}, files=files
            )

        return self._asked(path, send)

    def _asked(self, path: str, send: Send) -> Json:
        """A token found stale is replaced and the call made once more; a third time only with a third token, which
        says that the second had ended on its way too.  A stopped API is not called."""
        if self._stops is not None:
            self._stops.check(path)
        token = self.tokens.get()
        answer = send(token)
        for anew in (False, True):
            if errcode(answer) not in STALE_TOKEN:
                break
            self.tokens.drop(token)
            refused, token = token, self.tokens.get()
            if anew and token == refused:  # the platform stands by it
                break
            answer = send(token)
        code = errcode(answer)
        if code == QUOTA and self._stops is not None:
            self._stops.stop(path)
        return self._checked(answer)

    def _fetch_token(self, force: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        answer = self._checked(self._post("/cgi-bin/stable_token", body))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise SendError("no token", permanent=False)
        log.info("wechat.token forced=%s", force)
        return token, int(answer.get("expires_in", 7200))

    def _post(self, path: str, body: Json, token: str = "") -> Json:
        """UTF-8 as it is: the platform shows a ``\\u`` escape as typed."""
        request = httpx.Request(
            "POST",
            self._url(path, token),
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers=_HEADERS,
            extensions={"timeout": self._http.timeout.as_dict()},
        )
        return _answer(lambda: self._http.send(request))

    def _url(self, path: str, token: str) -> httpx.URL:
        """Made once for a path and a token: httpx takes longer over an address than the kernel over a message."""
        found = self._urls.get((path, token))
        if found is None:
            if len(self._urls) > _URLS:
                self._urls.clear()
            found = httpx.URL(self._base + path, params={"access_token": token} if token else None)
            self._urls[path, token] = found
        return found

    def _request(self, method: str, url: str, **how: Any) -> Json:
        return _answer(lambda: self._http.request(method, url, **how))

    def _checked(self, answer: Json) -> Json:
        code = errcode(answer)
        if code not in (0, ALREADY_SENT):
            raise failure(code, self._clock.now())
        return answer


def _answer(call: Callable[[], httpx.Response]) -> Json:
    try:
        response = call()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise SendError(type(error).__name__, permanent=False) from None
    except httpx.RequestError as error:  # after the request was written: it may have arrived
        raise SendError(type(error).__name__, permanent=False, unknown_outcome=True) from None
    return _json(response)


def _json(response: httpx.Response) -> Json:
    if response.status_code != 200:
        raise SendError(f"http {response.status_code}", permanent=False, unknown_outcome=True)
    try:
        answer = response.json()
    except ValueError:
        raise SendError("no json", permanent=False, unknown_outcome=True) from None
    if not isinstance(answer, dict):
        raise SendError("no json", permanent=False, unknown_outcome=True)
    return answer
