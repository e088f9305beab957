"""Tencent's own client against the operator's door: what it signs is taken, what it reads is what we wrote."""

from collections.abc import Iterator

import pytest
from flask import Flask
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.models import SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.sandbox.sms.tencent import TENCENT
from bot.sandbox.sms.views import DoorView
from tests.integration.sandbox.hospital import Served
from tests.integration.sms.conftest import PARAMS, PHONE, SIGNATURE, TEXT, Make, Operator


@pytest.fixture
def tencent(make_operator: Make) -> Operator:
    return make_operator("tencent")


@pytest.fixture
def endpoint(tencent: Operator) -> Iterator[str]:
    """The SDK knows hosts only: the door has one of its own."""
    app = Flask("tencent")
    app.add_url_rule("/", "door", DoorView(tencent.sandbox, TENCENT), methods=["POST"])
    served = Served(app)
    yield served.url.removeprefix("http://")
    served.stop()


def client(endpoint: str, secret: str) -> SmsClient:
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint))
    return SmsClient(Credential("AKIDexample", secret), "ap-guangzhou", profile)


def request() -> SendSmsRequest:
    asked = SendSmsRequest()
    asked.PhoneNumberSet, asked.SmsSdkAppId, asked.SignName = [f"+86{PHONE}"], "1400787878", SIGNATURE
    asked.TemplateId, asked.TemplateParamSet = "SMS_1", [value for _, value in PARAMS]
    asked.SessionContext = "12.4"
    return asked


def test_its_sms_arrives(tencent: Operator, endpoint: str) -> None:
    (status,) = client(endpoint, "a secret").SendSms(request()).SendStatusSet
    assert (status.Code, status.SessionContext, status.PhoneNumber) == ("Ok", "12.4", f"+86{PHONE}")
    (row,) = tencent.sent()
    assert row["text"] == TEXT
    assert [report.platform_id for report in tencent.told] == [status.SerialNo]


def test_a_wrong_secret_is_found(tencent: Operator, endpoint: str) -> None:
    with pytest.raises(TencentCloudSDKException) as caught:
        client(endpoint, "wrong").SendSms(request())
    assert caught.value.code == "AuthFailure.SignatureFailure"
    assert not tencent.sent()
