"""Which answers the platform shows, takes silently, or refuses with 「该公众号暂时无法提供服务」."""

from dataclasses import replace

import pytest

from bot.sandbox import crypto
from bot.sandbox.account import Account
from bot.sandbox.reply import BadReply, Shown, read
from bot.sandbox.xml import build

SAFE = Account("wxdemo", "secret", "token", "A" * 43, "safe", "gh_1", "医院")
PLAIN = replace(SAFE, mode="plain")
BOTH = replace(SAFE, mode="compatible")


def reply(**changes: object) -> bytes:
    fields = {
        "ToUserName": "o1",
        "FromUserName": "gh_1",
        "CreateTime": 1,
        "MsgType": "text",
        "Content": "您好",
    } | changes
    return build({key: value for key, value in fields.items() if value is not None}).encode()  # type: ignore[misc]


def sealed(plain: bytes, *, token: str = "token", app: str = "wxdemo") -> bytes:
    text = crypto.encrypt(plain, SAFE.aes_key, app)
    signature = crypto.sign(token, "1", "2", text)
    return build({"Encrypt": text, "MsgSignature": signature, "TimeStamp": 1, "Nonce": "2"}).encode()


@pytest.mark.parametrize("body", [b"", b"success", b" success\n"])
def test_an_acknowledgement_shows_nothing(body: bytes) -> None:
    assert read(body, SAFE, "o1") is None


def test_each_mode_takes_its_own_kind() -> None:
    shown = Shown("text", {"text": "您好"})
    assert read(reply(), PLAIN, "o1") == shown
    assert read(sealed(reply()), SAFE, "o1") == shown
    assert read(reply(), BOTH, "o1") == read(sealed(reply()), BOTH, "o1") == shown
    for account, body in ((SAFE, reply()), (PLAIN, sealed(reply()))):
        with pytest.raises(BadReply):
            read(body, account, "o1")


@pytest.mark.parametrize(
    "body",
    [
        b"ok", b'{"a":1}', b"<html></html>", b"<xml>", b"\xff\xfe", b"<xml></xml>", reply(ToUserName="o2"),
        reply(FromUserName="gh_2"), reply(CreateTime="x"), reply(MsgType="carrier_pigeon"), reply(Content=""),
        reply(Content="号" * 683), reply(MsgType="image"), reply(MsgType="news"), reply().replace(b"\xe6", b"\x00"),
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml>&a;</xml>',
    ],
)  # fmt: skip
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(BadReply):
        read(body, PLAIN, "o1")


def test_2048_bytes_just_fit() -> None:
    assert read(reply(Content="号" * 682 + "ab"), PLAIN, "o1") is not None
    with pytest.raises(BadReply, match="2049"):
        read(reply(Content="号" * 683), PLAIN, "o1")


def test_forged_seals_are_refused() -> None:
    for body in (sealed(reply(), token="other"), sealed(reply(), app="wxother")):
        with pytest.raises(BadReply):
            read(body, SAFE, "o1")


def test_one_article_in_reply_to_a_message() -> None:
    item = {"Title": "t", "Description": "d", "PicUrl": "", "Url": "https://example.com/"}
    two = reply(MsgType="news", Content=None, ArticleCount=2, Articles=[item, item])
    assert read(two, PLAIN, "o1", to_event=True) is not None
    with pytest.raises(BadReply):
        read(two, PLAIN, "o1")
