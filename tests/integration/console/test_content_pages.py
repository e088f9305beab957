"""常见问题, 别名, 模板: written in the console, seen on a phone before, in force everywhere after."""

import re

import pytest

from bot.domain.roles import Role
from bot.services.content import editions
from bot.services.content.faq import lint
from handlers.faq_book import FaqBook, shipped
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import Town

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
    stand.console.hospital.editions._glance._last = float("-inf")
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


def test_names_are_filled_in_where_an_answer_is_only_shown(stand: Stand, admin: Visitor) -> None:
    words = {**GOOD, "answer": "{hospital}的食堂在地下一层，问{phone}。"}
    admin.post("/faq/publish", version="0", fresh="1", name="食堂", **words)
    hospital, phone = stand.settings.hospital_name, stand.settings.hospital_phone
    for page in (admin.get("/faq").text, admin.get(f"/faq?q={hospital}").text):
        assert f"{hospital}的食堂在地下一层，问{phone}。" in page
        assert "{hospital}" not in page
    editor = admin.get("/faq/食堂").text
    assert editor.count("{hospital}") == 2, "the field, and what it means"
    assert "{hospital} 会换成医院名称" in editor


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
    assert "没有一条答得上：" in admin.post("/faq/try", said="有没有无线网络").text
    assert "先当作「挂号」来办" in admin.post("/faq/try", said="我想挂明天的号").text


def test_two_people_at_one_answer_notice_each_other(stand: Stand, admin: Visitor) -> None:
    admin.post("/faq/save", version="0", fresh="1", name="食堂", **GOOD)
    other = stand.signed_in(Role.ADMIN, staff_no="8002")
    assert other.post("/faq/save", version="1", name="食堂", **GOOD).status_code == 303
    mine = GOOD | {"answer": "我改的这一版，还没有看到别人的。"}
    late = admin.post("/faq/save", version="1", name="食堂", **mine)
    assert late.status_code == 409
    assert "我改的这一版" in late.text and "有同事改了这一条" in late.text
    told = re.findall(
        r'name="(version|over)" value="(\d+)"', admin.post("/faq/look", version="1", **mine).text
    )
    assert told[:2] == [("version", "1"), ("over", "0")], "a look at it is no way round"
    assert other.post("/faq/publish", version="2", name="食堂", **GOOD).status_code == 303
    late = admin.post("/faq/publish", version="0", over="0", name="食堂", **mine)
    assert late.status_code == 409, "there is no draft, but what is in force is another's"
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


# -- 消息模板 ----------------------------------------------------------------------------------------

CARE = {
    "custom": "您好，这里是{hospital}。\n{text}",
    "sms": "{text}祝{patient}早日康复。咨询{phone}",
    "note": "短一点",
}


def test_words_for_patients_are_published_by_a_second_person(stand: Stand, admin: Visitor) -> None:
    """Four eyes, and every process sends the new words without a restart."""
    other = stand.signed_in(Role.ADMIN, staff_no="8002")
    assert admin.post("/templates/care/save", version="0", **CARE).status_code == 303
    shown = admin.get("/templates/care").text
    assert "草稿已保存" in shown, "also where the form has a note of its own"
    assert "要由另一位管理员" in shown
    assert admin.post("/templates/care/publish", version="1").status_code == 409
    templates = stand.console.templates
    assert "早日康复" in templates.get("care").custom  # type: ignore[union-attr]
    assert other.post("/templates/care/publish", version="1").status_code == 303
    stand.console.hospital.editions._glance._last = float("-inf")
    assert templates.get("care").custom == CARE["custom"]  # type: ignore[union-attr]
    other.post("/templates/care/retire", version=str(version_of(stand, "care", "template")))
    stand.console.hospital.editions._glance._last = float("-inf")
    assert "早日康复" in templates.get("care").custom  # type: ignore[union-attr]


def test_what_the_platform_has_registered_is_not_in_the_form(stand: Stand, admin: Visitor) -> None:
    page = admin.get("/templates/visit_tomorrow").text
    assert "在公众平台申请下来的，这里改不了" in page
    assert "不用申请" in page and "要先在短信平台报备" in page
    before = stand.console.templates.files["visit_tomorrow"].cards["template"]
    form = {f"template.{name}": "新的字" for name, _, _ in before.fields}
    admin.post(
        "/templates/visit_tomorrow/save",
        version="0",
        **form,
        **{"template.title": "改标题", "title": "改标题"},
    )
    with stand.db.read() as uow:
        body = editions.drafts(uow, "template")["visit_tomorrow"].body
    assert body["template"]["title"] == before.title
    assert [(name, spec["label"]) for name, spec in body["template"]["fields"].items()] == [
        (name, label) for name, label, _ in before.fields
    ]
    for road in ("template", "subscribe"):  # the same card: written once, meant for both
        assert {spec["says"] for spec in body[road]["fields"].values()} == {"新的字"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"custom": "{hospital}：{nobody}"}, "没有这样的内容"),
        ({"custom": "{hospital}：您的肿瘤复查"}, "不能写病情"),
        ({"custom": ""}, "不能空着"),
        ({"sms": "{patient}您好。咨询{phone}"}, "变量的个数和顺序"),
        ({"sms": "{text}祝{patient}早日康复。"}, "没有写咨询电话"),
    ],
)
def test_the_linter_stands_beside_the_field(
    stand: Stand, admin: Visitor, change: dict[str, str], said: str
) -> None:
    look = admin.post("/templates/care/look", version="0", **{**CARE, **change})
    assert look.status_code == 200 and said in look.text
    admin.post("/templates/care/save", version="0", **{**CARE, **change})
    other = stand.signed_in(Role.ADMIN, staff_no="8002")
    assert other.post("/templates/care/publish", version="1").status_code == 422
    with stand.db.read() as uow:
        assert editions.active(uow, "template") == {}


