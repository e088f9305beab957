"""Each move, in the chat: kept, answered once, and what it sets going."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import update

from bot.domain.followup import FollowupState
from bot.domain.states import PushState
from bot.domain.survey import (
    Author,
    Back,
    Give,
    Jump,
    Skip,
    Start,
    Stop,
    SurveyClosed,
    SurveyMoved,
    SurveyRefused,
    SurveyState,
)
from bot.questionnaires.filling import current
from bot.questionnaires.model import Coded, Free
from bot.services.followup.discharges import F
from bot.store.care_models import Contact, SurveyResponse
from bot.store.followup_models import Followup
from bot.store.models import Consent
from bot.store.push_models import Alert
from tests.integration.surveys.asked import Asked


def test_before_anybody_agrees_nothing_is_written(asked: Asked) -> None:
    seen = asked.view()
    assert (seen.id, seen.state, seen.revision, seen.own) == ("", SurveyState.OFFERED, 0, True)
    assert (seen.patient, seen.ward, seen.author) == ("王*明", "心内一病区", Author.PATIENT)
    assert asked.offered() == [asked.scope]
    assert asked.count(SurveyResponse) == 0


def test_agreeing_is_written_down_with_the_consent(asked: Asked) -> None:
    moved = asked.start()
    assert moved.survey.state is SurveyState.ASKING
    step = asked.step()
    assert step.state is FollowupState.CONTACTING
    assert step.reached_at == step.attempted_at == asked.ward.town.clock.now()
    assert asked.count(Consent, Consent.kind == "followup", Consent.evidence == "k1") == 1
    assert not asked.ward.invited()
    assert [push.reason for push in asked.ward.invited(PushState.VOID)] == ["begun"]


def test_an_answer_is_kept_and_the_next_question_is_open(asked: Asked) -> None:
    asked.start()
    moved = asked.give("recovery", "good")
    assert moved.survey.filling.answers == {"recovery": (Coded("good"),)}
    asked.ward.town.clock.advance(timedelta(days=1))  # another day, another device
    seen = asked.view()
    item = current(seen.form, seen.filling)
    assert item is not None and item.link_id == "signs"


def test_the_last_answer_completes(asked: Asked) -> None:
    moved = asked.answer_all()
    assert moved.survey.state is SurveyState.COMPLETED
    assert moved.revisit
    step = asked.step()
    assert (step.state, step.completed_at) == (FollowupState.ANSWERED, asked.ward.town.clock.now())
    assert asked.contacts() == [("chat", "completed", None)]
    assert asked.offered() == []


def test_the_same_key_again_changes_nothing(asked: Asked) -> None:
    asked.answer_all()
    before, seen = asked.totals(), asked.view()
    again = asked.moved(Skip("words"), key=f"k{seen.revision}")
    assert again.survey == seen and again.revisit
    assert asked.totals() == before


def test_what_cannot_stand_is_refused_and_nothing_changes(asked: Asked) -> None:
    asked.start()
    before = asked.view()
    refused = asked.do(Give("recovery", (Coded("wonderful"),)))
    assert isinstance(refused, SurveyRefused) and refused.why == "option"
    skipped = asked.do(Skip("recovery"))
    assert isinstance(skipped, SurveyRefused) and skipped.why == "required"
    assert asked.do(Give("degrees", (Coded("x"),))) == SurveyClosed("stale")  # not asked: no fever was told
    assert asked.view() == before


def test_back_and_jump(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    asked.give("signs", "none")
    back = asked.moved(Back())
    assert back.survey.filling.at == "signs"
    assert asked.give("signs", "none").survey.filling.answers == back.survey.filling.answers
    jumped = asked.moved(Jump(1))
    assert jumped.survey.filling.at == "recovery"
    too_far = asked.do(Jump(9))
    assert isinstance(too_far, SurveyRefused) and (too_far.why, too_far.limit) == ("number", 3)


def test_stop_is_a_refusal(asked: Asked) -> None:
    moved = asked.moved(Stop())
    assert moved.survey.state is SurveyState.STOPPED
    assert asked.step().state is FollowupState.REFUSED
    assert asked.contacts() == [("chat", "refused", None)]
    assert not asked.ward.invited() and asked.offered() == []
    assert asked.do(Start(Author.PATIENT)) == SurveyClosed("stopped")


def test_without_consent_no_answer_is_taken(asked: Asked) -> None:
    assert asked.do(Give("recovery", (Coded("good"),))) == SurveyClosed("stale")
    assert asked.count(SurveyResponse) == 0


def test_nobody_elses(asked: Asked) -> None:
    stranger = asked.hospital.account("wechat", "wx1", "o-9", following=True)
    with asked.hospital.world(stranger) as world:
        assert world.survey(asked.scope) is None and world.surveys() == []
    assert asked.do(Start(Author.PATIENT), account=stranger) == SurveyClosed("unknown")


def test_corrected_for_a_day(asked: Asked) -> None:
    asked.answer_all()
    first = asked.view().completed_at
    asked.moved(Jump(1))
    moved = asked.give("recovery", "fair")
    assert moved.survey.state is SurveyState.COMPLETED and moved.survey.completed_at == first
    assert asked.count(Contact) == 1
    asked.ward.town.clock.advance(timedelta(hours=25))
    assert asked.do(Give("recovery", (Coded("good"),))) == SurveyClosed("completed")


def test_a_correction_that_opens_a_question_asks_it(asked: Asked) -> None:
    asked.answer_all()
    moved = asked.give("signs", "fever")
    assert moved.survey.state is SurveyState.ASKING
    assert asked.step().state is FollowupState.ANSWERED
    assert asked.offered() == [asked.scope]
    done = asked.moved(Give("degrees", (Decimal("37.6"),)))
    assert done.survey.state is SurveyState.COMPLETED
    assert asked.count(Contact) == 1


def test_a_relative_goes_on_where_the_patient_stopped(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    daughter = asked.relative()
    assert asked.view(daughter).own is False
    assert asked.offered(daughter) == [asked.scope]
    moved = asked.moved(Start(Author.FAMILY), account=daughter)
    assert moved.survey.author is Author.FAMILY
    assert list(moved.survey.filling.answers) == ["recovery"]
    assert asked.count(Consent, Consent.kind == "followup") == 2


def test_late_is_better_than_never(asked: Asked) -> None:
    asked.at(29)  # the last day was the 27th
    assert asked.step().state is FollowupState.OVERDUE
    assert asked.offered() == [asked.scope]
    asked.answer_all()
    assert asked.step().state is FollowupState.ANSWERED


def test_after_thirty_days_it_is_over(asked: Asked) -> None:
    asked.start()
    asked.at(28, month=12)
    assert asked.do(Give("recovery", (Coded("good"),))) == SurveyClosed("expired")
    assert asked.offered() == []


def test_before_its_first_day_it_is_not_offered(asked: Asked) -> None:
    asked.ward.town.clock.advance(timedelta(days=-3))  # the 22nd; from the 23rd on
    assert asked.offered() == []
    assert asked.do(Start(Author.PATIENT)) == SurveyClosed("unknown")


def test_words_are_an_answer(asked: Asked) -> None:
    moved = asked.answer_all(words="护士很好")
    assert moved.survey.filling.answers["words"] == (Free("护士很好"),)
    assert isinstance(moved, SurveyMoved)


def test_a_questionnaire_that_is_not_there_is_told_to_staff(asked: Asked) -> None:
    with asked.ward.town.db.write() as uow:
        uow.connection.execute(update(F).values(questionnaire="lost"))
    assert asked.offered() == []
    with asked.hospital.world(asked.account) as world:
        assert world.survey(asked.scope) is None
    assert asked.do(Start(Author.PATIENT)) == SurveyClosed("unknown")
    assert asked.count(Alert, Alert.kind == "questionnaire_missing", Alert.subject == "lost") == 1


def test_what_was_begun_goes_on_by_its_own_version(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    form = asked.form
    newer = replace(form, version="9.0.0", items=form.items[1:])
    forms = asked.hospital.filed_forms
    asked.hospital.filed_forms = replace(forms, forms={**forms.forms, newer.canonical: newer})
    assert asked.view().form == form
    asked.answer_all()
    with asked.ward.town.db.read() as uow:
        assert uow.session.query(SurveyResponse).one().questionnaire == form.canonical


def test_a_late_step_gives_way_to_the_next(asked: Asked) -> None:
    asked.ward.run({"出院诊断": "高血压病3级", "出院日期": "2026-10-26", "入院日期": "2026-10-20"})
    asked.at(25)
    week, month = (row.id for row in _steps(asked)[-3:-1])
    assert asked.offered() == [f"followup:{month}"]
    asked.followup = week
    asked.start()  # asked for by its own invitation, it is taken
    assert asked.offered() == [f"followup:{week}", f"followup:{month}"]


def _steps(asked: Asked) -> list[Followup]:
    with asked.ward.town.db.read() as uow:
        return list(uow.session.query(Followup).order_by(Followup.id))
