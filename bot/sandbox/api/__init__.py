"""The WeChat API that the hospital calls: ``/cgi-bin/…`` and 就医助手, every call checked, counted and logged."""

from collections.abc import Mapping

from bot.sandbox.api import assistant, menu, message, qrcode, template, token, users
from bot.sandbox.api.call import Api

APIS: Mapping[str, Api] = {
    "stable_token": Api(token.stable_token, needs_token=False),
    "message/custom/send": Api(message.custom_send, daily=500_000),
    "message/custom/typing": Api(message.typing, daily=500_000),
    "message/template/send": Api(template.template_send, daily=100_000),
    "message/subscribe/bizsend": Api(template.subscribe_send, daily=100_000),
    "cityservice/sendchannelmsg": Api(assistant.send, daily=1_000_000),
    "menu/create": Api(menu.create, daily=1000),
    "menu/get": Api(menu.get, method="GET", daily=10_000),
    "menu/delete": Api(menu.delete, method="GET", daily=1000),
    "qrcode/create": Api(qrcode.create, daily=100_000),
    "user/info": Api(users.info, method="GET", daily=5_000_000),
    "media/upload": Api(users.upload, daily=100_000),
}
