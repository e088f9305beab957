"""What is about the service becomes a ticket when the questionnaire is complete (R37)."""

import pytest
from sqlalchemy import update

from bot.domain.survey import Author, Give, Start, SurveyMoved, SurveyState
from bot.domain.tickets import TicketKind, TicketSource
from bot.questionnaires.model import Coded, Free
from bot.services.followup.discharges import F
from bot.store.care_models import Ticket
from tests.integration.surveys.asked import Asked, submitted


def tickets(asked: Asked) -> list[Ticket]:
    with asked.ward.town.db.read() as uow:
        return uow.session.query(Ticket).order_by(Ticket.id).all()


def text(asked: Asked, ticket: Ticket) -> str:
    return asked.ward.town.db.keys.decrypt(ticket.text, f"tickets.text:{ticket.key}").decode()


@pytest.fixture
def inpatient(asked: Asked) -> Asked:
    """The step asks how satisfied they are."""
    with asked.ward.town.db.write() as uow:
        uow.connection.execute(update(F).values(questionnaire="inpatient"))
    return asked


def test_words_about_the_service_are_a_ticket(asked: Asked) -> None:
    asked.answer_all(words="食堂的饭菜太咸了，希望淡一点")
    (ticket,) = tickets(asked)
    assert (ticket.source, ticket.followup_id) == (TicketSource.QUESTIONNAIRE, asked.followup)
    assert (ticket.patient_id, ticket.account_id) == (asked.patient_id, asked.account.id)
    assert text(asked, ticket) == "食堂的饭菜太咸了，希望淡一点"


def test_nothing_is_no_ticket(asked: Asked) -> None:
    asked.answer_all(words="没有")
    assert tickets(asked) == []


def test_nobody_is_bothered_before_it_is_complete(asked: Asked) -> None:
    asked.start()
    asked.moved(Give("words", (Free("食堂的饭菜太咸了"),)))
    assert asked.view().state is SurveyState.ASKING
    assert tickets(asked) == []


def test_a_gift_is_a_complaint_praise_is_praise(inpatient: Asked) -> None:
    inpatient.moved(Start(Author.PATIENT))
    page = submitted(
        inpatient.view(),
        words="",
        gift=(True,),
        praise=(Free("内一病区的护士很细心"),),
        overall=(Coded("5"),),
    )
    done = inpatient.moved(page, face="page")
    assert isinstance(done, SurveyMoved)
    assert [ticket.kind for ticket in tickets(inpatient)] == [TicketKind.COMPLAINT, TicketKind.PRAISE]
    assert [ticket.anonymous for ticket in tickets(inpatient)] == [True, False]
    assert "红包" in text(inpatient, tickets(inpatient)[0])
    assert {ticket.department for ticket in tickets(inpatient)[:1]} == {"纪检监察室"}


def test_who_is_complained_about_is_not_alarmed(inpatient: Asked) -> None:
    """A rule about the service is a ticket at once, said thanks for, and no red flag of the ward."""
    inpatient.moved(Start(Author.PATIENT))
    unhappy = inpatient.moved(Give("nurse", (Coded("1"),)))
    gift = inpatient.moved(Give("gift", (True,)))
    assert isinstance(unhappy, SurveyMoved) and isinstance(gift, SurveyMoved)
    assert [("意见" in a.text, "保密" in a.text) for a in (*unhappy.advice, *gift.advice)] == [
        (True, False), (False, True)
    ]  # fmt: skip
    assert list(inpatient.flags()) == []
    first, second = tickets(inpatient)
    assert (first.kind, first.anonymous, second.anonymous) == (TicketKind.COMPLAINT, False, True)
    assert "很不满意" in text(inpatient, first) and "护士" in text(inpatient, first)
    again = inpatient.moved(Give("doctor", (Coded("1"),)))
    assert isinstance(again, SurveyMoved) and again.advice == ()
    assert len(tickets(inpatient)) == 2


def test_a_correction_opens_no_second_one(asked: Asked) -> None:
    asked.answer_all(words="食堂的饭菜太咸了")
    asked.moved(Give("words", (Free("食堂的饭菜太咸了，还凉"),)))
    asked.give("recovery", "fair")
    assert len(tickets(asked)) == 1
