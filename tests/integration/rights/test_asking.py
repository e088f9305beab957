"""What the chat does about one's data: told, copied, corrected, withdrawn, deleted; for whom, and once."""

from datetime import date, datetime

from bot.domain.clock import HOSPITAL_TZ, local
from bot.domain.commands import (
    AskForCopy,
    AskPrivacy,
    LookAtData,
    RegisterPatient,
    TakeBackRequest,
    WithdrawConsent,
)
from bot.domain.outcomes import InvalidField, NotYours, Refused, Registered
from bot.domain.rights import (
    Ask,
    ConsentWithdrawn,
    CopyLimit,
    CopyReady,
    Holdings,
    PrivacyAsked,
    PrivacyTakenBack,
    VisitsFirst,
    Whose,
)
from bot.domain.states import PushState
from bot.domain.survey import SurveyState
from bot.domain.views import Relation
from bot.services.readers import standard
from bot.services.rights import requests
from bot.store.care_models import SurveyResponse
from bot.store.models import Consent, Guardianship
from bot.store.push_models import Push
from scheduler.planner import Planner
from tests.integration.rights.person import Person
from tests.integration.services.town import id_number, phone_number, registration
from tests.integration.surveys.asked import Asked


def test_what_is_stored_is_told_by_kind(person: Person) -> None:
    told = person.do(LookAtData("look", person.id))
    assert isinstance(told, Holdings)
    counts = {each.name: each.count for each in told.holdings}
    assert counts["identity"] == counts["visits"] == counts["stays"] == counts["answers"] == 1
    assert counts["consents"] == 3 and counts["links"] == 1 and counts["chat"] >= 2
    assert all(each.why for each in told.holdings)
    assert person.do(LookAtData("look", person.id)) == told  # asked again, nothing more is stored
    assert len(person.requests()) == 1


def test_nobody_else_is_told_anything(person: Person) -> None:
    """For a relative who is an adult there is only the link; for a stranger there is nobody."""
    daughter = person.asked.relative("o-2", Relation.PARENT)
    stranger = person.town.account("o-9")
    for account in (daughter, stranger):
        for command in (
            LookAtData(f"l{account.id}", person.id), AskForCopy(f"c{account.id}", person.id),
            AskPrivacy(f"d{account.id}", Ask.DELETE, person.id),
        ):  # fmt: skip
            assert person.do(command, account) == Refused(NotYours())
    with person.hospital.world(daughter) as world:
        rights = world.rights(person.id)
        assert rights is not None and rights.whose is Whose.ADULT
    with person.hospital.world(stranger) as world:
        assert world.rights(person.id) is None
    assert person.requests() == []


def test_a_request_is_due_after_fifteen_workdays_and_can_be_taken_back(person: Person) -> None:
    assert person.do(AskPrivacy("d", Ask.DELETE, person.id)) == VisitsFirst(1)
    person.cancel()
    asked = person.do(AskPrivacy("d", Ask.DELETE, person.id))
    assert isinstance(asked, PrivacyAsked) and asked.due_on == date(2026, 12, 16)  # no holidays between
    assert person.do(AskPrivacy("d2", Ask.DELETE, person.id)) == asked  # one is enough
    stranger = person.town.account("o-9")
    assert person.do(TakeBackRequest("b", asked.number), stranger) == Refused(NotYours())
    assert person.do(TakeBackRequest("b", asked.number)) == PrivacyTakenBack(Ask.DELETE)
    assert person.do(TakeBackRequest("b", asked.number)) == PrivacyTakenBack(Ask.DELETE)
    again = person.do(AskPrivacy("d3", Ask.DELETE, person.id))
    assert isinstance(again, PrivacyAsked) and again.number != asked.number


def test_a_workday_is_no_day_off() -> None:
    """From the Monday before National Day: its week does not count."""
    monday = datetime(2026, 9, 28, 10, tzinfo=HOSPITAL_TZ)
    assert local(requests.due_at(monday)).date() == date(2026, 10, 23)


def test_a_correction_keeps_the_words_sealed(person: Person) -> None:
    asked = person.do(AskPrivacy("c", Ask.CORRECT, person.id, "姓名：王晓明"))
    assert isinstance(asked, PrivacyAsked)
    assert person.readable("王晓明") == {("privacy_requests", "words", "王晓明")}
    person.do(AskPrivacy("c2", Ask.CORRECT, person.id, "性别：女"))
    with person.db.read() as uow:
        row = requests.one(uow, asked.number)
        assert row is not None
        assert requests.words_of(uow, row) == "姓名：王晓明\n性别：女"


def test_without_pages_there_is_no_link_and_with_them_three_a_day(person: Person) -> None:
    assert person.do(AskForCopy("c0", person.id)) == Refused(NotYours())
    person.hospital.settings = person.hospital.settings.model_copy(update={"public_url": "https://x.example"})
    links = [person.do(AskForCopy(f"c{n}", person.id)) for n in (1, 2, 3)]
    assert all(isinstance(link, CopyReady) and link.url.startswith("https://x.example/my/") for link in links)
    assert person.do(AskForCopy("c4", person.id)) == CopyLimit(3)
    assert person.do(AskForCopy("c1", person.id)) == links[0]


def test_a_withdrawn_consent_ends_what_rests_on_it_and_is_asked_for_again(person: Person) -> None:
    mother = person.town.hospital.execute(
        registration(5, relation=Relation.PARENT), person.account
    )  # consents for somebody else stay
    assert isinstance(mother, Registered)
    person.later(minutes=1)
    done = person.do(WithdrawConsent("w", person.id, "privacy"))
    assert done == ConsentWithdrawn("privacy", "王*明", True)
    assert person.do(WithdrawConsent("w", person.id, "privacy")) == done
    assert person.town.count(Consent, Consent.patient_id == person.id, Consent.withdrawn_at.is_(None)) == 0
    assert (
        person.town.count(Consent, Consent.patient_id == mother.patient.id, Consent.withdrawn_at.is_(None))
        == 2
    )
    assert (
        person.town.count(Guardianship, Guardianship.patient_id == person.id, Guardianship.ended_at.is_(None))
        == 0
    )
    with person.hospital.world(person.account) as world:
        assert not world.consented("privacy")  # though it was given for the mother
    silent = RegisterPatient(
        "again", Relation.SELF, "王小明", "resident_id", id_number(1), phone_number(1), ("health_data",)
    )
    assert person.do(silent) == Refused(InvalidField("consents"))
    assert isinstance(person.do(registration(1, key="again-2")), Registered)


def test_a_withdrawn_followup_consent_stops_the_questionnaire_and_the_invitations(asked: Asked) -> None:
    asked.start()
    done = asked.hospital.execute(WithdrawConsent("w", asked.patient_id, "followup"), asked.account)
    assert done == ConsentWithdrawn("followup", "王*明", False)
    assert asked.count(SurveyResponse, SurveyResponse.state == SurveyState.STOPPED) == 1
    assert asked.count(Push, Push.state == PushState.PLANNED, Push.kind == "followup_due") == 0
    asked.tick()
    planner = Planner(asked.hospital, standard())
    for _ in range(3):
        planner.tick()
    assert asked.count(Push, Push.state == PushState.QUEUED, Push.kind.like("followup%")) == 0
    with asked.hospital.world(asked.account) as world:
        assert [each.id for each in world.patients()] == [asked.patient_id]
