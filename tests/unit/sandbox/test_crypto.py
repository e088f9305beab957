"""The stand-in's crypto against the platform's own published examples, and against wechatpy."""

import pytest
from wechatpy.crypto import WeChatCrypto

from bot.sandbox import crypto

TOKEN, KEY, APP = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"


def test_the_platforms_signatures() -> None:
    assert crypto.sign(TOKEN, "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert crypto.sign(TOKEN, "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_platforms_encrypted_reply() -> None:
    sealed = crypto.encrypt(b'{"demo_resp":"good luck"}', KEY, APP, random=b"707722b803182950")
    assert crypto.sign(TOKEN, "1713424427", "415670741", sealed) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@pytest.mark.parametrize("text", ["", "x", "挂号" * 700, "🏥䶮𠮷", "a" * 12, "a" * 11])
def test_wechatpy_reads_what_we_seal_and_we_read_what_it_seals(text: str) -> None:
    key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    theirs = WeChatCrypto(TOKEN, key, APP)
    sealed = crypto.encrypt(f"<xml>{text}</xml>".encode(), key, APP)
    body = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
    assert (
        theirs.decrypt_message(body, crypto.sign(TOKEN, "1", "2", sealed), "1", "2") == f"<xml>{text}</xml>"
    )
    answer = theirs.encrypt_message(f"<xml>{text}</xml>", "2", "1")
    encrypted = answer.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert crypto.decrypt(encrypted, key, APP).decode() == f"<xml>{text}</xml>"


def test_a_text_for_another_account_or_broken_is_refused() -> None:
    sealed = crypto.encrypt(b"<xml/>", KEY, APP)
    for wrong in (sealed[:-8], "???", "", "QUJD", sealed[:24] + "A" * 40):
        with pytest.raises(crypto.BadCipher):
            crypto.decrypt(wrong, KEY, APP)
    with pytest.raises(crypto.BadCipher, match="AppID"):
        crypto.decrypt(sealed, KEY, "wx-another")


def test_a_signature_with_foreign_letters_is_no_crash() -> None:
    assert not crypto.verify("签名", TOKEN, "1")
    assert crypto.verify(crypto.sign(TOKEN, "1"), TOKEN, "1")
