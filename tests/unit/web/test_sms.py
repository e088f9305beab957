"""The address of delivery reports: secret, limited in size, answered as each vendor expects."""

import json
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.channels.sms.reports import FORMATS, Report
from bot.web import sms
from tests.unit.channels.sms.test_reports import ALIBABA, SANDBOX, TENCENT

SECRET = "0123456789abcdef"
PATH = f"/sms/{SECRET}/receipts"


def client(vendor: str, told: list[Report], secret: str = SECRET) -> FlaskClient:
    def record(reports: Sequence[Report]) -> None:
        told.extend(reports)

    app = Flask("receipts")
    app.register_blueprint(sms.blueprint(FORMATS.get(vendor), secret, record))
    return app.test_client()


@pytest.mark.parametrize(
    ("vendor", "report", "answer"),
    [
        ("tencent", TENCENT, {"result": 0, "errmsg": "OK"}),
        ("alibaba", ALIBABA, {"code": 0, "msg": "成功"}),
        ("sandbox", SANDBOX, {"ok": True}),
    ],
)
def test_every_vendor_hears_what_it_waits_for(vendor: str, report: object, answer: object) -> None:
    told: list[Report] = []
    response = client(vendor, told).post(PATH, json=[report, report])
    assert (response.status_code, response.get_json()) == (200, answer)
    assert len(told) == 2


@pytest.mark.parametrize(
    "path",
    ["/sms/x/receipts", f"/sms/{SECRET}x/receipts", f"/sms/{SECRET[:-1]}/receipts", "/sms/密/receipts"],
)
def test_anybody_else_finds_nothing(path: str) -> None:
    told: list[Report] = []
    assert client("tencent", told).post(path, json=[TENCENT]).status_code == 404
    assert not told


@pytest.mark.parametrize(("vendor", "secret"), [("tencent", ""), ("none", SECRET)])
def test_where_nobody_reports_there_is_no_address(vendor: str, secret: str) -> None:
    told: list[Report] = []
    assert (
        client(vendor, told, secret).post(f"/sms/{secret or 'x'}/receipts", json=[TENCENT]).status_code == 404
    )
    assert not told


def test_another_vendors_reports_are_refused_with_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Report] = []
    assert client("tencent", told).post(PATH, json=[TENCENT, ALIBABA]).status_code == 400
    assert not told
    assert "sms.refused" in caplog.text
    assert "report 1: KeyError" in caplog.text
    assert SECRET not in caplog.text
    assert ALIBABA["phone_number"] not in caplog.text


def test_too_large_is_not_read() -> None:
    told: list[Report] = []
    body = json.dumps([TENCENT | {"description": "x" * sms.LIMIT}]).encode()
    assert client("tencent", told).post(PATH, data=body).status_code == 413
    assert (
        client("tencent", told).post(PATH, input_stream=None, data=b"[" + b" " * sms.LIMIT + b"]").status_code
        == 413
    )
    assert not told


def test_only_post() -> None:
    assert client("tencent", []).get(PATH).status_code == 405
