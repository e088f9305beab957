"""``/my/TOKEN``: opened with the number's end alone, five tries, a day; everything of one's own, and as a file."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bot.domain.commands import AskForCopy
from bot.domain.rights import CopyReady
from bot.services.rights import links
from bot.store.models import AuditEntry
from bot.web.privacy import pages as privacy
from bot.web.survey import pages as survey
from tests.integration.rights.person import WISH, Person
from tests.integration.services.town import id_number

TAIL = id_number(1)[-4:]


@pytest.fixture
def site(person: Person) -> FlaskClient:
    app = Flask("page", static_folder=None)
    app.register_blueprint(survey.blueprint(person.hospital, person.db.keys))
    app.register_blueprint(privacy.blueprint(person.hospital, person.db.keys))
    person.hospital.settings = person.hospital.settings.model_copy(update={"public_url": "https://x.example"})
    return app.test_client()


@pytest.fixture
def path(person: Person, site: FlaskClient) -> str:
    made = person.do(AskForCopy("copy", person.id))
    assert isinstance(made, CopyReady)
    return made.url.removeprefix("https://x.example")


def test_the_numbers_end_opens_everything(person: Person, site: FlaskClient, path: str) -> None:
    first = site.get(path)
    assert first.status_code == 200 and "最后四位" in first.text and "王小明" not in first.text
    assert first.headers["Referrer-Policy"] == "no-referrer" and first.headers["Cache-Control"] == "no-store"
    wide = "".join(chr(ord(each) + 0xFEE0) for each in TAIL.lower())  # as a Chinese keyboard may write it
    page = site.post(path, data={"tail": wide})
    assert page.status_code == 200
    for told in ("王小明", id_number(1), "肺部感染", WISH, "王建国", "用姓名、证件号和手机号挂号"):
        assert told in page.text
    stamp = re.search(r'name="stamp" value="([^"]+)"', page.text)
    assert stamp is not None
    file = site.post(path, data={"stamp": stamp[1]})
    told = json.loads(file.data)
    assert (
        told["sections"][0]["title"] == "登记的资料" and "attachment" in file.headers["Content-Disposition"]
    )
    assert person.request(1).state == "done"
    with person.db.read() as uow:
        looks = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "privacy.copied")).all()
    assert [row.detail["reason"] for row in looks] == ["own", "own"]


def test_a_stamp_ends_and_is_of_its_page_alone(person: Person, site: FlaskClient, path: str) -> None:
    page = site.post(path, data={"tail": TAIL})
    stamp = re.search(r'name="stamp" value="([^"]+)"', page.text)
    assert stamp is not None
    person.later(minutes=16)
    late = site.post(path, data={"stamp": stamp[1]})
    assert "最后四位" in late.text and "王小明" not in late.text
    assert "最后四位" in site.post(path, data={"stamp": "9999999999-" + "0" * 18}).text


def test_five_wrong_ones_close_it(person: Person, site: FlaskClient, path: str) -> None:
    for left in (4, 3, 2, 1):
        wrong = site.post(path, data={"tail": "0000"})
        assert wrong.status_code == 422 and f"还可以试 {left} 次" in wrong.text
    assert site.post(path, data={"tail": ""}).status_code == 410
    shut = site.post(path, data={"tail": TAIL})
    assert shut.status_code == 410 and "次数太多" in shut.text and "王小明" not in shut.text


def test_a_day_later_it_is_over(person: Person, site: FlaskClient, path: str) -> None:
    person.later(hours=24)
    assert site.post(path, data={"tail": TAIL}).status_code == 410
    assert "过期" in site.get(path).text


def test_nobody_makes_a_link(person: Person, site: FlaskClient, path: str) -> None:
    token = path.removeprefix("/my/")
    number, seal = token.split("-")
    assert site.get(f"/my/{number}-{'0' * 18}").status_code == 404
    assert site.get(f"/my/{int(number) + 1}-{seal}").status_code == 404
    assert site.post("/my/x", data={"tail": TAIL}).status_code == 404
    assert links.read_token(person.db.keys, token) == int(number)
    unmade = links.make_token(person.db.keys, 999)  # rightly signed, of no request
    assert site.get(f"/my/{unmade}").status_code == 404
