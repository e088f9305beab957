"""A questionnaire that somebody answers, without a database: as much of a `World` as the frame looks at."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from bot.domain.survey import Author, SurveyState, SurveyView
from bot.domain.world import World
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import Coded, Item, Questionnaire
from tests.unit.handlers.tiny import Tiny

FORMS = Catalogue.load()


def form(name: str) -> Questionnaire:
    found = FORMS.newest(name)
    assert found is not None
    return found


def item(name: str, link_id: str) -> Item:
    found = form(name).item(link_id)
    assert found is not None
    return found


def seen(name: str = "falls", filling: Filling | None = None, **more: Any) -> SurveyView:
    told = SurveyView(
        id="r1", scope="followup:1", followup_id=1, form=form(name), filling=filling or Filling(),
        state=SurveyState.ASKING, author=Author.PATIENT, revision=0, patient_id="p1", patient="王*明", own=True,
        department="心血管内科", ward="一病区", discharged_on=date(2026, 11, 16), closes_on=date(2026, 11, 26),
    )  # fmt: skip
    return replace(told, **more)


@dataclass
class Asked(Tiny):
    """One questionnaire is open."""

    open_now: list[SurveyView] = field(default_factory=list)

    def survey(self, scope: str) -> SurveyView | None:
        return next((each for each in self.open_now if each.scope == scope), None)

    def surveys(self) -> list[SurveyView]:
        return self.open_now


def world(*open_now: SurveyView) -> World:
    return cast(World, Asked(open_now=list(open_now)))


VALUES: dict[str, Any] = {"scope": "followup:1", "state": "asking", "going": True}
NO = (False,)


def coded(*codes: str) -> tuple[Coded, ...]:
    return tuple(Coded(code) for code in codes)
