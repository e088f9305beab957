"""群发 in the console: written, looked at, confirmed, approved by somebody else, watched, stopped."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.roles import Role
from bot.domain.states import OutboxState
from bot.services.broadcast.words import read_campaigns
from bot.services.due import queue_due
from bot.services.tables import table
from bot.settings import Settings
from bot.store.models import Account, OutboxMessage
from bot.store.push_models import Campaign, Push
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import TOMORROW, Town

WORDS = {"title": "门诊时间调整", "text": "下周起门诊早上7点半开诊，请您留意。"}


@pytest.fixture
def four_eyes() -> None:
    """For tests in which five people are many."""


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Five people are few, but where four eyes are what a test is about."""
    above = 3 if "four_eyes" in request.fixturenames else 200
    return settings.model_copy(update={"broadcast_approval_above": above})


@pytest.fixture
def town(stand: Stand) -> Town:
    """Five people see 王建国 tomorrow, one of them wants no such messages."""
    town = Town.found(stand.db, stand.clock)
    slots = town.clinic(seats=6, minutes=10)
    for number in range(1, 6):
        account = town.account(f"o-{number}")
        town.book(account, slots[number % 2], town.register(account, number))
    with town.db.write() as uow:
        refuses = update(table(Account)).where(table(Account).c.openid == "o-1")
        uow.connection.execute(refuses.values(preferences={"broadcast": "off"}))
    return town


@pytest.fixture
def author(stand: Stand, town: Town) -> Visitor:
    return stand.signed_in(Role.BOOKING, staff_no="9002")


def colleague(stand: Stand, staff_no: str = "9007", *roles: Role) -> Visitor:
    stand.person(staff_no, *(roles or (Role.OFFICE,)))
    visitor = stand.visitor()
    visitor.sign_in(staff_no)
    return visitor


def drafted(author: Visitor, **form: Any) -> str:
    """Where the draft is."""
    page = author.get("/broadcasts/new").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    answer = author.post("/broadcasts/new", **({"once": once[1], "doctors": "王建国"} | WORDS | form))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def awaiting(author: Visitor) -> str:
    where = drafted(author)
    assert author.post(f"{where}/confirm", sure="1").status_code == 303
    return where


def queue(stand: Stand) -> None:
    context = stand.console.hospital.acting("system:planner")
    stand.db.run(lambda uow: queue_due(uow, context, {"campaign": read_campaigns}))


def test_from_the_first_word_to_what_was_delivered(stand: Stand, author: Visitor) -> None:
    looked = author.post("/broadcasts/look", doctors="王建国", **WORDS).text
    assert re.search(r"<strong>5</strong>人在名单里", looked)
    assert re.search(r"<strong>1</strong>人退订了，不发", looked)
    assert "【示例市人民医院】门诊时间调整" in looked
    assert stand.db.run(lambda uow: uow.session.query(Campaign).count()) == 0
    where = drafted(author)
    page = author.get(where).text
    assert "草稿" in page
    assert "医生 王建国；今天起就诊" in page
    assert author.post(f"{where}/confirm").status_code == 422
    assert author.post(f"{where}/confirm", sure="1").status_code == 303
    assert "名单已定：5 人。开始发送" in author.get(where).text
    assert author.post(f"{where}/confirm", sure="1").status_code == 303
    queue(stand)
    messages = table(OutboxMessage)
    with stand.db.write() as uow:
        ours = update(messages).where(messages.c.kind == "broadcast")
        uow.connection.execute(
            ours.values(state=OutboxState.SENT, road="sms", receipt="delivered", sent_at=uow.now)
        )
    part = author.get(where, **{"HX-Request": "true"}).text
    assert "<html" not in part
    assert "已送达" in part
    assert "患者退订了 1" in part
    assert "门诊时间调整" in author.get("/broadcasts?state=running").text
    assert "这个状态的群发没有" in author.get("/broadcasts?state=done").text
    assert author.get("/broadcasts?state=nonsense").status_code == 400


