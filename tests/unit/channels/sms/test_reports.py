"""Delivery reports of the three vendors, as their documentation has them, and everything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Refusal
from bot.channels.sms.reports import FORMATS, MOST, Report, read

TENCENT = {
    "user_receive_time": "2015-10-17 08:03:04", "nationcode": "86", "mobile": "13800138000",
    "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功", "sid": "2028:f825e6d16e23f73f4123",
}  # fmt: skip
ALIBABA = {
    "phone_number": "13900001234", "send_time": "2017-01-01 11:12:13", "report_time": "2017-02-02 22:23:24",
    "success": True, "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": "1",
    "biz_id": "900619746936498440^0", "out_id": "67890",
}  # fmt: skip
SANDBOX = {"id": "S7", "key": "12.4", "ok": False, "reason": "MK:0001"}


def given_to(vendor: str, *reports: Any) -> tuple[Report, ...]:
    return read(FORMATS[vendor], json.dumps(reports, ensure_ascii=False).encode())


def test_what_the_vendors_document() -> None:
    assert given_to("tencent", TENCENT) == (Report("2028:f825e6d16e23f73f4123", True, "DELIVRD"),)
    assert given_to("tencent", TENCENT | {"report_status": "FAIL", "errmsg": "MK:0001"})[0] == Report(
        "2028:f825e6d16e23f73f4123", False, "MK:0001"
    )
    assert given_to("alibaba", ALIBABA) == (Report("900619746936498440^0", True, "DELIVERED"),)
    assert (
        given_to("alibaba", ALIBABA | {"success": False, "err_code": "MOBILE_TERMINATED_LIMIT"})[0].ok
        is False
    )
    assert given_to("sandbox", SANDBOX) == (Report("S7", False, "MK:0001"),)


def test_many_at_once_keep_their_order() -> None:
    found = given_to("sandbox", *({**SANDBOX, "id": f"S{n}"} for n in range(50)))
    assert [report.platform_id for report in found] == [f"S{n}" for n in range(50)]


@pytest.mark.parametrize(
    ("vendor", "report"),
    [
        ("tencent", {**TENCENT, "report_status": "MAYBE"}),
        ("tencent", {**TENCENT, "sid": ""}),
        ("tencent", ALIBABA),
        ("alibaba", {**ALIBABA, "success": "true"}),
        ("alibaba", {**ALIBABA, "biz_id": "9" * 65}),
        ("alibaba", {**ALIBABA, "biz_id": True}),
        ("alibaba", TENCENT),
        ("sandbox", 7),
        ("sandbox", None),
    ],
)
def test_one_bad_report_refuses_the_request(vendor: str, report: object) -> None:
    good = {"tencent": TENCENT, "alibaba": ALIBABA, "sandbox": SANDBOX}[vendor]
    with pytest.raises(Refusal) as caught:
        given_to(vendor, good, report)
    assert caught.value.status == 400
    assert "report 1" in caught.value.reason
    assert "13800138000" not in caught.value.reason


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"[" * 100_000, b"\xff", b"null"])
def test_what_is_no_list_of_reports(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read(FORMATS["tencent"], body)
    assert caught.value.status == 400


def test_too_many() -> None:
    with pytest.raises(Refusal) as caught:
        given_to("sandbox", *[SANDBOX] * (MOST + 1))
    assert caught.value.status == 413


@given(body=st.one_of(st.binary(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: (
    st.lists(inner) | st.dictionaries(st.sampled_from(["id", "ok", "sid", "report_status", "biz_id", "success"]), inner)
)).map(lambda value: json.dumps(value).encode())), vendor=st.sampled_from(sorted(FORMATS)))  # fmt: skip
def test_nothing_but_reports_or_a_refusal_comes_out(body: bytes, vendor: str) -> None:
    try:
        assert all(0 < len(report.platform_id) <= 64 for report in read(FORMATS[vendor], body))
    except Refusal as refusal:
        assert 400 <= refusal.status < 500
