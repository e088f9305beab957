"""Receipts, consents and farewells from the platform's XML to the database, three times each and one effect."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

import pytest
from redis import Redis
from sqlalchemy import func, select

import handlers
from bot.channels.wechat.inbound import WechatInbound
from bot.channels.wechat.told import WechatTold
from bot.dialog import codec
from bot.dialog.engine import Engine
from bot.dialog.session import Session
from bot.domain.inbound import Inbound
from bot.domain.states import OutboxState
from bot.pipeline import Pipeline
from bot.services import accounts, subscriptions
from bot.services.hospital import Hospital
from bot.settings import load
from bot.store.db import Database
from bot.store.inbox import Inbox
from bot.store.models import Account, AuditEntry
from bot.store.push_models import SubscriptionEvent
from bot.store.sessions import RedisSessions, UserLocks
from nlu.understood import Understood
from tests import wechat
from tests.conftest import FixedClock
from tests.integration.services import sent
from tests.wechat import ACCOUNT, PATIENT, Platform

AT = 1795399200
"""2026-11-23 10:00 in the hospital, the fixed clock's moment."""


def understand(text: str, *, expecting: tuple[str, ...]) -> Understood:
    raise AssertionError("an event has no words")


@pytest.fixture
def pipeline(db: Database, redis_client: Redis, clock: FixedClock) -> Iterator[Pipeline]:
    with ThreadPoolExecutor(8) as threads:
        yield Pipeline(
            db=db,
            inbox=Inbox(db),
            sessions=RedisSessions(
                redis_client, dumps=codec.dumps, loads=codec.loads, new=Session, keys=db.keys
            ),
            locks=UserLocks(redis_client),
            hospital=Hospital(db, clock=clock, rng=Random(7), settings=load(), recheck=0),
            engine=Engine(handlers.frames(), handlers.PHRASES),
            understand=understand,
            trouble=handlers.TROUBLE,
            threads=threads,
            budget=4.5,
            told={"wechat": WechatTold(long_term=("FOREVER",))},
        )


def arrives(xml: str) -> Inbound:
    args, body = Platform().post(xml, at=AT)
    return WechatInbound(wechat.settings()).receive(args, body, datetime.fromtimestamp(AT, UTC))


def three_times(pipeline: Pipeline, xml: str) -> None:
    """As the platform repeats itself: all at once; and once more after the inbox has forgotten the event."""
    with ThreadPoolExecutor(3) as copies:
        assert list(copies.map(lambda _: pipeline.handle(arrives(xml)), range(3))) == [(), (), ()]
    listener = pipeline.told["wechat"]
    pipeline.db.run(lambda uow: listener(uow, arrives(xml)))


def popup(*answers: tuple[str, str], event: str = "subscribe_msg_popup_event", at: int = AT) -> str:
    element = {"subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
               "subscribe_msg_change_event": "SubscribeMsgChangeEvent"}[event]  # fmt: skip
    entries = "".join(
        f"<List><TemplateId>{template}</TemplateId><SubscribeStatusString>{status}</SubscribeStatusString></List>"
        for template, status in answers
    )
    return wechat.event(event, at=at, **{element: entries})


def left(db: Database) -> dict[str, tuple[int, bool]]:
    with db.read() as uow:
        account = accounts.find(uow, "wechat", ACCOUNT, PATIENT)
        found = () if account is None else subscriptions.standing(uow, account.id)
        return {each.template: (each.left, each.long_term) for each in found}


def audited(db: Database) -> list[str]:
    with db.read() as uow:
        return list(uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# -- receipts --------------------------------------------------------------------------------------------


def test_a_template_message_arrived(pipeline: Pipeline, db: Database) -> None:
    message = sent.queued(db)
    sent.acknowledge(db, message, "template", "901")
    three_times(pipeline, wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="901", Status="success"))
    assert (sent.receipts(db), sent.row(db, message).receipt) == (["delivered"], "delivered")


@pytest.mark.parametrize(
    ("status", "receipt"),
    [("failed:user block", "failed:user_block"), ("failed: system failed", "failed:system_failed")],
)
def test_a_template_message_did_not(pipeline: Pipeline, db: Database, status: str, receipt: str) -> None:
    message = sent.queued(db)
    sent.acknowledge(db, message, "template", "901", rung=1)
    three_times(pipeline, wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="901", Status=status))
    assert sent.receipts(db) == [receipt]
    assert (sent.row(db, message).state, sent.row(db, message).rung) == (OutboxState.PENDING, 2)


