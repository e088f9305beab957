"""The desk's main job in the running house: a patient in WeChat asks for a person, is answered, goes back to the bot."""

import re
from pathlib import Path

import httpx
import pytest

from bot.demo import staff_password
from bot.domain.roles import Role
from bot.sandbox.patient import NoAnswer, Patient
from bot.services.staff.seeding import DEMO
from tests.house import running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
DESK = DEMO[Role.DESK]


class Clerk:
    """Somebody of the desk in front of a browser."""

    def __init__(self, url: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False, follow_redirects=True)
        self._page = self._http.get("/console/login").text
        self.post("/login", staff_no=DESK, password=password)
        self.post("/agreement", agree=self._hidden("agree"))  # R44: the first time

    def get(self, path: str) -> str:
        self._page = self._http.get(f"/console{path}").raise_for_status().text
        return self._page

    def post(self, path: str, **form: str) -> str:
        sent = {"csrf": self._hidden("csrf"), "once": self._hidden("once"), **form}
        self._page = self._http.post(f"/console{path}", data=sent).text
        return self._page

    def _hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" (?:content|value)="([^"]*)"', self._page)
        return found[1] if found else ""


def test_from_the_queue_to_an_answer_and_back(tmp_path: Path) -> None:
    with running(tmp_path, DESK_HOURS="00:00-23:59") as house:  # whatever the hour is
        patient = Patient(house.url, patience=90)
        patient.follow()
        assert "转人工" in "".join(patient.say("转人工"))
        patient.say("我的发票丢了怎么补")
        clerk = Clerk(house.url, staff_password(tmp_path))
        assert "在等人工" in clerk.get("/conversations")
        assert "我的发票丢了怎么补" in clerk.get("/conversations/1")
        clerk.post("/conversations/1/answer", words="请带身份证到一楼收费处补打。")
        assert patient.wait_for("收费处")[-1] == f"工号{DESK}：请带身份证到一楼收费处补打。"
        with pytest.raises(NoAnswer):  # the bot keeps out of it
            Patient(house.url, patient.openid, patience=2).say("好的，几点下班")
        assert "几点下班" in clerk.get("/conversations/1")
        clerk.post("/conversations/1/close")
        assert patient.wait_for("人工服务先到这里")
        assert "心血管内科" in "".join(patient.say("明天心内科有号吗")), "the bot answers again"
        assert "没有患者在等人工" in clerk.get("/conversations")
