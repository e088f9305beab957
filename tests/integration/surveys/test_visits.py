"""After a visit, how satisfied they were (R25): for a week, in the same way."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.commands import FillSurvey
from bot.domain.states import AppointmentState
from bot.domain.survey import Author, Give, Start, SurveyClosed, SurveyMoved, SurveyState
from bot.questionnaires.filling import current
from bot.questionnaires.model import Type
from bot.services.appointments import A
from bot.store.care_models import Contact, SurveyResponse
from tests.integration.services.town import TODAY, Town
from tests.integration.surveys.asked import usual


@pytest.fixture
def visited(town: Town) -> str:
    """Seen today; its scope."""
    account = town.account()
    patient = town.register(account)
    visit = town.book(account, town.clinic(day=TODAY)[-1], patient)
    with town.db.write() as uow:
        uow.connection.execute(update(A).values(state=AppointmentState.DONE))
    return f"appointment:{visit.id}"


def test_offered_for_a_week(town: Town, visited: str) -> None:
    with town.hospital.world(town.account()) as world:
        (seen,) = world.surveys()
    assert (seen.scope, seen.form.title, seen.department) == (visited, "门诊满意度", "心血管内科")
    assert seen.closes_on == TODAY + timedelta(days=7)
    town.clock.advance(timedelta(days=8))
    with town.hospital.world(town.account()) as world:
        assert world.surveys() == [] and world.survey(visited) is None
    assert town.hospital.execute(FillSurvey("k", visited, Start(Author.PATIENT)), town.account()) == (
        SurveyClosed("expired")
    )


def test_a_visit_that_is_to_come_is_not_asked_about(town: Town) -> None:
    account = town.account()
    visit = town.book(account, town.clinic()[0], town.register(account))
    with town.hospital.world(account) as world:
        assert world.surveys() == [] and world.survey(f"appointment:{visit.id}") is None


def test_answered_in_the_chat(town: Town, visited: str) -> None:
    account, n = town.account(), 0
    outcome = town.hospital.execute(FillSurvey("k", visited, Start(Author.PATIENT)), account)
    while isinstance(outcome, SurveyMoved) and outcome.survey.state is SurveyState.ASKING:
        item = current(outcome.survey.form, outcome.survey.filling)
        assert item is not None
        values = (False,) if item.type is Type.BOOLEAN else usual(item)
        n += 1
        outcome = town.hospital.execute(FillSurvey(f"k{n}", visited, Give(item.link_id, values)), account)
    assert isinstance(outcome, SurveyMoved), outcome
    assert outcome.survey.state is SurveyState.COMPLETED and not outcome.revisit
    with town.hospital.world(account) as world:
        assert world.surveys() == []
    assert (town.count(SurveyResponse), town.count(Contact)) == (1, 0)
