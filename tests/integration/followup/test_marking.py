"""An attempt is what a road has taken, not what is planned; who does not answer stands in the queue of calls."""

from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.clock import local
from bot.domain.commands import FillSurvey
from bot.domain.contacts import Outcome
from bot.domain.followup import FollowupState
from bot.domain.states import OutboxState, PushState
from bot.domain.survey import Author, Start
from bot.services import readers
from bot.services.followup.linking import go_on
from bot.services.followup.marking import mark
from bot.services.phone_tasks import open_task
from bot.store.models import OutboxMessage
from bot.store.push_models import Attempt
from scheduler.planner import Planner
from tests.integration.followup.discharged import Ward
from tests.integration.followup.phoning import call, step_of

SENT = datetime.fromisoformat("2026-11-25T02:00:01+00:00")


def tick(ward: Ward) -> int:
    context = ward.hospital.acting("system:scheduler")
    ward.town.db.run(lambda uow: go_on(uow, context))
    return ward.town.db.run(lambda uow: mark(uow, context))


def invited(ward: Ward) -> int:
    """The invitation of the 25th stands in the outbox; its row."""
    ward.register()
    ward.run({})
    ward.town.clock.set(SENT)
    tick(ward)
    Planner(ward.hospital, readers.standard()).tick()
    assert len(ward.invited(PushState.QUEUED)) == 1
    with ward.town.db.read() as uow:
        return uow.session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == "followup_due")).one()


def tried(ward: Ward, outbox: int, number: int, code: str, road: str = "template") -> datetime:
    with ward.town.db.write() as uow:
        now = uow.now
        uow.session.add(Attempt(outbox_id=outbox, number=number, road=road, code=code, at=now))
        message = uow.session.get_one(OutboxMessage, outbox)
        message.state = OutboxState.PENDING if code else OutboxState.SENT
    return now


def test_what_is_planned_or_refused_is_no_attempt(ward: Ward) -> None:
    outbox = invited(ward)
    assert (tick(ward), step_of(ward).attempted_at) == (0, None)
    tried(ward, outbox, 1, "43004")
    assert (tick(ward), step_of(ward).attempted_at) == (0, None)


def test_the_first_road_that_took_it_is_the_attempt(ward: Ward) -> None:
    outbox = invited(ward)
    tried(ward, outbox, 1, "43004")
    ward.town.clock.advance(timedelta(minutes=3))
    first = tried(ward, outbox, 2, "", "sms")
    ward.town.clock.advance(timedelta(minutes=5))
    tried(ward, outbox, 3, "", "sms")
    assert (tick(ward), step_of(ward).attempted_at) == (1, first)
    assert tick(ward) == 0


def test_who_does_not_answer_is_called_on_the_second_day_and_once(ward: Ward) -> None:
    tried(ward, invited(ward), 1, "")
    tick(ward)
    assert step_of(ward).next_call_at is None
    ward.town.clock.advance(timedelta(days=1, hours=13))
    assert tick(ward) == 0  # Thursday, 23:00
    ward.town.clock.advance(timedelta(hours=2))
    assert tick(ward) == 1
    again = step_of(ward).next_call_at
    assert again is not None
    assert local(again).strftime("%d %H:%M") == "27 08:30"
    ward.town.clock.set(again)
    call(ward, Outcome.NO_ANSWER)
    assert tick(ward) == 0
    assert local(step_of(ward).next_call_at or again).strftime("%d %H:%M") == "27 15:00"


def test_who_is_answering_is_left_alone_until_they_stop(ward: Ward) -> None:
    tried(ward, invited(ward), 1, "")
    account = ward.hospital.account("wechat", "wx1", "o-1", following=True)
    ward.town.clock.advance(timedelta(days=1))
    begun = FillSurvey("begin", f"followup:{step_of(ward).id}", Start(Author.PATIENT))
    ward.hospital.execute(begun, account)
    ward.town.clock.advance(timedelta(days=1))
    tick(ward)
    assert (step_of(ward).state, step_of(ward).next_call_at) == (FollowupState.CONTACTING, None)
    ward.town.clock.advance(timedelta(days=1))
    tick(ward)
    assert step_of(ward).next_call_at is not None


def test_a_ladder_that_ended_in_a_call_is_a_call(ward: Ward) -> None:
    ward.run({})
    ward.town.clock.set(SENT)
    tick(ward)
    step = step_of(ward)
    with ward.town.db.write() as uow:
        open_task(
            uow, key="phone:1", kind="followup_due", scope=f"followup:{step.id}", patient_id=None, account_id=None,
            reason="no_road", due_at=uow.now,
        )  # fmt: skip
    assert tick(ward) == 1
    assert (step_of(ward).next_call_at, step_of(ward).attempted_at) == (SENT, None)
    assert tick(ward) == 0
