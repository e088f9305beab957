"""The sandbox's gateway: plain JSON, no signature.  For the demo and for tests."""

import json
from collections.abc import Mapping

import httpx

from bot.channels.base import SendError
from bot.channels.sms.gateway import NOT_THEM, REFUSED, WAIT, Message, Rule, failure, soon
from bot.channels.sms.wire import post

RULES: Mapping[str, Rule] = {
    "template": REFUSED,
    "signature": REFUSED,
    "params": REFUSED,
    "phone": NOT_THEM,
    "blocked": NOT_THEM,
    "minute": soon(60),
    "repeated": soon(30),
    "day": NOT_THEM,
    "balance": WAIT,
}


class SandboxGateway:
    """Talks to `bot.sandbox.sms`."""

    def __init__(self, http: httpx.Client, *, base: str, signature: str) -> None:
        self._http, self._url, self._signature = http, f"{base.rstrip('/')}/send", signature

    def send(self, message: Message) -> str:
        body = {
            "signature": self._signature,
            "phone": message.phone,
            "template": message.template,
            "params": [value for _, value in message.params],
            "key": message.key,
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        answer = post(self._http, self._url, content, {"Content-Type": "application/json"})
        if code := str(answer.get("error") or ""):
            raise failure(code, RULES)
        if not (found := str(answer.get("id") or "")):
            raise SendError("no id", permanent=False, unknown_outcome=True)
        return found
