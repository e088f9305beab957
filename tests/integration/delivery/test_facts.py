"""What is true is looked at again before a push goes, on both databases."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.states import CampaignState, OutboxState
from bot.store import outbox
from bot.store.models import OutboxMessage
from bot.store.push_models import Campaign
from scheduler.verdicts import Later, Recheck, Verdict, Void
from tests.conftest import MONDAY, FixedClock
from tests.integration.delivery.ladder import Stage, fails


def told(verdicts: Mapping[str, Verdict]) -> Recheck:
    return lambda batch: {one.id: verdicts[one.key] for one in batch if one.key in verdicts}


def test_facts_are_looked_at_before_a_batch_is_sent(stage: Stage, clock: FixedClock) -> None:
    morning = MONDAY + timedelta(hours=3)
    gone, later, true = (
        stage.put("care", key=key, patient=key, priority=2) for key in ("gone", "later", "true")
    )
    recheck = told({"gone": Void("cancelled"), "later": Later(morning)})
    stage.delivery(recheck).once()
    assert stage.state(gone)[:2] == (OutboxState.VOID, "cancelled")
    assert (stage.row(later).state, stage.row(later).due_at, stage.row(later).attempts) == (
        OutboxState.PENDING,
        morning,
        0,
    )
    assert stage.row(true).state is OutboxState.SENT
    assert len(stage.roads["template"].sent) == 1
    clock.set(morning)
    stage.delivery().once()
    assert stage.row(later).state is OutboxState.SENT


def test_later_than_its_end_is_never(stage: Stage) -> None:
    message = stage.put("care", priority=2)
    stage.delivery(told({"care:appointment:7:1": Later(MONDAY + timedelta(days=1))})).once()
    assert stage.state(message)[:2] == (OutboxState.VOID, "expired")


def test_facts_that_cannot_be_read_delay_no_neighbour(stage: Stage, clock: FixedClock) -> None:
    def recheck(batch: Sequence[outbox.Leased]) -> Mapping[int, Verdict]:
        if any(one.key == "poison" for one in batch):
            raise LookupError
        return {}

    poison, other = (
        stage.put("care", key="poison", priority=2),
        stage.put("care", key="b", patient="o-2", priority=2),
    )
    delivery = stage.delivery(recheck)
    delivery.once()
    assert stage.row(other).state is OutboxState.SENT
    assert stage.state(poison)[:2] == (OutboxState.PENDING, "recheck LookupError")
    for _ in range(9):
        clock.advance(timedelta(hours=2) if stage.row(poison).attempts > 5 else timedelta(minutes=30))
        delivery.once()
    assert stage.row(poison).state is not OutboxState.SENT


def test_a_paused_broadcast_stands_still_and_a_withdrawn_one_is_over(stage: Stage, clock: FixedClock) -> None:
    """Also for what is just being sent, and fails."""
    for state, becomes in (
        (CampaignState.PAUSED, OutboxState.PAUSED),
        (CampaignState.WITHDRAWN, OutboxState.VOID),
    ):
        with stage.db.write() as uow:
            uow.session.query(OutboxMessage).update({"campaign_id": None, "state": OutboxState.VOID})
            uow.session.query(Campaign).delete()
        campaign = stage.campaign(state)
        message = stage.put(
            "news", key=becomes.value, patient=becomes.value, priority=3, campaign_id=campaign
        )
        stage.answer(template=fails("503"))
        stage.delivery().once()
        assert stage.row(message).state is becomes
        clock.advance(timedelta(minutes=1))
        assert stage.delivery().once() == 0
