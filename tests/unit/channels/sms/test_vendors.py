"""The gateway that the settings mean."""

from pathlib import Path

import httpx
import pytest

from bot import preflight
from bot.channels.sms import vendors
from bot.channels.sms.alibaba import AlibabaGateway
from bot.channels.sms.sandbox import SandboxGateway
from bot.channels.sms.tencent import TencentGateway
from bot.domain.clock import SystemClock
from bot.pushes.templates import Templates
from bot.settings import BadSettings, Settings, load


def sms(**more: object) -> Settings:
    return load(
        wechat_app_id="wx1",
        wechat_secret="s",
        wechat_token="t",
        wechat_mode="plain",
        data_keys="1:x",
        index_key="y",
        **more,
    )


@pytest.mark.parametrize(
    ("vendor", "kind"),
    [
        ("tencent", TencentGateway),
        ("alibaba", AlibabaGateway),
        ("sandbox", SandboxGateway),
        ("none", type(None)),
    ],
)
def test_the_vendor_of_the_settings(vendor: str, kind: type) -> None:
    with httpx.Client() as http:
        assert isinstance(vendors.gateway(sms(sms_vendor=vendor), http, SystemClock()), kind)


def test_the_sandbox_has_approved_every_kind_that_has_words() -> None:
    templates = Templates.load()
    codes = vendors.codes(sms(sms_vendor="sandbox"), templates)
    assert codes["booked"] == "booked"
    assert "publication" not in codes
    assert vendors.approved(sms(sms_vendor="sandbox"), templates)["booked"].startswith("您已挂号成功")
    assert vendors.codes(sms(sms_vendor="tencent", sms_templates={"booked": "77"}), templates) == {
        "booked": "77"
    }


def test_templates_come_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_TEMPLATES", '{"booked": "SMS_1001"}')
    assert load().sms_templates == {"booked": "SMS_1001"}
    monkeypatch.setenv("SMS_TEMPLATES", "booked=SMS_1001")
    with pytest.raises(BadSettings, match="SMS_TEMPLATES: "):
        load()
    monkeypatch.setenv("SMS_TEMPLATES", "")
    assert load().sms_templates == {}


@pytest.mark.parametrize(
    ("secret", "good"), [("", True), ("x" * 16, True), ("short", False), ("with/slash" * 2, False)]
)
def test_the_secret_of_the_receipts_address(secret: str, good: bool) -> None:
    if good:
        load(sms_receipt_secret=secret)
        return
    with pytest.raises(BadSettings, match="SMS_RECEIPT_SECRET: "):
        load(sms_receipt_secret=secret)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sms_vendor": "sandbox"}, "SMS_VENDOR: the sandbox reaches nobody's phone"),
        ({"sms_vendor": "alibaba"}, "SMS_SIGNATURE, SMS_KEY_ID, SMS_SECRET, SMS_TEMPLATES: not set"),
        ({"sms_vendor": "tencent", "sms_signature": "医院", "sms_key_id": "k", "sms_secret": "s",
          "sms_templates": {"booked": "1"}}, "SMS_APP_ID: not set"),
    ],
)  # fmt: skip
def test_half_a_vendor_stops_the_start(given: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        preflight.production(sms(data_dir=tmp_path, **given))
    assert said in str(caught.value)
