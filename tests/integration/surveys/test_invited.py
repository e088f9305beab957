"""What an invitation says when it is queued, and when it is not true any more."""

import pytest

from bot.domain.notice import Notice, taps
from bot.services import readers
from bot.services.hospital import Hospital
from bot.store.db import UnitOfWork
from bot.store.models import OutboxMessage
from bot.store.words import open_outbox, outbox_aad
from scheduler.planner import Planner
from tests.integration.surveys.asked import Asked


def queued(asked: Asked) -> list[Notice]:
    Planner(asked.hospital, readers.standard()).tick()
    with asked.ward.town.db.read() as uow:
        return [_opened(uow, row) for row in uow.session.query(OutboxMessage).order_by(OutboxMessage.id)]


def _opened(uow: UnitOfWork, row: OutboxMessage) -> Notice:
    said = open_outbox(uow.keys, row.body, outbox_aad(row.key))
    assert isinstance(said, Notice)
    return said


def test_it_has_four_taps_and_no_word_of_the_illness(asked: Asked) -> None:
    (notice,) = queued(asked)
    assert taps(notice) == (
        (f"{asked.scope}:1", "开始回答"), (f"{asked.scope}:2", "我是家属，帮着答"),
        (f"{asked.scope}:3", "晚点再说"), (f"{asked.scope}:4", "不想参加"),
    )  # fmt: skip
    assert notice.fields["patient"] == "王*明" and "肺" not in str(notice)
    assert notice.url == ""


@pytest.fixture
def public(asked: Asked) -> Asked:
    settings = asked.hospital.settings.model_copy(update={"public_url": "https://wx.example.com"})
    asked.ward.hospital = Hospital(
        asked.ward.town.db, clock=asked.ward.town.clock, rng=asked.hospital.rng, settings=settings, recheck=0
    )
    return asked


def test_a_card_opens_the_page(public: Asked) -> None:
    (notice,) = queued(public)
    assert notice.url.startswith("https://wx.example.com/f/")


def test_who_has_begun_is_not_invited_any_more(asked: Asked) -> None:
    asked.start()
    assert queued(asked) == []
