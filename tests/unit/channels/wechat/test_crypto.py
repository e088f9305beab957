"""Signatures and the envelope, against the platform's own published examples."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Refusal
from bot.channels.wechat.crypto import Envelope, signature, verify
from tests.wechat import AES_KEY, APP_ID, TOKEN, Platform, fields


def test_signature_of_the_address_check() -> None:
    assert signature(TOKEN, "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"


def test_signature_of_a_plain_post() -> None:
    assert signature(TOKEN, "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_sealed_reply() -> None:
    envelope = Envelope(TOKEN, AES_KEY, APP_ID, random=lambda: b"707722b803182950")
    sealed = fields(envelope.seal('{"demo_resp":"good luck"}', timestamp=1713424427, nonce="415670741"))
    assert sealed["MsgSignature"] == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    assert (sealed["TimeStamp"], sealed["Nonce"]) == ("1713424427", "415670741")


@given(st.text())
def test_what_is_sealed_can_be_opened(text: str) -> None:
    envelope = Envelope(TOKEN, AES_KEY, APP_ID)
    sealed = fields(envelope.seal(text, timestamp=1, nonce="n"))
    assert envelope.open(sealed["Encrypt"]) == text == Platform().open(sealed["Encrypt"])


def test_every_seal_is_different() -> None:
    envelope = Envelope(TOKEN, AES_KEY, APP_ID)
    assert len({envelope.seal("同一句话", timestamp=1, nonce="n") for _ in range(20)}) == 20


@given(st.text())
def test_no_signature_raises_anything_but_a_refusal(given_signature: str) -> None:
    with pytest.raises(Refusal):
        verify(given_signature, TOKEN, "1", "n")


def test_the_right_signature_passes() -> None:
    verify(signature(TOKEN, "1", "n"), TOKEN, "1", "n")


@given(st.binary(max_size=200))
def test_anything_for_ciphertext_is_opened_or_refused(data: bytes) -> None:
    with pytest.raises(Refusal):
        Envelope(TOKEN, AES_KEY, APP_ID).open(base64.b64encode(data).decode())


@given(st.text(max_size=100))
def test_anything_for_base64_is_refused(data: str) -> None:
    with pytest.raises(Refusal):
        Envelope(TOKEN, AES_KEY, APP_ID).open(data)


@given(st.binary(max_size=128))
def test_anything_for_plaintext_is_refused(data: bytes) -> None:
    """Well encrypted with our key, but no envelope of ours inside."""
    whole = data + b"\0" * (-len(data) % 16)
    with pytest.raises(Refusal):
        Envelope(TOKEN, AES_KEY, APP_ID).open(Platform().encrypt(whole))


def test_another_accounts_appid_is_refused() -> None:
    with pytest.raises(Refusal, match="appid"):
        Envelope(TOKEN, AES_KEY, APP_ID).open(Platform().seal("<xml/>", app_id="wx0000000000000000"))
