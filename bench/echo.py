"""The baseline: the least a safe-mode WeChat server can do, Flask and wechatpy alone, no store, no dialog."""

import os

from flask import Flask, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

from bot.settings import load
from bot.web.server import serve


def create_app() -> Flask:
    """Decrypts, parses, echoes and encrypts; account details come from the environment."""
    app = Flask(__name__)
    crypto = WeChatCrypto(
        os.environ["WECHAT_TOKEN"], os.environ["WECHAT_AES_KEY"], os.environ["WECHAT_APP_ID"]
    )

    @app.post("/wechat")
    def echo() -> str:
        args = request.args
        xml = crypto.decrypt_message(
            request.get_data(), args["msg_signature"], args["timestamp"], args["nonce"]
        )
        reply = create_reply("收到", parse_message(xml)).render()
        sealed: str = crypto.encrypt_message(reply, args["nonce"], args["timestamp"])
        return sealed

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def main() -> None:
    """Serve it as our own application is served."""
    serve(load(), lambda _settings: create_app())


if __name__ == "__main__":
    main()
