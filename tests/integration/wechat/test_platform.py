"""Our webhook and our client against the platform's stand-in, over real HTTP, in every mode."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from flask import Flask
from redis import Redis

from bot.channels.base import Kind, Outbound, SendError, taps
from bot.channels.wechat.channel import WechatChannel
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.menu import definition
from bot.clock import DemoClock
from bot.domain.clock import SystemClock
from bot.domain.speech import Option, Reply
from bot.sandbox.app import API_PREFIX, mount, open_sandbox
from bot.sandbox.courier import Patience
from bot.sandbox.patient import Patient
from bot.web.wechat import blueprint
from tests import wechat
from tests.integration.sandbox.hospital import Served
from tests.integration.wechat.test_webhook import TROUBLE, Desk

SENTENCE = "请您在就诊当天提前三十分钟到门诊大厅取号。"


@dataclass
class World:
    """The hospital's side, the platform's side, and a patient."""

    desk: Desk
    client: WechatClient
    http: httpx.Client
    patient: Patient
    clock: DemoClock

    def control(self, what: str, **body: object) -> None:
        self.http.post(f"{API_PREFIX}/_control/{what}", json=body).raise_for_status()

    def send(self, text: str, key: str = "1.0", *options: str) -> None:
        self.client.send(Outbound(self.patient.openid, text, taps("f3a9", options)), key=key)

    def fails(self, text: str, key: str) -> str:
        with pytest.raises(SendError) as caught:
            self.send(text, key)
        return caught.value.code


@pytest.fixture(params=["plain", "compatible", "safe"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(mode: str, tmp_path: Path, redis_client: Redis) -> Iterator[World]:
    account = {"data_dir": tmp_path, "demo": True, "wechat_account_id": wechat.ACCOUNT}
    desk, clock = Desk(), DemoClock(tmp_path / "clock.json")
    app = Flask("hospital")
    channel = WechatChannel(wechat.settings(mode, **account))
    app.register_blueprint(blueprint(desk, channel, clock=SystemClock(), trouble=TROUBLE))
    hospital = Served(app)
    sandbox = open_sandbox(
        wechat.settings(mode, **account), clock, f"{hospital.url}/wechat", Patience(answer=5.0, pause=0.05)
    )
    site = Flask("platform", static_folder=None)
    site.register_blueprint(mount(sandbox))
    platform = Served(site)
    reachable = wechat.settings(mode, wechat_api_base=platform.url + API_PREFIX, **account)
    with httpx.Client(base_url=platform.url, timeout=60) as http:
        patient = Patient(platform.url, patience=60)
        yield World(desk, WechatClient(reachable, redis_client, http), http, patient, clock)
    platform.stop()
    sandbox.courier.close()
    hospital.stop()


def test_a_conversation(world: World) -> None:
    world.desk.says = (Reply("您好，请选择", (Option("挂号", 1), Option("查号", 2)), offer="f3a9"),)
    assert world.patient.follow() == ["您好，请选择\n1. 挂号\n2. 查号"]
    world.patient.tap(2)
    world.patient.voice("我要挂号")
    world.patient.send_image()
    world.patient.scan("book:department:心血管内科")
    heard = [(inbound.kind, inbound.text, inbound.key, inbound.choice) for inbound in world.desk.heard]
    assert heard == [
        (Kind.FOLLOW, "", "", ""),
        (Kind.TEXT, "2", "", "f3a9:2"),
        (Kind.TEXT, "我要挂号", "", ""),
        (Kind.IMAGE, "", "", ""),
        (Kind.SCAN, "", "book:department:心血管内科", ""),
    ]
    assert len({inbound.dedup for inbound in world.desk.heard}) == len(heard)


@pytest.mark.parametrize(
    "text", ["]]></Content>", "\x00\x1b控制", "䶮𠮷👨‍👩‍👧", "<a href='x'>", SENTENCE * 80]
)
def test_whatever_we_say_can_be_shown(world: World, text: str) -> None:
    world.desk.says = (Reply(text),)
    (shown,) = world.patient.follow()
    assert shown
    assert "暂时无法提供服务" not in shown


def test_the_menu_is_taken_and_its_taps_come_back(world: World) -> None:
    world.client.menu_create(definition())
    world.patient.follow()
    world.patient.menu("intent:my_appointments")
    assert (world.desk.heard[-1].kind, world.desk.heard[-1].key) == (Kind.MENU, "intent:my_appointments")


def test_a_scene_code_is_made_and_opens_its_dialog(world: World) -> None:
    _, url = world.client.qrcode_create("book:doctor:王建国")
    assert url
    world.patient.scan("book:doctor:王建国", make=False)
    assert (world.desk.heard[-1].kind, world.desk.heard[-1].key) == (Kind.FOLLOW, "book:doctor:王建国")


def test_a_push_arrives_and_can_be_tapped(world: World) -> None:
    world.patient.follow()
    world.patient.say("你好")
    world.send("确认挂号吗？", "1.0", "确认", "修改")
    assert "1. 确认" in world.patient.wait_for("确认挂号吗？")[-1]
    world.patient.tap(1)
    assert world.desk.heard[-1].choice == "f3a9:1"


def test_a_long_push_arrives_in_parts(world: World) -> None:
    world.patient.follow()
    world.patient.say("你好")
    world.send(SENTENCE * 80)
    assert len(world.patient.wait_for(SENTENCE)) >= 1


def test_the_windows_of_customer_service_messages(world: World) -> None:
    world.patient.follow()
    world.patient.say("你好")
    codes = []
    for n in range(9):
        try:
            world.send(f"第{n}条", f"{n}.0")
        except SendError as error:
            codes.append((error.code, error.permanent))
    assert set(codes) == {("45047", True)}
    world.clock.advance(timedelta(hours=49))
    assert world.fails("太晚了", "late") == "45015"


def test_who_left_gets_nothing(world: World) -> None:
    world.patient.follow()
    world.patient.say("你好")
    world.patient.unfollow()
    assert world.fails("您好", "1.0") == "43004"


def test_a_revoked_token_is_replaced(world: World) -> None:
    world.patient.follow()
    world.patient.say("你好")
    world.send("一", "1.0")
    world.control("tokens/revoke")
    world.send("二", "2.0")
    assert "二" in world.patient.wait_for("二")
