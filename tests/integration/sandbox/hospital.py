"""A hospital's server in the small: decrypts with wechatpy (not with our own crypto) and answers as it is told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.sandbox.account import Account

Answer = Callable[[Any], "str | bytes | Response | None"]


@dataclass
class Hospital:
    """``answer(message)`` gives a text to reply with, raw bytes, a response, or None for `success`."""

    account: Account
    answer: Answer = lambda message: f"收到：{getattr(message, 'content', message.type)}"
    received: list[Any] = field(default_factory=list)
    raw: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        app = Flask("hospital")

        @app.post("/wechat")
        def webhook() -> Response:
            args, body = request.args.to_dict(), request.get_data()
            check_signature(self.account.token, args["signature"], args["timestamp"], args["nonce"])
            message = parse_message(self._opened(args, body))
            with self.guard:
                self.raw.append((args, body))
                self.received.append(message)
            return self._closed(message, self.answer(message))

        return app

    def _opened(self, args: dict[str, str], body: bytes) -> bytes | str:
        if self.account.mode == "plain":
            return body
        opened: str = self._crypto().decrypt_message(
            body, args["msg_signature"], args["timestamp"], args["nonce"]
        )
        return opened

    def _closed(self, message: Any, answer: "str | bytes | Response | None") -> Response:
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, bytes) or answer is None:
            return Response(answer if answer is not None else b"success")
        xml = create_reply(answer, message).render()
        if self.account.mode == "plain":
            return Response(xml, mimetype="text/xml")
        return Response(
            self._crypto().encrypt_message(xml, "415670741", str(int(time.time()))), mimetype="text/xml"
        )

    def _crypto(self) -> WeChatCrypto:
        return WeChatCrypto(self.account.token, self.account.aes_key, self.account.app_id)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tests have more to say than this."""


class Served:
    """A WSGI application on a free port, in a thread."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.port = int(self._server.server_port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
