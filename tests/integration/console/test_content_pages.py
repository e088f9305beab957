"""常见问题, 别名, 模板: written in the console, seen on a phone before, in force everywhere after."""

import re

import pytest

from bot.domain.roles import Role
from bot.services.content import editions
from bot.services.content.faq import lint
from handlers.faq_book import FaqBook, shipped
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted

GOOD = {"words": "食堂\n吃饭 哪", "answer": "食堂在地下一层，早上7点到晚上7点。", "note": "患者常问"}


@pytest.fixture
def admin(stand: Stand) -> Visitor:
    stand.console.questions = shipped
    return stand.signed_in(Role.ADMIN)


def version(visitor: Visitor, path: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', visitor.get(path).text)
    assert found is not None
    return found[1]


def book(stand: Stand) -> FaqBook:
    """As another process answers, a second later."""
    stand.console.hospital.editions._checked = float("-inf")
    return FaqBook(None, lambda: stand.console.hospital.editions.active("faq"))


def answer(stand: Stand, said: str) -> str:
    found = book(stand).best(said)
    return "" if found is None else found.answer


# -- 常见问题 ----------------------------------------------------------------------------------------


def test_a_new_answer_is_a_draft_first_and_then_what_patients_get(stand: Stand, admin: Visitor) -> None:
    saved = admin.post("/faq/save", version="0", fresh="1", name="食堂", **GOOD)
    assert saved.status_code == 303
    assert "地下一层" not in answer(stand, "食堂在哪")
    page = admin.get("/faq/食堂")
    assert "草稿，患者还看不到" in page.text and "食堂在地下一层" in page.text
    assert admin.post("/faq/publish", version="1", name="食堂", **GOOD).status_code == 303
    assert answer(stand, "食堂在哪").startswith("食堂在地下一层")
    assert "本院写的" in admin.get("/faq?q=食堂").text


def test_a_shipped_answer_is_replaced_withdrawn_and_brought_back(stand: Stand, admin: Visitor) -> None:
    before = answer(stand, "停车场在哪")
    form = {"words": "停车", "answer": "请停在对面的立体车库。", "note": "南门施工"}
    admin.post("/faq/publish", version="0", name="停车", **form)
    assert answer(stand, "停车场在哪") == "请停在对面的立体车库。"
    admin.post("/faq/停车/retire", version=version_of(stand, "停车"))
    assert answer(stand, "停车场在哪") == before
    admin.post("/faq/停车/withdraw")
    assert "停车" not in [entry.id for entry in book(stand).entries()]
    assert "已停用" in admin.get("/faq/停车").text
    admin.post("/faq/停车/retire", version=version_of(stand, "停车"))
    assert answer(stand, "停车场在哪") == before
    with stand.db.read() as uow:
        first = editions.history(uow, "faq", "停车")[-1]
    admin.post(f"/faq/停车/again/{first.id}")
    assert answer(stand, "停车场在哪") == before, "an older edition comes back as a draft"
    assert "立体车库" in admin.get("/faq/停车").text


def version_of(stand: Stand, name: str, kind: str = "faq") -> int:
    with stand.db.read() as uow:
        return editions.active(uow, kind)[name].version


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": ""}, "请写答案"),
        ({"answer": "长" * 201}, "答案太长"),
        ({"answer": "详见 https://example.com/a"}, "不要放网址"),
        ({"answer": "先口服两片布洛芬。"}, "像在指导看病用药"),
        ({"answer": "本周体检优惠。"}, "像广告"),
        ({"answer": "请打{电话}。"}, "大括号里只能写"),
        ({"words": ""}, "至少写一种问法"),
        ({"words": "饭"}, "只有一个字"),
        ({"words": "停车场"}, "已经是「停车」的"),
        ({"name": "一/二"}, "只用汉字"),
    ],
)
def test_what_must_not_be_published_is_said_and_kept_in_the_form(
    stand: Stand, admin: Visitor, change: dict[str, str], said: str
) -> None:
    form = {"name": "食堂", **GOOD, **change}
    answered = admin.post("/faq/publish", version="0", fresh="1", **form)
    assert answered.status_code == 422 and said in answered.text
    assert form["answer"][:30] in answered.text and "患者常问" in answered.text
    with stand.db.read() as uow:
        assert editions.active(uow, "faq") == {} == editions.drafts(uow, "faq")


def test_the_shipped_answers_could_be_published() -> None:
    known = {entry.id: entry for entry in shipped()}
    found = {
        entry.id: [
            each.text for each in lint(entry.id, [" ".join(w) for w in entry.words], entry.answer, known)
        ]
        for entry in shipped()
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_before_publishing_it_is_seen_and_tried(admin: Visitor) -> None:
    form = {"name": "食堂", "fresh": "1", "version": "0", **GOOD, "answer": "食堂在一层。电话{phone}"}
    look = admin.post("/faq/look", **form, said="你们食堂在哪里啊")
    assert look.status_code == 200
    assert "食堂在一层。电话0100-12345678" in look.text
    assert "答这一条" in look.text.split("食堂</td>")[1][:120]
    nothing = admin.post("/faq/look", **form, said="有wifi吗")
    assert "没有一条答得上" in nothing.text


def test_trying_a_sentence_says_how_the_program_takes_it(admin: Visitor) -> None:
    parking = admin.post("/faq/try", said="停车要多少钱").text
    assert "停车" in parking and "答这一条" in parking
    assert "先当作「挂号」来办" in admin.post("/faq/try", said="我想挂明天的号").text


def test_two_people_at_one_answer_notice_each_other(stand: Stand, admin: Visitor) -> None:
    admin.post("/faq/save", version="0", fresh="1", name="食堂", **GOOD)
    other = stand.signed_in(Role.ADMIN, staff_no="8002")
    assert other.post("/faq/save", version="1", name="食堂", **GOOD).status_code == 303
    mine = GOOD | {"answer": "我改的这一版，还没有看到别人的。"}
    late = admin.post("/faq/save", version="1", name="食堂", **mine)
    assert late.status_code == 409
    assert "我改的这一版" in late.text and "有同事改了这一条" in late.text
    again = admin.post("/faq/save", version="0", fresh="1", name="食堂", **GOOD)
    assert again.status_code == 409 and "已经有「食堂」了" in again.text


def test_who_may_only_look_sees_no_buttons(stand: Stand, admin: Visitor) -> None:
    desk = stand.signed_in(Role.DESK, staff_no="8002")
    page = desk.get("/faq/停车").text
    assert "南门" in page and "发布</button>" not in page
    assert desk.post("/faq/try", said="停车").status_code == 200
    assert desk.post("/faq/publish", version="0", name="停车", **GOOD).status_code == 403
    assert desk.get("/faq/没有这一条").status_code == 404


def test_queries_of_the_pages(both: Stand) -> None:
    both.console.questions = shipped
    visitor = both.signed_in(Role.ADMIN)
    visitor.post("/faq/save", version="0", fresh="1", name="食堂", **GOOD)
    for path in ("/faq", "/faq/食堂"):
        with counted(both) as asked:
            assert visitor.get(path).status_code == 200
        assert len(asked) <= 8, asked
