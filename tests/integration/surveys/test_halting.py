"""A death or a readmission ends what is being answered, a mistake taken back lets it go on (R30)."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from bot.domain.commands import FillSurvey
from bot.domain.followup import FollowupState
from bot.domain.survey import Author, Give, Start, Stop, SurveyClosed, SurveyMoved, SurveyState
from bot.questionnaires.model import Coded
from bot.services.followup.reported import readmitted
from bot.services.surveys.moving import fill
from bot.store.care_models import SurveyResponse
from tests.integration.surveys.asked import NURSE, Asked, submitted

RECOVERY = Give("recovery", (Coded("good"),))


def state(asked: Asked) -> SurveyState:
    with asked.ward.town.db.read() as uow:
        return uow.session.query(SurveyResponse).one().state


def test_a_death_that_comes_in_while_somebody_answers(asked: Asked) -> None:
    asked.start()
    asked.ward.run({"死亡日期": "2026-11-24"})
    assert asked.do(RECOVERY) == SurveyClosed("deceased")
    assert state(asked) is SurveyState.STOPPED
    assert asked.offered() == []
    assert asked.step().state is FollowupState.DECEASED


def test_nobody_starts_for_who_has_died(asked: Asked) -> None:
    asked.ward.run({"死亡日期": "2026-11-24"})
    assert asked.do(Start(Author.FAMILY)) == SurveyClosed("deceased")
    assert asked.count(SurveyResponse) == 0


def test_a_death_by_mistake_lets_it_go_on(asked: Asked) -> None:
    asked.start()
    asked.moved(RECOVERY)
    asked.ward.run({"死亡日期": "2026-11-24", "离院方式": "死亡"})
    asked.ward.run({"离院方式": "医嘱离院"})
    asked.tick()
    assert asked.view().filling.answers == {"recovery": (Coded("good"),)}
    asked.answer_all()
    assert asked.step().state is FollowupState.ANSWERED


def test_a_readmission(asked: Asked) -> None:
    asked.start()
    again = {"住院号": "Z1002", "入院日期": "2026-11-24", "出院日期": "", "离院方式": "在院"}
    asked.ward.run(again)
    assert asked.do(RECOVERY) == SurveyClosed("readmitted")
    assert state(asked) is SurveyState.STOPPED


def test_what_was_refused_stays_refused(asked: Asked) -> None:
    asked.moved(Stop())
    asked.ward.run({"联系电话": "13900000009"})
    assert state(asked) is SurveyState.STOPPED
    assert asked.step().state is FollowupState.REFUSED


def test_an_answer_stays_whatever_is_imported(asked: Asked) -> None:
    asked.answer_all()
    asked.ward.run({"出院日期": "2026-11-19"})
    assert asked.step().state is FollowupState.ANSWERED
    asked.ward.run({"出院日期": "2026-11-19", "死亡日期": "2026-11-24"})
    assert asked.step().state is FollowupState.ANSWERED
    assert state(asked) is SurveyState.COMPLETED


def test_an_import_waits_for_who_is_answering(asked: Asked) -> None:
    """Else it would write the step back as it was before the answer."""
    command = FillSurvey("last", asked.scope, submitted(asked.view()))
    db, context = asked.ward.town.db, asked.hospital.acting(NURSE)
    with ThreadPoolExecutor(1) as pool:
        with db.write() as uow:
            assert isinstance(fill(command, uow, context), SurveyMoved)
            importing = pool.submit(asked.ward.run, {"出院日期": "2026-11-19"})
            while db.dialect == "postgresql" and not importing.done() and not _somebody_waits(asked):
                pass
        importing.result()
    assert asked.step().state is FollowupState.ANSWERED


def test_a_readmission_heard_on_the_phone_waits_for_who_is_answering(asked: Asked) -> None:
    command = FillSurvey("last", asked.scope, submitted(asked.view()))
    db, context = asked.ward.town.db, asked.hospital.acting(NURSE)
    stay = asked.ward.discharge().id
    with ThreadPoolExecutor(1) as pool:
        with db.write() as uow:
            assert isinstance(fill(command, uow, context), SurveyMoved)
            heard = pool.submit(db.run, lambda other: readmitted(other, context, stay))
            while db.dialect == "postgresql" and not heard.done() and not _somebody_waits(asked):
                pass
        heard.result()
    assert asked.step().state is FollowupState.ANSWERED


def _somebody_waits(asked: Asked) -> bool:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with asked.ward.town.db.read() as uow:
        return bool(uow.connection.execute(waiting).scalar_one())
