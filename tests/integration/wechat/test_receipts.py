"""A push over the real roads against the platform's stand-in, and back: its receipts, consents and refusals."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from flask import Flask
from redis import Redis

from bot.channels.base import Inbound, Receipt, Recipient, SendError
from bot.channels.wechat.channel import WechatChannel
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.consequences import Consequences
from bot.channels.wechat.roads import Ways, roads
from bot.channels.wechat.template_ids import TemplateIds, invented, wanted
from bot.channels.wechat.told import WechatTold
from bot.clock import DemoClock
from bot.domain.accounts import AccountRef
from bot.domain.clock import SystemClock
from bot.domain.notice import Notice
from bot.domain.speech import Reply
from bot.domain.states import OutboxState
from bot.pushes.templates import Templates
from bot.pushes.vocabulary import EXAMPLES
from bot.sandbox.app import API_PREFIX, mount, open_sandbox
from bot.sandbox.cards import Card
from bot.sandbox.courier import Patience
from bot.sandbox.patient import Patient
from bot.services import accounts, receipts
from bot.services.subscriptions import Consents
from bot.store.db import Database
from bot.web.wechat import blueprint
from tests import wechat
from tests.integration.sandbox.hospital import Served
from tests.integration.services import sent
from tests.integration.wechat.test_webhook import TROUBLE


class Desk:
    """Hears what is told; everything else is acknowledged."""

    def __init__(self, db: Database, told: WechatTold) -> None:
        self._db, self._told = db, told
        self.heard: list[Inbound] = []
        self._guard = threading.Lock()

    def handle(self, inbound: Inbound) -> tuple[Reply, ...]:
        self._db.run(lambda uow: self._told(uow, inbound))
        with self._guard:
            self.heard.append(inbound)
        return ()

    def more(self, inbound: Inbound, replies: tuple[Reply, ...]) -> None:
        raise AssertionError("nothing was said")


@dataclass
class World:
    """The hospital, the platform, a patient and the roads between them."""

    db: Database
    desk: Desk
    patient: Patient
    platform: httpx.Client
    ways: Ways
    outbox_id: int = 0

    def __post_init__(self) -> None:
        self.outbox_id = sent.queued(self.db, user=self.patient.openid)

    def push(self, road: str, rung: int = 0) -> Receipt:
        """As delivery does it: sent, then acknowledged."""
        notice = Notice("suspension" if road != "assistant" else "booked_card", EXAMPLES, order="A12")
        known = roads(self.ways, Consents(self.db), assistant=True)[road]
        key = f"{self.outbox_id}.{rung}"
        receipt = known.send(notice, Recipient(self._account()), key=key, urgent=False)
        sent.acknowledge(self.db, self.outbox_id, road, receipt.message_id, rung=rung)
        return receipt

    def hears(self, event: str) -> None:
        eventually(lambda: any(each.extra.get("event") == event for each in self.desk.heard))
        receipts.match(self.db)

    def control(self, what: str, **body: object) -> None:
        self.platform.post(f"{API_PREFIX}/_control/{what}", json=body).raise_for_status()

    def _account(self) -> AccountRef:
        with self.db.read() as uow:
            found = accounts.find(uow, "wechat", wechat.ACCOUNT, self.patient.openid)
        assert found is not None
        return found


def eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def world(tmp_path: Path, redis_client: Redis, sqlite_db: Database) -> Iterator[World]:
    templates = Templates.load()
    template, subscribe = invented(templates)
    settings = wechat.settings(
        data_dir=tmp_path, demo=True, wechat_account_id=wechat.ACCOUNT, wechat_templates=template,
        wechat_subscriptions=subscribe,
    )  # fmt: skip
    ids = TemplateIds.read(settings)
    clock = DemoClock(tmp_path / "clock.json")
    desk = Desk(sqlite_db, WechatTold(ids.long_term))
    site = Flask("hospital")
    site.register_blueprint(blueprint(desk, WechatChannel(settings), clock=SystemClock(), trouble=TROUBLE))
    webhook = Served(site)
    approved = [
        Card(each.id, each.road, each.title, each.fields, each.lasting) for each in wanted(ids, templates)
    ]
    sandbox = open_sandbox(
        settings, clock, f"{webhook.url}/wechat", Patience(answer=2.0, pause=0.05), approved=approved
    )
    app = Flask("platform", static_folder=None)
    app.register_blueprint(mount(sandbox))
    served = Served(app)
    settings = settings.model_copy(update={"wechat_api_base": f"{served.url}{API_PREFIX}"})
    with httpx.Client(base_url=served.url, timeout=60) as platform, httpx.Client(timeout=60) as http:
        patient = Patient(served.url, patience=60)
        platform.post("/phone/api/follow", json={"openid": patient.openid})
        sqlite_db.run(lambda uow: accounts.met(uow, "wechat", wechat.ACCOUNT, patient.openid))
        consents = Consents(sqlite_db)
        ways = Ways(
            client=WechatClient(settings, redis_client, http, clock), templates=templates, ids=ids, clock=clock,
            on_error=Consequences(sqlite_db, consents),
        )  # fmt: skip
        yield World(sqlite_db, desk, patient, platform, ways)
    served.stop()
    sandbox.courier.close()
    webhook.stop()


def test_a_template_message_and_its_receipt(world: World) -> None:
    world.push("template")
    world.hears("templatesendjobfinish")
    assert "停诊" in "".join(world.patient.wait_for("停诊"))
    assert (sent.receipts(world.db), sent.row(world.db, world.outbox_id).receipt) == (
        ["delivered"],
        "delivered",
    )


def test_a_user_who_blocks_notices_is_told_over_the_next_rung(world: World) -> None:
    world.control(f"patients/{world.patient.openid}", blocks_pushes=True)
    world.push("template", rung=1)
    world.hears("templatesendjobfinish")
    row = sent.row(world.db, world.outbox_id)
    assert sent.receipts(world.db) == ["failed:user_block"]
    assert (row.state, row.rung, row.receipt) == (OutboxState.PENDING, 2, "failed")


def test_the_same_key_again_is_shown_once(world: World) -> None:
    """Killed between the platform's answer and the acknowledgement."""
    first = world.push("template")
    known = roads(world.ways, Consents(world.db), assistant=True)["template"]
    notice = Notice("suspension", EXAMPLES)
    again = known.send(notice, Recipient(world._account()), key=f"{world.outbox_id}.0", urgent=False)
    assert again.message_id == first.message_id
    world.hears("templatesendjobfinish")
    assert len([text for text in world.patient.wait_for("停诊") if "停诊" in text]) == 1


