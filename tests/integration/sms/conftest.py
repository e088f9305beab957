"""The operator on one port, the hospital's address for reports on another, and gateways of all three vendors."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from bot.channels.sms import vendors
from bot.channels.sms.gateway import Message, SmsGateway
from bot.channels.sms.reports import FORMATS, Report
from bot.clock import DemoClock
from bot.domain.clock import SystemClock
from bot.pushes.kinds import Kinds
from bot.pushes.templates import Templates
from bot.sandbox.account import from_settings
from bot.sandbox.app import SMS_PREFIX, mount, open_sandbox
from bot.sandbox.sms import account as sms_account
from bot.sandbox.sms.views import SmsSandbox, open_sms
from bot.settings import Settings, load
from bot.store.db import Database
from bot.store.outbox import Outbox
from bot.web import sms
from scheduler.delivery import Delivery
from tests.conftest import FixedClock
from tests.integration.sandbox.hospital import Served

SECRET = "a-secret-of-the-address"
SIGNATURE = "示例市人民医院"
TEMPLATES = {"SMS_1": "您已挂号成功：{patient}，{date}。{notes}。咨询{phone}"}
PARAMS = (
    ("patient", "王*国"),
    ("date", "11月24日（周二）"),
    ("notes", "请带好 ~ 检查报告*"),
    ("phone", "0100-1"),
)
PHONE = "13800138000"
TEXT = "【示例市人民医院】您已挂号成功：王*国，11月24日（周二）。请带好 ~ 检查报告*。咨询0100-1"


def message(phone: str = PHONE, key: str = "12.4", template: str = "SMS_1", **changed: str) -> Message:
    """``changed``: other values of the template's variables."""
    params = tuple((name, changed.get(name, value)) for name, value in PARAMS)
    return Message(phone, template, params, key)


@dataclass
class Operator:
    """The operator, what the hospital heard from it, and a gateway that talks to it."""

    vendor: str
    settings: Settings
    sandbox: SmsSandbox
    clock: DemoClock
    http: httpx.Client
    told: list[Report]

    def gateway(self, **changed: object) -> SmsGateway:
        found = vendors.gateway(self.settings.model_copy(update=changed), self.http, SystemClock())
        assert found is not None
        return found

    def control(self, what: str, body: object) -> Any:
        base = self.settings.sms_api_base.removesuffix(f"/{self.vendor}")
        return self.http.post(f"{base}/_control/{what}", json=body).raise_for_status().json()

    def fault(self, **spec: object) -> None:
        base = self.settings.sms_api_base.partition(SMS_PREFIX)[0]
        given = {"api": "sms", **spec}
        self.http.post(f"{base}/sandbox/wechat/_control/faults", json=given).raise_for_status()

    def limit(self, span: str, n: int) -> None:
        base = self.settings.sms_api_base.partition(SMS_PREFIX)[0]
        given = {"api": "sms", "span": span, "n": n}
        self.http.post(f"{base}/sandbox/wechat/_control/limits", json=given).raise_for_status()

    def sent(self) -> list[dict[str, Any]]:
        """The SMS that went out, oldest first; reports that are on their way are waited for."""
        base = self.settings.sms_api_base.removesuffix(f"/{self.vendor}")
        for _ in range(1200):
            found: list[dict[str, Any]] = self.http.get(f"{base}/_control/sms").json()
            if all(row["held"] or row["answer"] == "taken" for row in found):
                return found
            time.sleep(0.05)
        raise AssertionError(found)


Make = Callable[..., Operator]


@pytest.fixture
def make_operator(tmp_path: Path) -> Iterator[Make]:
    running: list[tuple[Operator, Served, Served]] = []

    def make(vendor: str, record: Callable[[Any], None] | None = None) -> Operator:
        told: list[Report] = []
        hospital = Flask("hospital")
        hospital.register_blueprint(sms.blueprint(FORMATS[vendor], SECRET, record or told.extend))
        receipts = Served(hospital)
        settings = load(
            demo=True, data_dir=tmp_path / f"{vendor}{len(running)}", hospital_name=SIGNATURE, sms_vendor=vendor,
            sms_key_id="AKIDexample", sms_secret="a secret", sms_app_id="1400787878", sms_receipt_secret=SECRET,
        )  # fmt: skip
        clock = DemoClock(settings.data_dir / "clock.json")
        wechat = open_sandbox(settings, clock, "http://127.0.0.1:9/wechat")
        account = sms_account.from_settings(settings, receipts.url, TEMPLATES)
        assert from_settings(settings).name == account.signature
        sandbox = open_sms(account, clock, wechat.db, pause=0.05)
        platform = Flask("platform", static_folder=None)
        platform.register_blueprint(mount(wechat, sandbox))
        served = Served(platform)
        base = f"{served.url}{SMS_PREFIX}" + ("" if vendor == "sandbox" else f"/{vendor}")
        operator = Operator(
            vendor, settings.model_copy(update={"sms_api_base": base}), sandbox, clock,
            httpx.Client(timeout=httpx.Timeout(30, read=2)), told,
        )  # fmt: skip
        running.append((operator, served, receipts))
        return operator

    yield make
    for operator, served, receipts in running:
        operator.http.close()
        operator.sandbox.postman.close()
        served.stop()
        receipts.stop()


@pytest.fixture(params=["sandbox", "tencent", "alibaba"])
def operator(request: pytest.FixtureRequest, make_operator: Make) -> Operator:
    """Each test that uses it runs once for every vendor."""
    return make_operator(request.param)


@pytest.fixture
def own(make_operator: Make) -> Operator:
    return make_operator("sandbox")


@pytest.fixture
def holding(make_operator: Make, db: Database) -> Operator:
    """The sandbox with our texts approved; what becomes of an SMS is told when a test says so, into the database."""
    operator = make_operator("sandbox", sms.recorder(db))
    for code, text in vendors.approved(operator.settings, Templates.load()).items():
        operator.control("templates", {"code": code, "text": text})
    operator.control("fates", {"phone": "*", "stage": "hold"})
    return operator


@pytest.fixture
def delivery(holding: Operator, db: Database, clock: FixedClock) -> Delivery:
    """By SMS alone."""
    road = vendors.road(holding.settings, Templates.load(), holding.http, None, SystemClock())
    return Delivery(
        Outbox(db), {}, clock=clock, rng=random.Random(1), roads={"sms": road}, ladders=Kinds.load().ladders
    )
