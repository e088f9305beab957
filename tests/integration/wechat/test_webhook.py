"""The webhook over WSGI: what gets in, what is answered, and that nothing hostile ever is a 500."""

import io
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from bot.channels.base import Inbound
from bot.channels.wechat.channel import WechatChannel
from bot.domain.speech import Option, Reply
from bot.web.wechat import LIMIT, STRANGERS, blueprint
from tests import wechat
from tests.conftest import FixedClock
from tests.wechat import ACCOUNT, PATIENT, Platform

AT = 1795293407
MODES = ["plain", "compatible", "safe"]
HOSTILE = sorted((Path(__file__).parent / "hostile").iterdir())
TROUBLE = Reply("系统开小差了，请稍后再试。")


@dataclass
class Desk:
    """Stands behind the webhook and says what it is told to say."""

    says: tuple[Reply, ...] | None = (Reply("您好"),)
    breaks: Exception | None = None
    heard: list[Inbound] = field(default_factory=list)
    follows: list[tuple[Reply, ...]] = field(default_factory=list)

    def handle(self, inbound: Inbound) -> tuple[Reply, ...] | None:
        self.heard.append(inbound)
        if self.breaks:
            raise self.breaks
        return self.says

    def more(self, inbound: Inbound, replies: tuple[Reply, ...]) -> None:
        self.follows.append(replies)


@dataclass
class Webhook:
    """One account's webhook, its platform, and who answers."""

    mode: str
    desk: Desk
    http: FlaskClient
    platform: Platform = field(default_factory=Platform)

    def post(self, xml: str, *, at: int = AT) -> TestResponse:
        args, body = self.platform.post(xml, at=at, mode=self.mode)
        return self.send(args, body)

    def send(self, args: dict[str, str], body: bytes) -> TestResponse:
        return self.http.post("/wechat?" + self.platform.query(args), data=body, content_type="text/xml")

    def read(self, response: TestResponse) -> dict[str, str]:
        assert response.status_code == 200
        return self.platform.read(response.text, mode=self.mode)


def webhook(mode: str, **settings: object) -> Webhook:
    desk = Desk()
    flask = Flask("test")
    channel = WechatChannel(wechat.settings(mode, **settings))
    clock = FixedClock(datetime.fromtimestamp(AT, UTC))
    flask.register_blueprint(blueprint(desk, channel, clock=clock, trouble=TROUBLE))
    return Webhook(mode, desk, flask.test_client())


@pytest.fixture(params=MODES)
def hook(request: pytest.FixtureRequest) -> Webhook:
    return webhook(request.param)


@pytest.fixture
def safe() -> Webhook:
    return webhook("safe")


def refused(hook: Webhook, response: TestResponse, status: int | None = None) -> None:
    assert 400 <= response.status_code < 500
    assert status is None or response.status_code == status
    assert response.text == "refused", "the reason is for the log, not for strangers"
    assert hook.desk.heard == []


# -- what is answered -----------------------------------------------------------------------------------


def test_the_address_check(hook: Webhook) -> None:
    args = {**Platform().args(at=AT), "echostr": "4375120948345356249"}
    response = hook.http.get("/wechat?" + Platform().query(args))
    assert (response.status_code, response.text) == (200, "4375120948345356249")
    assert response.content_type.startswith("text/plain")


def test_a_message_is_answered_in_its_mode(hook: Webhook) -> None:
    read = hook.read(hook.post(wechat.text("挂号", at=AT)))
    assert (read["ToUserName"], read["FromUserName"], read["Content"]) == (PATIENT, ACCOUNT, "您好")
    assert hook.desk.heard[0].text == "挂号"


@pytest.mark.parametrize("nothing", [(), None])
def test_acknowledged_and_late_is_success(hook: Webhook, nothing: tuple[Reply, ...] | None) -> None:
    hook.desk.says = nothing
    response = hook.post(wechat.event("VIEW", at=AT, EventKey="https://a.example"))
    assert (response.status_code, response.text) == (200, "success")


