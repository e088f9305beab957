"""SMS as a rung: passed over where there is nothing to send or nobody to send to; cost; sent once."""

import pytest
from redis import Redis

from bot.channels.base import Recipient, SendError, Unavailable
from bot.channels.sms.gateway import Message
from bot.channels.sms.road import SmsRoad
from bot.domain.notice import Notice
from bot.pushes.preview import parts
from bot.pushes.templates import Template, Templates
from bot.pushes.vocabulary import EXAMPLES

SOMEBODY = Recipient(None, "13800138000")


class Gateway:
    """Takes everything, unless told otherwise."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.error: SendError | None = None

    def send(self, message: Message) -> str:
        if self.error:
            raise self.error
        self.sent.append(message)
        return f"S{len(self.sent)}"


def road(gateway: Gateway | None, redis: Redis | None = None, **codes: str) -> SmsRoad:
    templates = Templates.load()
    return SmsRoad(
        gateway, templates, codes or {"booked": "SMS_1"}, redis, signature="示例市人民医院", fen_per_part=5
    )


def send(
    on: SmsRoad, kind: str = "booked", to: Recipient = SOMEBODY, key: str = "1.0", **more: str
) -> tuple[str, int, bool]:
    receipt = on.send(Notice(kind, {**EXAMPLES, **more}), to, key=key, urgent=False)
    return receipt.message_id, receipt.cost_fen, receipt.already


def test_the_success_message_carries_the_visits_notes_and_is_counted_in_parts() -> None:
    """R6."""
    gateway = Gateway()
    assert send(road(gateway)) == ("S1", 10, False)
    (message,) = gateway.sent
    assert message.phone == "13800138000"
    assert message.template == "SMS_1"
    assert message.key == "1.0"
    assert dict(message.params)["notes"] == EXAMPLES["notes"]
    assert dict(message.params)["code"] == EXAMPLES["code"]
    assert [name for name, _ in message.params][:3] == ["patient", "date", "time"]


@pytest.mark.parametrize(("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_parts(length: int, count: int) -> None:
    assert parts("字" * length) == count


@pytest.mark.parametrize(
    ("kind", "to", "code"),
    [
        ("cancelled", SOMEBODY, "no_template"),
        ("publication", SOMEBODY, "no_template"),
        ("booked", Recipient(None, ""), "no_phone"),
    ],
)
def test_passed_over(kind: str, to: Recipient, code: str) -> None:
    gateway = Gateway()
    with pytest.raises(Unavailable, match=code):
        send(road(gateway, booked="SMS_1", publication="SMS_2"), kind, to)
    assert not gateway.sent


def test_switched_off() -> None:
    with pytest.raises(Unavailable, match="switched_off"):
        send(road(None))


def test_the_same_key_again_sends_nothing(redis_client: Redis) -> None:
    """A worker that died between the vendor's answer and its own acknowledgement."""
    first, second = Gateway(), Gateway()
    assert send(road(first, redis_client)) == ("S1", 10, False)
    assert send(road(second, redis_client)) == ("S1", 10, True)
    assert not second.sent
    assert send(road(second, redis_client), key="2.0") == ("S1", 10, False)


def test_a_failure_is_not_remembered(redis_client: Redis) -> None:
    gateway = Gateway()
    gateway.error = SendError("LimitExceeded", permanent=False, retry_after=30)
    with pytest.raises(SendError):
        send(road(gateway, redis_client))
    gateway.error = None
    assert send(road(gateway, redis_client))[0] == "S1"


def test_without_redis_nothing_is_sent_twice_by_guessing() -> None:
    away = Redis(unix_socket_path="/nonexistent/redis.sock")
    gateway = Gateway()
    with pytest.raises(SendError) as caught:
        send(road(gateway, away))
    assert (caught.value.code, caught.value.permanent) == ("redis", False)
    assert not gateway.sent


def test_long_words_are_cut_to_what_a_variable_takes() -> None:
    gateway = Gateway()
    templates = Templates({"broadcast": Template("broadcast", sms="{title}：{text}咨询{phone}")})
    on = SmsRoad(gateway, templates, {"broadcast": "SMS_2"}, None, signature="医院", fen_per_part=5)
    send(on, "broadcast", text="请各位患者留意" * 20)
    assert all(len(value) <= 30 for _, value in gateway.sent[0].params)
