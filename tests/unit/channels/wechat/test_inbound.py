"""Verification: modes, freshness, accounts, and whatever a stranger may send."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Inbound, Refusal
from bot.channels.wechat.inbound import WechatInbound, envelope
from bot.settings import BadSettings
from tests import wechat
from tests.wechat import Platform

AT = 1795293407
NOW = datetime.fromtimestamp(AT, UTC)
MODES = ["plain", "compatible", "safe"]


def receive(args: dict[str, str], body: bytes, mode: str = "safe", **more: object) -> Inbound:
    return WechatInbound(wechat.settings(mode, **more)).receive(args, body, NOW)


def refused(args: dict[str, str], body: bytes, mode: str = "safe", **more: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        receive(args, body, mode, **more)
    assert 400 <= caught.value.status < 500
    return caught.value


# -- the address check --------------------------------------------------------------------------------


def test_the_published_example_of_the_address_check() -> None:
    args = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "echostr": "4375120948345356249",
        "timestamp": "1714036504",
        "nonce": "1514711492",
    }
    then = datetime.fromtimestamp(1714036504, UTC)
    assert WechatInbound(wechat.settings()).check(args, then) == "4375120948345356249"


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 40}, {"signature": ""}, {"signature": "签名"}, {"timestamp": "x"},
        {"timestamp": "-1"}, {"timestamp": "1٣"}, {"nonce": ""}, {"nonce": "换行\n"}, {"echostr": ""},
        {"echostr": "<script>\x00"},
    ],
)  # fmt: skip
def test_a_wrong_address_check_is_refused(change: dict[str, str]) -> None:
    args = {**Platform().args(at=AT), "echostr": "1", **change}
    with pytest.raises(Refusal):
        WechatInbound(wechat.settings()).check(args, NOW)


# -- modes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_message_in_its_mode(mode: str) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode=mode)
    assert receive(args, body, mode).text == "挂号"


@pytest.mark.parametrize("mode", ["compatible", "safe"])
def test_plain_xml_to_a_sealed_account_is_a_downgrade(mode: str) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode="plain")
    assert refused(args, body, mode).reason == "downgrade"


def test_the_query_cannot_choose_the_mode() -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode="plain")
    assert refused({**args, "encrypt_type": "raw"}, body).reason == "downgrade"


def test_a_sealed_body_to_a_plain_account_is_refused() -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode="safe")
    refused(args, body, "plain")


def test_in_compatible_mode_only_the_sealed_body_counts() -> None:
    """An attacker who can change the plain half on its way gains nothing."""
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode="compatible")
    forged = body.replace("挂号".encode(), "退号".encode()).replace(wechat.PATIENT.encode(), b"oSomebodyElse")
    assert forged != body
    inbound = receive(args, forged, "compatible")
    assert (inbound.text, inbound.user) == ("挂号", wechat.PATIENT)


# -- signatures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("change", [{"timestamp": str(AT + 1)}, {"nonce": "other"}])
def test_what_is_signed_cannot_be_changed(mode: str, change: dict[str, str]) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode=mode)
    assert refused({**args, **change}, body, mode).reason == "signature"


def test_another_ciphertext_needs_another_signature() -> None:
    args, _ = Platform().post(wechat.text("挂号", at=AT), at=AT)
    _, other = Platform().post(wechat.text("退号", at=AT), at=AT)
    assert refused(args, other).reason == "signature"


def test_the_plain_signature_is_none_for_a_sealed_body() -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT)
    assert refused({**args, "msg_signature": args["signature"]}, body).reason == "signature"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["timestamp", "nonce"])
def test_a_missing_argument_is_refused(mode: str, name: str) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT, mode=mode)
    del args[name]
    assert refused(args, body, mode).reason == f"no {name}"


def test_another_token_signs_nothing_here() -> None:
    args, body = Platform(token="BBBBB").post(wechat.text("挂号", at=AT), at=AT)
    assert refused(args, body).reason == "signature"


def test_without_a_token_nobody_is_believed() -> None:
    args, body = Platform(token="").post(wechat.text("挂号", at=AT), at=AT, mode="plain")
    assert refused(args, body, "plain", wechat_token="").reason == "not set up"


# -- freshness -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("off", [-301, 301, -86400 * 365, 86400 * 365])
def test_stale_and_future_requests_are_refused(mode: str, off: int) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT + off), at=AT + off, mode=mode)
    assert refused(args, body, mode).reason == "stale"


@pytest.mark.parametrize("off", [-300, 300])
def test_within_the_tolerance_they_are_not(off: int) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT + off), at=AT + off)
    assert receive(args, body).text == "挂号"


def test_the_tolerance_is_a_setting() -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT - 11), at=AT - 11)
    assert refused(args, body, max_skew_seconds=10).reason == "stale"


# -- accounts ------------------------------------------------------------------------------------------


def test_a_message_to_another_account_is_refused() -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT, ToUserName="gh_other"), at=AT)
    assert refused(args, body, wechat_account_id=wechat.ACCOUNT).reason == "another account"
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT)
    assert receive(args, body, wechat_account_id=wechat.ACCOUNT).app_id == wechat.ACCOUNT


def test_the_appid_inside_has_to_be_ours() -> None:
    sealed = Platform().seal(wechat.text("挂号", at=AT), app_id="wx0000000000000000")
    body = f"<xml><ToUserName>x</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    assert refused(Platform().args(at=AT, encrypted=sealed), body).reason == "appid"


@pytest.mark.parametrize("missing", ["wechat_aes_key", "wechat_app_id"])
def test_a_sealed_account_without_its_key_does_not_start(missing: str) -> None:
    with pytest.raises(BadSettings, match=missing.upper()):
        envelope(wechat.settings(**{missing: ""}))


# -- whatever a stranger may send -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"CreateTime": ""}, {"CreateTime": "soon"}, {"CreateTime": "0"}, {"CreateTime": "-1"},
        {"CreateTime": "1e9"}, {"CreateTime": "99999999999999"}, {"CreateTime": "１２３"}, {"MsgType": ""},
        {"FromUserName": ""}, {"FromUserName": "o' OR 1=1"}, {"FromUserName": "o" * 65},
        {"FromUserName": "病人"}, {"ToUserName": ""}, {"ToUserName": "<a/>"}, {"MsgId": "x"},
        {"MsgId": "9" * 21},
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", MODES)
def test_nonsense_fields_are_refused(mode: str, change: dict[str, str]) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT, **change), at=AT, mode=mode)
    refused(args, body, mode)


def test_a_field_given_twice_is_refused() -> None:
    xml = wechat.text("挂号", at=AT).replace("</xml>", "<FromUserName>oOther</FromUserName></xml>")
    args, body = Platform().post(xml, at=AT)
    assert refused(args, body).reason == "field twice"


@given(body=st.binary(max_size=500), mode=st.sampled_from(MODES))
def test_any_bytes_are_refused(body: bytes, mode: str) -> None:
    refused({**Platform().args(at=AT), "msg_signature": "x"}, body, mode)


@given(plain=st.text(max_size=300))
def test_any_plaintext_is_refused(plain: str) -> None:
    args, body = Platform().post(plain, at=AT)
    refused(args, body)


@settings(max_examples=200)
@given(
    names=st.dictionaries(
        st.sampled_from(["MsgType", "Event", "EventKey", "Content", "MsgId", "CreateTime", "FromUserName", "Recognition"]),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30),
    )
)  # fmt: skip
def test_any_fields_are_understood_or_refused(names: dict[str, str]) -> None:
    xml = wechat.message("text", at=AT, **names)
    args, body = Platform().post(xml, at=AT, mode="plain")
    try:
        assert isinstance(receive(args, body, "plain"), Inbound)
    except Refusal as refusal:
        assert 400 <= refusal.status < 500