def test_staffs_own_kinds_need_no_second_person(stand: Stand, admin: Visitor) -> None:
    words = "随诊：{ward}有 1 条{level}警报（{alert}），请于 {time} 前处理"
    admin.post("/templates/red_flag/save", version="0", sms=words)
    assert admin.post("/templates/red_flag/publish", version="1").status_code == 303


def test_a_template_edited_by_two(stand: Stand, admin: Visitor) -> None:
    admin.post("/templates/care/save", version="0", **CARE)
    late = admin.post("/templates/care/save", version="0", **{**CARE, "custom": "{hospital}：后来的"})
    assert late.status_code == 409 and "后来的" in late.text
    assert admin.post("/templates/care/discard", version="9").status_code == 409
    assert admin.post("/templates/care/discard", version="1").status_code == 303
    assert admin.post("/templates/care/save", version="0", over="1", **CARE).status_code == 409
    assert admin.get("/templates/no_such").status_code == 404


# -- 名称和别名 --------------------------------------------------------------------------------------


@pytest.fixture
def town(stand: Stand) -> Town:
    return Town.found(stand.db, stand.clock)


def test_an_alias_is_heard_by_every_process(stand: Stand, town: Town, admin: Visitor) -> None:
    here = f"/names/departments/{town.departments['儿科']}"
    page = {"aliases": "儿科门诊\n娃娃科", "location": "门诊楼5层", "notes": "带户口本"}
    tried = admin.post(f"{here}/try", version=version(admin, here), **page, said="挂明天的娃娃科")
    assert "<dt>科室</dt><dd>儿科</dd>" in tried.text and "<dt>程序当作</dt><dd>挂号</dd>" in tried.text
    assert (
        "没有听出来" in admin.post(f"{here}/try", version="1", aliases="儿科门诊", said="挂明天的娃娃科").text
    )
    assert admin.post(f"{here}/save", version=version(admin, here), **page).status_code == 303
    view = town.hospital.acting("x").directory.departments[town.departments["儿科"]]
    assert (view.aliases, view.location, view.notes) == (("儿科门诊", "娃娃科"), "门诊楼5层", "带户口本")
    assert any("娃娃科" in entry.aliases for entry in town.hospital.lexicon().departments)


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("消化内科", "已经是消化内科的名称或别名"),
        ("心血管内科门诊", "已经是心血管内科的名称或别名"),
        ("王建国", "已经是心血管内科王建国的名称或别名"),
        ("医院", "太常用"),
        ("头疼", "当作“症状”"),
        ("明天", "当作“时间”"),
        ("返回", "当作“返回”"),
        ("科", "2 到 16 个"),
    ],
)
def test_an_alias_that_means_something_else_is_refused(
    stand: Stand, town: Town, admin: Visitor, alias: str, said: str
) -> None:
    here = f"/names/departments/{town.departments['儿科']}"
    done = admin.post(
        f"{here}/save", version=version(admin, here), aliases=f"儿科门诊\n{alias}", location="新楼", notes=""
    )
    assert done.status_code == 422 and said in done.text
    assert "新楼" in done.text and alias in done.text, "nothing of the form is lost"
    assert town.hospital.acting("x").directory.departments[town.departments["儿科"]].location == "儿科候诊区"


def test_a_doctors_alias_and_somebody_faster(stand: Stand, town: Town, admin: Visitor) -> None:
    here = f"/names/doctors/{town.doctors['张敏']}"
    seen = version(admin, here)
    assert admin.post(f"{here}/save", version=seen, aliases="张姐").status_code == 303
    late = admin.post(f"{here}/save", version=seen, aliases="小张大夫")
    assert late.status_code == 409 and "小张大夫" in late.text
    assert admin.post(f"{here}/save", version=version(admin, here), aliases="王海燕").status_code == 422
    assert town.hospital.acting("x").directory.doctor_aliases[town.doctors["张敏"]] == ("张姐",)


def test_queries_of_the_other_pages(both: Stand) -> None:
    town = Town.found(both.db, both.clock)
    visitor = both.signed_in(Role.ADMIN)
    paths = ("/templates", "/templates/care", "/names", f"/names/departments/{town.departments['儿科']}")
    for path in paths:
        with counted(both) as asked:
            assert visitor.get(path).status_code == 200
        assert len(asked) <= 8, asked
