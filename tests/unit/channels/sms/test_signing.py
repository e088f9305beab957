"""Signatures against the vendors' own published examples, and a request that Alibaba's SDK made."""

from datetime import UTC, datetime

from bot.channels.sms import alibaba, tencent


def test_the_example_of_tencents_documentation() -> None:
    """https://cloud.tencent.com/document/api/213/30654, whose key is stars."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    made = tencent.authorization(
        "AKID" + "*" * 32, "*" * 32, "cvm", host="cvm.tencentcloudapi.com", action="DescribeInstances",
        content=body, day="2019-02-25", at=1551113065,
    )  # fmt: skip
    assert made == (
        f"TC3-HMAC-SHA256 Credential=AKID{'*' * 32}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    )


def test_the_example_of_alibabas_documentation() -> None:
    """https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature"""
    headers = alibaba.acs_headers(
        "RunInstances", "2014-05-26", host="ecs.cn-shanghai.aliyuncs.com",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), nonce="3156853299f313e23d1673dc12e1703d",
    )  # fmt: skip
    query = alibaba.canonical_query({
        "RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    })  # fmt: skip
    made = alibaba.authorization("YourAccessKeyId", "YourAccessKeySecret", query=query, headers=headers)
    assert made == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_what_alibabas_sdk_sent_has_the_signature_that_we_make() -> None:
    """A SendSms of alibabacloud_dysmsapi20170525 4.6.0, written down on a loopback port."""
    headers = alibaba.acs_headers(
        "SendSms", "2017-05-25", host="127.0.0.1:46503",
        at=datetime(2026, 11, 21, 23, 33, 58, tzinfo=UTC), nonce="51ee3585949cd375b8170ccfe3eeba4f",
    )  # fmt: skip
    headers |= {
        "accept": "application/json",
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2",
        "x-acs-credentials-provider": "static_ak",
    }
    query = alibaba.canonical_query({
        "PhoneNumbers": "13800138000", "SignName": "医院", "TemplateCode": "SMS_1", "OutId": "12.0",
        "TemplateParam": '{"patient": "王*国 ~x"}',
    })  # fmt: skip
    made = alibaba.authorization("AKIDexample", "SECRET", query=query, headers=headers)
    assert made.endswith("Signature=90e4257ed5f86c6e66c71c106280c6168739816c8dda111f0535efd12d4fc023")
