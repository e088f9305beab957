"""群发 from the draft to its end (docs/ways/broadcast.md): who gets it, who approves it, where everybody stands."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select, update

from bot.domain.states import CampaignState, OutboxState
from bot.domain.views import Relation
from bot.services.broadcast import audience, campaigns, reach
from bot.services.broadcast.audience import Audience, AudienceError
from bot.services.broadcast.campaigns import CampaignError, Words
from bot.services.broadcast.progress import Progress, progress
from bot.services.broadcast.words import read_campaigns
from bot.services.due import queue_due
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.models import Account, AuditEntry, OutboxMessage, Patient
from bot.store.outbox import Outbox
from bot.store.outbox_types import Settled
from bot.store.push_models import Push, Subscription
from tests.conftest import MONDAY
from tests.integration.services.town import TODAY, TOMORROW, Town

WORDS = Words("门诊时间调整", "下周起门诊早上7点半开诊，请您留意。")
MESSAGES, U = table(OutboxMessage), table(Account)
READERS = {"campaign": read_campaigns}
T = TypeVar("T")


@pytest.fixture
def visitors(town: Town) -> Town:
    """Five people, each with an account and a visit with 王建国 tomorrow; one more sees 周明."""
    slots = town.clinic(seats=6, minutes=10)
    for number in range(1, 6):
        account = town.account(f"o-{number}")
        town.book(account, slots[number % 2], town.register(account, number))
    other = town.account("o-6")
    town.book(other, town.clinic("周明")[0], town.register(other, 6))
    return town


def do(town: Town, work: Callable[..., T], *args: object, actor: str = "staff:1", **more: object) -> T:
    context = town.hospital.acting(actor)
    return town.db.run(lambda uow: work(uow, context, *args, **more))


def drafted(town: Town, who: Audience | None = None, key: str = "k") -> int:
    return do(town, campaigns.create, key=key, words=WORDS, audience=who or Audience(doctors=("王建国",)))


def seen(town: Town, campaign: int) -> Progress:
    with town.db.read() as uow:
        found = progress(uow, campaign)
    assert found.adds_up, found
    return found


def queue(town: Town) -> int:
    context = town.hospital.acting("system:planner")
    return town.db.run(lambda uow: queue_due(uow, context, READERS))


def mark(town: Town, **values: object) -> None:
    with town.db.write() as uow:
        uow.connection.execute(update(MESSAGES).values(**values))


def who(town: Town, audience_: Audience) -> list[int]:
    with town.db.read() as uow:
        found = audience.recipients(uow, town.hospital.acting("x").directory, audience_, TODAY)
    return sorted(each.account_id or 0 for each in found)


# -- who gets it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "accounts"),
    [
        (Audience(doctors=("王建国",)), 5),
        (Audience(doctors=("1001",)), 5),
        (Audience(departments=("内科",)), 6),
        (Audience(departments=("消化内科",)), 1),
        (Audience(departments=("儿科",)), 0),
        (Audience(first=TOMORROW, last=TOMORROW), 6),
        (Audience(first=TOMORROW + timedelta(days=1)), 0),
        (Audience(doctors=("王建国",), departments=("消化内科",)), 0),
    ],
)
def test_the_query_narrows(visitors: Town, wanted: Audience, accounts: int) -> None:
    assert len(who(visitors, wanted)) == accounts
    assert Audience.read(wanted.stored()) == wanted


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Audience(), "请写明发给谁"),
        (Audience(doctors=("李四",)), "没有医生「李四」"),
        (Audience(departments=("心内",)), "没有科室「心内」"),
        (Audience(wards=("三病区",)), "还没有病区的资料"),
        (Audience(tags=("糖尿病",)), "还没有标签的资料"),
        (Audience(first=TOMORROW, last=TODAY), "结束日期比开始日期早"),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(visitors: Town, wanted: Audience, said: str) -> None:
    with pytest.raises(AudienceError, match=said):
        who(visitors, wanted)


def test_the_dead_and_the_deleted_are_left_out_and_an_account_is_told_once(visitors: Town) -> None:
    account = visitors.account("o-1")
    child = visitors.register(account, 8, relation=Relation.CHILD)
    visitors.book(account, visitors.clinic("张敏")[0], child)
    assert len(who(visitors, Audience(first=TODAY))) == 6
    with visitors.db.write() as uow:
        dead = uow.session.scalars(select(Patient).where(Patient.id != child.id)).all()
        for patient in dead[1:]:
            patient.deceased_at = MONDAY
        dead[0].erased_at = MONDAY
    assert who(visitors, Audience(first=TODAY)) == [account.id]


def test_who_unfollowed_is_reached_by_phone_only(visitors: Town) -> None:
    with visitors.db.write() as uow:
        uow.connection.execute(update(U).where(U.c.openid == "o-1").values(following=False))
    assert who(visitors, Audience(doctors=("王建国",)))[0] == 0


# -- the dry run -----------------------------------------------------------------------------------


def test_the_dry_run_counts_by_the_first_open_rung(visitors: Town) -> None:
    with visitors.db.write() as uow:
        old = MONDAY - timedelta(days=3)
        uow.connection.execute(update(U).values(last_message_at=old))
        uow.connection.execute(update(U).where(U.c.openid == "o-1").values(last_message_at=MONDAY))
        uow.connection.execute(update(U).where(U.c.openid == "o-2").values(preferences={"broadcast": "off"}))
        three = uow.connection.execute(select(U.c.id).where(U.c.openid == "o-3")).scalar_one()
        uow.session.add(Subscription(account_id=three, template="t", left_over=1, changed_at=MONDAY))
    context = visitors.hospital.acting("staff:1")

    def look(uow: UnitOfWork, roads: tuple[str, ...]) -> reach.Reach:
        found = audience.recipients(uow, context.directory, Audience(doctors=("王建国",)), TODAY)
        kind = context.kinds["broadcast"]
        return reach.reach(uow, kind, found, open_roads=roads, sms_text="字" * 80, sms_price_fen=5)

    with visitors.db.read() as uow:
        seen_all = look(uow, ("subscribe", "custom", "sms"))
        assert seen_all.by_road == {"subscribe": 1, "custom": 1, "sms": 2, "unsubscribed": 1}
        assert (seen_all.total, seen_all.sms_parts, seen_all.cost_fen) == (5, 2, 20)
        assert look(uow, ("custom",)).by_road == {"custom": 1, "none": 3, "unsubscribed": 1}


# -- its life --------------------------------------------------------------------------------------


def test_a_draft_sends_nothing_and_a_confirmed_one_is_frozen(visitors: Town) -> None:
    campaign = drafted(visitors)
    assert visitors.count(Push, Push.campaign_id == campaign) == 0
    done = do(visitors, campaigns.confirm, campaign, approval_above=10)
    assert (done.recipients, done.awaiting) == (5, False)
    late = visitors.account("o-late")
    slots = visitors.clinic(day=TOMORROW + timedelta(days=1))
    visitors.book(late, slots[0], visitors.register(late, 99))
    assert do(visitors, campaigns.confirm, campaign, approval_above=10) == done
    assert seen(visitors, campaign).places == {"waiting": 5}
    assert queue(visitors) >= 5
    assert seen(visitors, campaign).places == {"queued": 5}


def test_the_same_draft_twice_is_one(visitors: Town) -> None:
    assert drafted(visitors, key="a") == drafted(visitors, key="a") != drafted(visitors, key="b")


def test_nobody_is_no_audience(visitors: Town) -> None:
    campaign = drafted(visitors, Audience(departments=("儿科",)))
    with pytest.raises(CampaignError, match="没有找到人"):
        do(visitors, campaigns.confirm, campaign, approval_above=10)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words("", "请留意"), "标题"),
        (Words("通知", "请看 http://a.cn"), "网址"),
        (Words("通知", "您的肿瘤复查到期了"), "病情"),
        (Words("通知", "体检优惠"), "广告"),
        (Words("通知", "字" * 301), "最多 300"),
        (Words("通知", "{patient}您好"), "{ }"),
    ],
)
def test_words_that_must_not_go_out_are_refused(visitors: Town, words: Words, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        do(visitors, campaigns.create, key="x", words=words, audience=Audience(doctors=("王建国",)))


def test_above_a_number_somebody_else_has_to_approve(visitors: Town) -> None:
    campaign = drafted(visitors)
    assert do(visitors, campaigns.confirm, campaign, approval_above=4).awaiting
    queue(visitors)
    assert seen(visitors, campaign).places == {"paused": 5}
    with pytest.raises(CampaignError, match="另一位同事"):
        do(visitors, campaigns.approve, campaign, actor="staff:1")
    do(visitors, campaigns.approve, campaign, actor="staff:2")
    queue(visitors)
    found = seen(visitors, campaign)
    assert (found.state, found.places, found.approved_by) == (CampaignState.RUNNING, {"queued": 5}, "staff:2")


def test_pause_holds_what_is_planned_and_what_is_queued(visitors: Town) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=10)
    context = visitors.hospital.acting("system:planner")
    visitors.db.run(lambda uow: queue_due(uow, context, READERS, 14))  # six bookings' own pushes come first
    before = seen(visitors, campaign).places
    assert set(before) == {"waiting", "queued"}
    do(visitors, campaigns.pause, campaign)
    queue(visitors)
    assert seen(visitors, campaign).places == {"paused": 5}
    do(visitors, campaigns.resume, campaign)
    assert seen(visitors, campaign).places == before


def test_a_withdrawn_one_never_sends_the_rest(visitors: Town) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=10)
    queue(visitors)
    with visitors.db.write() as uow:
        first = (
            select(MESSAGES.c.id)
            .where(MESSAGES.c.campaign_id == campaign)
            .order_by(MESSAGES.c.id)
            .limit(2)
            .scalar_subquery()
        )
        uow.connection.execute(
            update(MESSAGES)
            .where(MESSAGES.c.id.in_(first))
            .values(state=OutboxState.SENT, road="custom", sent_at=MONDAY)
        )
    assert do(visitors, campaigns.withdraw, campaign) == 3
    found = seen(visitors, campaign)
    assert (found.places, found.by_road) == ({"sent": 2, "withdrawn": 3}, {"custom": 2})
    with pytest.raises(CampaignError, match="撤不回来"):
        do(visitors, campaigns.withdraw, campaign)


@pytest.mark.parametrize(
    ("act", "place"),
    [(campaigns.pause, "paused"), (campaigns.withdraw, "withdrawn")],
    ids=["paused", "withdrawn"],
)
def test_what_was_being_sent_then_and_failed_is_not_tried_again(
    visitors: Town, act: Callable[..., object], place: str
) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=10)
    queue(visitors)
    outbox = Outbox(visitors.db)
    flying = [one for one in outbox.claim(50, timedelta(seconds=60)) if one.campaign_id == campaign]
    do(visitors, act, campaign)
    assert seen(visitors, campaign).places["sending"] == len(flying) > 0
    outbox.settle([Settled(one, OutboxState.PENDING, "-1", MONDAY) for one in flying])
    assert seen(visitors, campaign).places == {place: 5}


def test_it_is_done_when_nothing_is_left(visitors: Town) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=10)
    queue(visitors)
    assert do(visitors, campaigns.finish, actor="system:scheduler") == 0
    mark(visitors, state=OutboxState.SENT, road="template", receipt="delivered", sent_at=MONDAY)
    assert do(visitors, campaigns.finish, actor="system:scheduler") == 1
    found = seen(visitors, campaign)
    assert (found.state, found.places) == (CampaignState.DONE, {"delivered": 5})


def test_every_place_is_counted_once(visitors: Town) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=10)
    with visitors.db.write() as uow:
        uow.connection.execute(update(U).where(U.c.openid == "o-1").values(preferences={"broadcast": "off"}))
    queue(visitors)
    states = (OutboxState.DEAD, OutboxState.STAFF, OutboxState.SENDING, OutboxState.VOID)
    with visitors.db.write() as uow:
        ids = uow.connection.execute(
            select(MESSAGES.c.id).where(MESSAGES.c.campaign_id == campaign).order_by(MESSAGES.c.id)
        ).scalars()
        for row_id, state in zip(ids.all(), states, strict=True):
            uow.connection.execute(
                update(MESSAGES).where(MESSAGES.c.id == row_id).values(state=state, error="expired")
            )
    found = seen(visitors, campaign)
    assert found.places == {"dead": 1, "staff": 1, "sending": 1, "skipped": 2}
    assert found.skipped == {"unsubscribed": 1, "expired": 1}
    assert found.failed == {"expired": 1}


def test_every_act_is_written_down_without_its_words(visitors: Town) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=0)
    do(visitors, campaigns.approve, campaign, actor="staff:2")
    do(visitors, campaigns.withdraw, campaign, actor="staff:2")
    with visitors.db.read() as uow:
        rows = uow.session.scalars(
            select(AuditEntry).where(AuditEntry.subject == f"campaign:{campaign}")
        ).all()
    assert [(row.actor, row.action) for row in rows] == [
        ("staff:1", "campaign.created"),
        ("staff:1", "campaign.awaiting"),
        ("staff:2", "campaign.running"),
        ("staff:2", "campaign.withdrawn"),
    ]
    assert not any("7点半" in str(row.detail) for row in rows)


def test_a_push_says_what_the_draft_said(visitors: Town) -> None:
    campaign = drafted(visitors)
    do(visitors, campaigns.confirm, campaign, approval_above=10)
    queue(visitors)
    leased = Outbox(visitors.db).claim(50, timedelta(seconds=60))
    mine = [each.notice for each in leased if each.kind == "broadcast"]
    assert mine
    assert all(notice is not None and notice.fields["text"] == WORDS.text for notice in mine)