@pytest.mark.parametrize(("code", "receipt"), [("0", "delivered"), ("43101", "failed:43101")])
def test_a_subscription_notice(pipeline: Pipeline, db: Database, code: str, receipt: str) -> None:
    message = sent.queued(db)
    sent.acknowledge(db, message, "subscribe", "902")
    entry = f"<List><TemplateId>T</TemplateId><MsgID>902</MsgID><ErrorCode>{code}</ErrorCode></List>"
    three_times(pipeline, wechat.event("subscribe_msg_sent_event", at=AT, SubscribeMsgSentEvent=entry))
    assert sent.receipts(db) == [receipt]


def test_a_receipt_is_no_message_of_the_patient(pipeline: Pipeline, db: Database) -> None:
    """It opens no 48 hours, and makes no account."""
    pipeline.handle(arrives(wechat.event("TEMPLATESENDJOBFINISH", at=AT, MsgID="901", Status="success")))
    pipeline.handle(arrives(wechat.event("MASSSENDJOBFINISH", at=AT, MsgID="7", Status="send success")))
    with db.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Account)) == 0


# -- consents --------------------------------------------------------------------------------------------


def test_a_pop_up_with_several_templates(pipeline: Pipeline, db: Database) -> None:
    three_times(pipeline, popup(("ONCE", "accept"), ("NEVER", "reject"), ("FOREVER", "accept")))
    assert left(db) == {"ONCE": (1, False), "NEVER": (0, False), "FOREVER": (0, True)}
    with db.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(SubscriptionEvent)) == 3
        account = accounts.find(uow, "wechat", ACCOUNT, PATIENT)
        assert account is not None and account.last_message_at is None


def test_switched_off_in_the_settings(pipeline: Pipeline, db: Database) -> None:
    three_times(pipeline, popup(("ONCE", "accept"), ("FOREVER", "accept")))
    off = popup(("ONCE", "reject"), ("FOREVER", "reject"), event="subscribe_msg_change_event", at=AT + 60)
    three_times(pipeline, off)
    assert left(db) == {"ONCE": (0, False), "FOREVER": (0, False)}
    on = popup(("ONCE", "accept"), ("FOREVER", "accept"), event="subscribe_msg_change_event", at=AT + 90)
    three_times(pipeline, on)
    assert left(db) == {"ONCE": (0, False), "FOREVER": (0, True)}, "a switch is no consent to one message"


def test_shuffled(pipeline: Pipeline, db: Database) -> None:
    events = [
        popup(("ONCE", "accept"), at=AT),
        popup(("ONCE", "reject"), event="subscribe_msg_change_event", at=AT + 60),
        popup(("ONCE", "accept"), at=AT + 120),
    ]
    for xml in (events[2], events[0], events[1], events[0]):
        pipeline.handle(arrives(xml))
    assert left(db) == {"ONCE": (1, False)}


# -- accounts --------------------------------------------------------------------------------------------


def test_an_account_that_was_given_up_is_forgotten(pipeline: Pipeline, db: Database) -> None:
    pipeline.handle(arrives(popup(("FOREVER", "accept"))))
    with db.read() as uow:
        account = accounts.find(uow, "wechat", ACCOUNT, PATIENT)
    assert account is not None
    three_times(pipeline, wechat.event("user_authorization_cancellation", at=AT + 9))
    with db.read() as uow:
        assert accounts.find(uow, "wechat", ACCOUNT, PATIENT) is None
        gone = uow.session.get_one(Account, account.id)
        assert (gone.openid, gone.following) == (f"closed:{account.id}", False)
        assert [each.any for each in subscriptions.standing(uow, account.id)] == [False]
    assert audited(db) == ["account.closed"]


def test_leave_to_read_the_profile_taken_back_is_written_down(pipeline: Pipeline, db: Database) -> None:
    pipeline.handle(arrives(popup(("ONCE", "accept"))))
    pipeline.handle(arrives(wechat.event("user_authorization_revoke", at=AT, RevokeInfo="1")))
    assert audited(db) == ["account.authorization_revoked"]
    assert left(db) == {"ONCE": (1, False)}


def test_nobodys_farewell(pipeline: Pipeline, db: Database) -> None:
    three_times(pipeline, wechat.event("user_authorization_cancellation", at=AT))
    three_times(pipeline, wechat.event("something_new", at=AT))
    assert audited(db) == []