def test_a_pop_up_a_notice_and_its_receipt(world: World) -> None:
    with pytest.raises(SendError, match="no_consent"):
        world.push("subscribe")
    world.patient.consent("demo-subscribe-suspension")
    world.hears("subscribe_msg_popup_event")
    world.push("subscribe")
    world.hears("subscribe_msg_sent_event")
    assert sent.receipts(world.db) == ["delivered"]
    with pytest.raises(SendError, match="no_consent"):
        world.push("subscribe", rung=1)


def test_a_consent_that_the_platform_does_not_know_of(world: World) -> None:
    world.patient.consent("demo-subscribe-suspension")
    world.hears("subscribe_msg_popup_event")
    world.patient.switch_off("demo-subscribe-suspension")
    world.hears("subscribe_msg_change_event")
    with pytest.raises(SendError, match="no_consent"):
        world.push("subscribe")


def test_the_assistant(world: World) -> None:
    world.push("assistant")
    assert "科室：心血管内科" in "".join(world.patient.wait_for("预约挂号成功"))
    assert sent.row(world.db, world.outbox_id).platform_id == f"{world.outbox_id}.0"


def test_who_left_is_marked(world: World) -> None:
    world.patient.unfollow()
    with pytest.raises(SendError, match="43004"):
        world.push("template")
    with pytest.raises(SendError, match="no_account"):  # nor ever heard of
        world.push("template")
