"""Words that come after an invitation: which one the account saw last, and for how long that counts."""

from datetime import timedelta

from sqlalchemy import update

from bot.domain.states import OutboxState
from bot.domain.world import Matter
from bot.services import readers
from bot.store.models import OutboxMessage
from scheduler.planner import Planner
from tests.integration.surveys.asked import Asked


def matters(asked: Asked) -> list[Matter]:
    with asked.hospital.world(asked.account.id) as world:
        return list(world.matters())


def arrive(asked: Asked) -> None:
    Planner(asked.hospital, readers.standard()).tick()
    sent = update(OutboxMessage).values(state=OutboxState.SENT, sent_at=asked.ward.town.clock.now())
    with asked.ward.town.db.write() as uow:
        uow.session.execute(sent)


def test_what_is_not_sent_was_not_seen(asked: Asked) -> None:
    Planner(asked.hospital, readers.standard()).tick()
    assert matters(asked) == []


def test_the_invitation_may_be_answered_and_is_never_raised(asked: Asked) -> None:
    arrive(asked)
    (matter,) = matters(asked)
    assert (matter.frame, matter.values) == ("survey", {"scope": asked.scope, "invited": True})
    assert matter.waits and matter.told_at == asked.ward.town.clock.now()


def test_after_ten_days_nobody_remembers(asked: Asked) -> None:
    arrive(asked)
    asked.ward.town.clock.set(asked.ward.town.clock.now() + timedelta(days=11))
    assert matters(asked) == []