def test_options_come_with_the_id_of_their_offer(safe: Webhook) -> None:
    safe.desk.says = (Reply("确认吗？", (Option("确认", True), Option("修改", False)), offer="f3a9"),)
    content = safe.read(safe.post(wechat.text("1", at=AT)))["Content"]
    assert "msgmenuid=f3a9:2" in content


def test_what_does_not_fit_follows(safe: Webhook) -> None:
    text = "请您在就诊当天提前三十分钟到门诊大厅取号。" * 80
    safe.desk.says = (Reply(text, (Option("好的", 1),), offer="f3a9"), Reply("哪一天？"))
    content = safe.read(safe.post(wechat.text("1", at=AT)))["Content"]
    ((*parts, last, question),) = safe.desk.follows
    assert content + "".join(part.text for part in parts) + last.text == text
    assert (last.offer, [option.label for option in last.options]) == ("f3a9", ["好的"])
    assert question == Reply("哪一天？")


def test_when_we_break_the_patient_gets_a_sentence(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    hook.desk.breaks = RuntimeError("the database is gone")
    read = hook.read(hook.post(wechat.text("我的身份证是110101199003070038", at=AT)))
    assert read["Content"] == TROUBLE.text
    assert "the database is gone" in caplog.text
    assert "110101199003070038" not in caplog.text


# -- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_body_is_refused(hook: Webhook, path: Path) -> None:
    """As the body itself, with a query that the platform has signed."""
    body = path.read_bytes()
    encrypted = body.partition(b"<Encrypt>")[2].partition(b"</Encrypt>")[0].decode(errors="ignore")
    refused(hook, hook.send(Platform().args(at=AT, encrypted=encrypted), body))


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_body_is_refused_inside_the_envelope_too(safe: Webhook, path: Path) -> None:
    encrypted = Platform().seal(path.read_bytes())
    body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()
    started = time.process_time()
    refused(safe, safe.send(Platform().args(at=AT, encrypted=encrypted), body))
    assert time.process_time() - started < 5, "an expanding entity would take for ever"


def test_a_patient_may_type_what_looks_hostile(hook: Webhook) -> None:
    words = '看：<!DOCTYPE xml [<!ENTITY a "b">]> &a; ]]> <script>'
    hook.post(wechat.text(words, at=AT))
    assert hook.desk.heard[0].text == words


def test_the_log_says_why_in_one_line(safe: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    args, body = Platform().post(wechat.text("我是王建国", at=AT), at=AT, mode="plain")
    refused(safe, safe.send(args, body), 403)
    (record,) = [record for record in caplog.records if record.name == "bot.web.wechat"]
    assert "webhook.refused channel=wechat reason='downgrade' status=403" in record.getMessage()
    assert "王建国" not in caplog.text
    assert PATIENT not in caplog.text


def test_a_stale_request_is_refused_by_the_real_clock(hook: Webhook) -> None:
    refused(hook, hook.post(wechat.text("挂号", at=AT - 301), at=AT - 301), 403)
    refused(hook, hook.post(wechat.text("挂号", at=AT + 301), at=AT + 301), 403)


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce", "msg_signature"])
def test_an_argument_given_twice_is_refused(safe: Webhook, name: str) -> None:
    args, body = Platform().post(wechat.text("挂号", at=AT), at=AT)
    query = Platform().query(args) + f"&{name}=" + args[name]
    refused(safe, safe.http.post("/wechat?" + query, data=body), 400)


@pytest.mark.parametrize(
    "query",
    ["", "?", "?timestamp", "?timestamp=&nonce=&msg_signature=", "?timestamp=%00&nonce=%ff%fe&msg_signature=%0a",
     "?timestamp=NaN&nonce=1&msg_signature=1", "?timestamp=" + "9" * 5000, "?" + "&".join(f"a{n}=1" for n in range(900)),
     "?timestamp[]=1&nonce[]=1", "?msg_signature=%F0%9F%98%80&timestamp=1795293407&nonce=%E4%B8%AD"],
)  # fmt: skip
def test_odd_queries_are_refused(hook: Webhook, query: str) -> None:
    refused(hook, hook.http.post("/wechat" + query, data=b"<xml></xml>"))
    refused(hook, hook.http.get("/wechat" + query))


def test_the_largest_and_one_byte_more(hook: Webhook) -> None:
    room = LIMIT - len(hook.platform.post(wechat.text("", at=AT), at=AT, mode="plain")[1])
    _, body = hook.platform.post(wechat.text("x" * room, at=AT), at=AT, mode="plain")
    assert len(body) == LIMIT
    args = hook.platform.args(at=AT)
    assert hook.send(args, body).status_code == (200 if hook.mode == "plain" else 403)
    hook.desk.heard.clear()
    refused(hook, hook.send(args, body + b" "), 413)


class Endless(io.RawIOBase):
    """A body that never ends; counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        buffer[:] = b"x" * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("terminated", [True, False], ids=["server ends the stream", "server does not say"])
def test_a_body_without_length_is_read_up_to_the_limit(safe: Webhook, terminated: bool) -> None:
    body = Endless()
    query = Platform().query(Platform().args(at=AT))
    environ = EnvironBuilder(path="/wechat", query_string=query, method="POST").get_environ()
    environ |= {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked"}
    environ.pop("CONTENT_LENGTH", None)
    if terminated:
        environ["wsgi.input_terminated"] = True
    _, status, _ = run_wsgi_app(safe.http.application, environ)
    assert status.startswith("413" if terminated else "400")
    assert safe.desk.heard == []
    assert body.read_bytes <= LIMIT + 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(safe: Webhook, method: str) -> None:
    assert safe.http.open("/wechat", method=method).status_code == 405


class Slow(io.RawIOBase):
    """A body that does not come."""

    def __init__(self, come: threading.Event) -> None:
        self._come = come

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._come.wait(30)
        return 0


@pytest.mark.parametrize("mode", ["safe", "compatible"])
def test_slow_strangers_do_not_take_all_threads(mode: str) -> None:
    """Nobody needs a secret to send half a body; the platform, which has one, is answered all the same."""
    hook, come = webhook(mode), threading.Event()
    args, body = hook.platform.post(wechat.text("你好", at=AT), at=AT, mode=mode)
    unsigned = {name: value for name, value in args.items() if name != "signature"}

    def half() -> int:
        builder = EnvironBuilder("/wechat", method="POST", query_string=unsigned)
        environ = builder.get_environ() | {"wsgi.input": Slow(come), "CONTENT_LENGTH": "1000"}
        status: str = run_wsgi_app(hook.http.application, environ)[1]
        return int(status.split()[0])

    with ThreadPoolExecutor(STRANGERS + 1) as threads:
        waiting = {threads.submit(half) for _ in range(STRANGERS + 1)}
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        assert [each.result() for each in done] == [429]
        assert hook.send(unsigned, body).status_code == 429
        assert hook.read(hook.send(args, body))["Content"] == "您好"
        come.set()
    assert sorted(each.result() for each in waiting) == [400] * STRANGERS + [429]
    assert hook.read(hook.send(unsigned, body))["Content"] == "您好", "what counts is msg_signature"


# -- what is never answered in words ---------------------------------------------------------------------


def test_a_receipt_we_could_not_keep_is_asked_for_again(hook: Webhook) -> None:
    """Words would come out of the blue; the platform's three tries outlast a restart of the database."""
    hook.desk.breaks = RuntimeError("the database is away")
    receipt = wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="901", Status="success")
    assert hook.post(receipt).status_code == 503
    hook.desk.breaks, hook.desk.says = None, ()
    assert hook.post(receipt).text == "success"


def test_a_notice_we_could_not_keep_is_acknowledged(hook: Webhook) -> None:
    hook.desk.says = (TROUBLE,)
    assert hook.post(wechat.event("VIEW", at=AT, EventKey="https://example.com")).text == "success"