@pytest.mark.usefixtures("four_eyes")
def test_four_eyes(stand: Stand, author: Visitor) -> None:
    where = awaiting(author)
    page = author.get(where).text
    assert "等另一位同事批准" in page
    assert "这是您写的" in page
    assert author.post(f"{where}/approve").status_code == 403
    office = colleague(stand)
    assert "门诊时间调整" in office.get("/").text
    assert "等另一位同事批准" in office.get("/").text
    assert office.post(f"{where}/approve").status_code == 303
    assert "正在发" in office.get(where).text
    assert office.post(f"{where}/approve").status_code == 409
    own = colleague(stand, "9008")
    theirs = awaiting(own)
    refused = own.post(f"{theirs}/approve")
    assert refused.status_code == 409
    assert "不能自己批自己的" in refused.text


def test_paused_resumed_withdrawn(stand: Stand, author: Visitor) -> None:
    where = awaiting(author)
    assert author.post(f"{where}/resume").status_code == 409
    assert author.post(f"{where}/pause").status_code == 303
    assert "暂停着" in author.get(where).text
    assert author.post(f"{where}/pause").status_code == 409
    assert author.post(f"{where}/resume").status_code == 303
    assert author.post(f"{where}/withdraw").status_code == 303
    page = author.get(where).text
    assert "撤回了，没有发" in page
    assert "确定撤回吗" not in page
    gone = author.post(f"{where}/withdraw")
    assert gone.status_code == 409
    assert "撤不回来了" in gone.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "您的肿瘤复查到期了"}, "不能写病情"),
        ({"text": "请看 www.a.cn"}, "不要放网址"),
        ({"title": ""}, "标题要写明为什么发"),
        ({"doctors": "李四"}, "没有医生「李四」"),
        ({"doctors": ""}, "请写明发给谁"),
        ({"first": "2026-11-25", "last": "2026-11-24"}, "结束日期比开始日期早"),
    ],
)
def test_what_cannot_be_sent_comes_back_as_it_was_typed(
    stand: Stand, author: Visitor, form: dict[str, str], said: str
) -> None:
    answer = author.post("/broadcasts/new", **({"once": "x", "doctors": "王建国"} | WORDS | form))
    assert answer.status_code == 422
    assert said in answer.text
    assert (form.get("title", WORDS["title"])) in answer.text
    assert (form.get("text", WORDS["text"])) in answer.text
    assert stand.db.run(lambda uow: uow.session.query(Campaign).count()) == 0
    assert author.post("/broadcasts/new", first="nonsense").status_code == 400


def test_the_button_pressed_twice_makes_one_draft(stand: Stand, author: Visitor) -> None:
    assert drafted(author, once="a") == drafted(author, once="a") != drafted(author, once="b")


def test_written_like_another_one(author: Visitor) -> None:
    where = drafted(author, departments=["心血管内科"], last=str(TOMORROW))
    page = author.get(f"/broadcasts/new?from={where.rsplit('/', 1)[1]}").text
    assert 'value="门诊时间调整"' in page
    assert 'value="心血管内科" checked' in page
    assert f'value="{TOMORROW}"' in page
    assert author.get("/broadcasts/new?from=99").status_code == 404
    assert "只发给 2 次指定出诊的患者" in author.get("/broadcasts/new?clinics=1,2,x").text


def test_nobody_is_on_the_list(stand: Stand, author: Visitor) -> None:
    where = drafted(author, doctors="张敏")
    assert "没有找到人" in author.get(where).text
    assert author.post(f"{where}/confirm", sure="1").status_code == 409
    assert (
        stand.db.run(lambda uow: uow.session.query(Push).filter(Push.campaign_id.is_not(None)).count()) == 0
    )
    assert author.get("/broadcasts/99").status_code == 404
    assert author.post("/broadcasts/99/pause").status_code == 404


def test_queries_do_not_grow(stand: Stand, author: Visitor) -> None:
    where = drafted(author)
    author.get("/broadcasts")
    for path, most in ((where, 11), ("/broadcasts", 4), ("/broadcasts/new", 4)):
        with counted(stand) as asked:
            assert author.get(path).status_code == 200
        assert len(asked) <= most, (path, "\n".join(asked))
