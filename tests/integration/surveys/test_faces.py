"""The same row from the chat, the page and the nurse's sheet."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from bot.domain.followup import FollowupState
from bot.domain.survey import (
    Author,
    Give,
    Start,
    Submit,
    SurveyClosed,
    SurveyMoved,
    SurveyRefused,
    SurveyState,
)
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Coded
from bot.services.surveys.looking import survey
from bot.store.care_models import Contact, SurveyResponse
from bot.store.models import Consent
from tests.integration.services.town import id_number
from tests.integration.surveys.asked import Asked, sheet, submitted


def test_a_page_completes_when_it_says_so(asked: Asked) -> None:
    asked.start()
    saved = asked.moved(submitted(asked.view(), final=False), face="page")
    assert saved.survey.state is SurveyState.ASKING
    done = asked.moved(submitted(saved.survey), face="page")
    assert done.survey.state is SurveyState.COMPLETED
    assert asked.contacts() == [("page", "completed", None)]


def test_both_faces_give_the_same_answers(asked: Asked) -> None:
    asked.answer_all()
    chat = asked.view()
    assert chat.filling == replace(sheet(chat.form), skipped=frozenset({"words"}))


def test_a_page_that_is_behind_overwrites_nothing(asked: Asked) -> None:
    asked.start()
    behind = asked.view()
    asked.give("recovery", "bad")
    assert asked.do(submitted(behind), face="page") == SurveyClosed("stale")
    assert asked.view().filling.answers == {"recovery": (Coded("bad"),)}


def test_looking_back_in_the_chat_does_not_make_a_page_old(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    page = asked.view()
    asked.give("recovery", "good")  # the same again
    assert asked.view().revision == page.revision
    asked.moved(submitted(page), face="page")


def test_what_a_browser_sends_is_looked_at_again(asked: Asked) -> None:
    asked.start()
    seen = asked.view()
    missing = asked.do(Submit(Filling({"recovery": (Coded("good"),)}), seen.revision), face="page")
    assert isinstance(missing, SurveyRefused) and (missing.why, missing.item.link_id) == ("required", "signs")
    wrong = asked.do(Submit(Filling({"recovery": (Coded("x"),)}), seen.revision), face="page")
    assert isinstance(wrong, SurveyRefused) and wrong.why == "option"
    whole = sheet(seen.form).answers
    closed = Submit(Filling({**whole, "harm": (True,), "nonsense": (True,)}), seen.revision)
    moved = asked.moved(closed, face="page")  # nobody was asked about harm: the mood is good
    assert set(moved.survey.filling.answers) == set(whole)
    assert asked.flags() == []


def test_a_nurse_fills_the_same_row(asked: Asked) -> None:
    asked.start()
    asked.give("recovery", "good")
    outcome = asked.nurse(submitted(asked.view()))
    assert isinstance(outcome, SurveyMoved)
    assert (outcome.survey.author, outcome.survey.state) == (Author.NURSE, SurveyState.COMPLETED)
    assert asked.contacts() == [("phone", "completed", "0012")]


def test_a_nurse_needs_no_start_and_no_account(asked: Asked) -> None:
    outcome = asked.nurse(submitted(asked.view()))
    assert isinstance(outcome, SurveyMoved)
    with asked.ward.town.db.read() as uow:
        (row,) = uow.session.query(SurveyResponse).all()
    assert (row.account_id, row.staff_no, row.consented_at is not None) == (None, "0012", True)
    assert asked.count(Consent, Consent.kind == "followup") == 0
    assert asked.step().state is FollowupState.ANSWERED


def test_a_sheet_that_cannot_stand_begins_nothing(asked: Asked) -> None:
    refused = asked.nurse(Submit(Filling({"recovery": (Coded("good"),)}), 0))
    assert isinstance(refused, SurveyRefused)
    assert asked.count(SurveyResponse) == 0
    assert asked.step().state is FollowupState.DUE


def test_what_a_page_has_filled_in_the_chat_ends(asked: Asked) -> None:
    asked.start()
    asked.moved(submitted(asked.view(), final=False, words="都好"), face="page")
    assert asked.start().survey.state is SurveyState.COMPLETED


def test_staff_see_everybody_on_any_day(asked: Asked) -> None:
    asked.ward.run({"住院号": "Z2", "姓名": "李红", "身份证号": id_number(2), "出院日期": "2026-11-24"})
    other = asked.step("Z2")
    assert other.earliest_on is not None
    with asked.ward.town.db.read() as uow:
        seen = survey(uow, asked.hospital.acting("staff:0012"), f"followup:{other.id}")
    assert seen is not None and (seen.patient, seen.patient_id, seen.own) == ("李*", None, False)


def test_the_nurse_asks_and_the_patient_goes_on(asked: Asked) -> None:
    asked.nurse(Start(Author.PATIENT))
    asked.nurse(Give("recovery", (Coded("good"),)))
    assert asked.offered() == [asked.scope]
    done = asked.answer_all()
    assert done.survey.author is Author.PATIENT
    assert asked.contacts() == [("chat", "completed", None)]


def test_two_faces_at_once(asked: Asked) -> None:
    """Both begin at the same moment, then both complete: one response, one consent each, one completion."""
    gate = Barrier(2)
    daughter = asked.relative()

    def begin(n: int) -> object:
        gate.wait()
        account = (asked.account, daughter)[n]
        return asked.do(Start(Author.FAMILY), key=f"begin-{n}", account=account)

    def complete(n: int) -> object:
        seen = asked.view()
        gate.wait()
        return asked.do(submitted(seen), key=f"complete-{n}", face="page")

    with ThreadPoolExecutor(2) as pool:
        assert all(isinstance(each, SurveyMoved) for each in pool.map(begin, range(2)))
        outcomes = sorted(type(each).__name__ for each in pool.map(complete, range(2)))
    assert outcomes in (["SurveyClosed", "SurveyMoved"], ["SurveyMoved", "SurveyMoved"])
    assert asked.count(SurveyResponse) == 1
    assert asked.count(Contact) == 1
    assert asked.count(Consent, Consent.kind == "followup") == 2
