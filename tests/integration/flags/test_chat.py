"""What is said in the chat reaches the duty phone, whatever the chat was about; and 120 is said whatever is broken."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy.exc import OperationalError

from bot.domain.accounts import AccountRef
from bot.domain.commands import Command, ReportDanger
from bot.domain.inbound import Kind
from bot.pipeline import Pipeline
from bot.store.db import Database
from bot.store.sessions import UserLocks
from tests.conftest import FixedClock
from tests.integration.flags.conftest import DESK, NURSE, WARD, OnDuty, hospital_of
from tests.integration.followup.discharged import Ward
from tests.integration.services.town import Town
from tests.integration.test_pipeline import house, message, registered, send, words

__all__ = ["house", "registered"]

DANGER = "我胸口疼得厉害，喘不上气，一直出冷汗"


@pytest.fixture
def on_duty(house: Pipeline, db: Database, clock: FixedClock, tmp_path: Path) -> OnDuty:
    """The demo's hospital, whose chat is the real one."""
    hospital = hospital_of(db, clock, tmp_path / "house")
    town = Town(db, clock, hospital, {}, {})
    return OnDuty(db, clock, hospital, Ward(town))


@pytest.fixture
def chat(house: Pipeline, on_duty: OnDuty) -> Iterator[Callable[..., str]]:
    pipeline = replace(house, hospital=on_duty.hospital)
    yield lambda text, **other: words(send(pipeline, replace(message(text), **other)))


Say = Callable[..., str]


def test_somebody_is_told_and_the_patient_hears_so(chat: Say, on_duty: OnDuty) -> None:
    answer = chat(DANGER)
    assert answer.index("请马上打 120") < answer.index("已经通知值班人员。请不要等电话，先打120")
    (flag,) = on_duty.flags()
    assert (flag.rule, flag.source, on_duty.phones()) == ("胸痛", "chat", [DESK])


def test_what_can_wait_has_a_seat_in_the_department_of_the_last_stay(
    chat: Say, on_duty: OnDuty, registered: AccountRef
) -> None:
    """120 first, and a tap only where no danger has a name."""
    on_duty.stay(姓名="王小兰", 身份证号="110101199003070126")
    answer = chat("急救")
    assert answer.index("请马上打 120") < answer.index("已经通知心血管内科值班人员")
    (flag,) = on_duty.flags()
    assert (flag.rule, flag.ward, on_duty.phones()) == ("急", WARD, [NURSE])
    assert "心血管内科" in chat("1"), "约最近的号"


def test_the_platforms_retry_raises_nothing_more(house: Pipeline, on_duty: OnDuty) -> None:
    pipeline, said = replace(house, hospital=on_duty.hospital), message(DANGER)
    first = words(send(pipeline, said))
    assert words(send(pipeline, said)) == first
    assert len(on_duty.flags()) == 1


def test_in_the_middle_of_a_booking(chat: Say, on_duty: OnDuty) -> None:
    chat("我要挂号")
    assert "请马上打 120" in chat(DANGER)
    assert len(on_duty.flags()) == 1


def test_while_the_desk_has_the_conversation(chat: Say, on_duty: OnDuty) -> None:
    chat("转人工")
    assert "请马上打 120" in chat(DANGER)
    assert len(on_duty.flags()) == 1
    assert "请马上打 120" not in chat("有人吗")


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.IMAGE])
def test_the_words_of_a_voice_message_and_a_caption_are_read(chat: Say, on_duty: OnDuty, kind: Kind) -> None:
    assert "请马上打 120" in chat(DANGER, kind=kind)
    assert len(on_duty.flags()) == 1


def test_hours_later_with_an_old_task_open(chat: Say, on_duty: OnDuty) -> None:
    chat("我要挂号")
    on_duty.clock.advance(timedelta(hours=5))
    assert "请马上打 120" in chat(DANGER)
    assert len(on_duty.flags()) == 1


def test_without_the_sessions_store(house: Pipeline, on_duty: OnDuty) -> None:
    """Redis is away: the danger is answered, and told of."""
    away = UserLocks(Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.1))
    lonely = replace(house, hospital=on_duty.hospital, locks=away)
    said = message(DANGER)
    assert "请马上打 120" in words(send(lonely, said))
    assert len(on_duty.flags()) == 1


def test_the_advice_does_not_wait_for_the_alarm_to_be_mended(
    house: Pipeline, on_duty: OnDuty, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = on_duty.hospital.execute

    def execute(command: Command, account: Any, **other: Any) -> Any:
        if isinstance(command, ReportDanger):
            raise OperationalError("INSERT", {}, Exception("disk full"))
        return real(command, account, **other)

    monkeypatch.setattr(on_duty.hospital, "execute", execute)
    answer = words(send(replace(house, hospital=on_duty.hospital), message(DANGER)))
    assert answer.index("请马上打 120") < answer.index("可能没人马上看到")
    assert "danger.untold" in caplog.text and DANGER not in caplog.text
