"""The questionnaire's page over the real services, and a browser without a script."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.domain.accounts import AccountRef
from bot.domain.commands import FillSurvey
from bot.domain.survey import Move, SurveyMoved, SurveyView
from bot.services.surveys.links import Link, make_token
from bot.store.followup_models import Discharge, Followup
from bot.web.survey import pages
from tests.integration.followup.conftest import ward
from tests.integration.followup.discharged import Ward
from tests.integration.services.conftest import town
from tests.integration.services.town import id_number

__all__ = ["page", "town", "ward"]

_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass
class Page:
    """One questionnaire (出院一周, of 王小明 who went home) as its patient's phone has it."""

    ward: Ward
    account: AccountRef
    scope: str
    token: str
    html: str = ""
    status: int = 0
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = Flask("page", static_folder=None)
        self.app.register_blueprint(pages.blueprint(self.ward.hospital, self.ward.town.db.keys))
        self.http = self.app.test_client()

    @property
    def url(self) -> str:
        return f"/f/{self.token}"

    def open(self, query: str = "") -> "Page":
        return self.took(self.http.get(self.url + query))

    def begin(self, author: str = "patient") -> "Page":
        """Agree, and see the sheet."""
        self.open()
        answer = self.send("start", author=author)
        assert (answer.status_code, answer.location) == (303, self.url)
        return self.open()

    def save(self, do: str = "save", **fields: str | list[str]) -> "Page":
        """The sheet as it was drawn last, with these answers: ``degrees="38.2"``."""
        answers = {f"a-{name}": value for name, value in fields.items()}
        return self.took(self.send(do, seen=self.seen, **answers))

    def send(self, do: str, **fields: str | list[str]) -> TestResponse:
        hidden = {name: value for name, value in _FIELD.findall(self.html) if name != "seen"}
        return self.http.post(self.url, data={**hidden, "do": do, **fields})

    def took(self, response: TestResponse) -> "Page":
        self.status, self.html = response.status_code, response.text
        self.seen = [unescape(value) for name, value in _FIELD.findall(self.html) if name == "seen"]
        return self

    # -- the other side ---------------------------------------------------------------------------

    @property
    def view(self) -> SurveyView:
        with self.ward.hospital.world(self.account) as world:
            found = world.survey(self.scope)
        assert found is not None
        return found

    def chat(self, move: Move, key: str = "chat-1") -> SurveyMoved:
        outcome = self.ward.hospital.execute(FillSurvey(key, self.scope, move), self.account)
        assert isinstance(outcome, SurveyMoved), outcome
        return outcome


@pytest.fixture
def make_page(ward: Ward) -> Callable[..., Page]:
    """``number``: of the patient; each has a page of their own.  ``form``: another questionnaire than 出院一周."""

    def make(until: date = date(2026, 12, 31), form: str = "", number: int = 1) -> Page:
        stay = f"Z100{number}"
        ward.run({"住院号": stay, "身份证号": id_number(number)})
        ward.register(number, openid=f"o-{number}")
        account = ward.hospital.account("wechat", "wx1", f"o-{number}")
        with ward.town.db.write() as uow:
            steps = (
                select(Followup)
                .join(Discharge, Discharge.id == Followup.discharge_id)
                .where(Discharge.admission_no == stay)
                .order_by(Followup.position)
            )
            step = uow.session.scalars(steps).first()
            assert step is not None
            step.questionnaire = form or step.questionnaire
            link = Link(f"followup:{step.id}", account.id, until)
        return Page(ward, account, link.scope, make_token(ward.town.db.keys, link))

    return make


@pytest.fixture
def page(make_page: Callable[..., Page]) -> Page:
    return make_page()
