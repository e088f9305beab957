"""随访计划's editor: a draft as a form and as text, checked, tried out, published, switched off, brought back."""

import re
from datetime import date
from typing import Any

import pytest

from bot.domain.roles import Role
from bot.services.followup import editions, plan_text
from bot.services.followup.plans import load_plans, read_plan
from tests.integration.console.cases import WARD, Cases
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import id_number

NAME = "after_discharge"


@pytest.fixture
def cases(both: Stand) -> Cases:
    return Cases.of(both)


@pytest.fixture
def office(cases: Cases) -> Visitor:
    return cases.stand.signed_in(Role.OFFICE)


def begun(office: Visitor, name: str = NAME) -> str:
    """Where the draft is."""
    sent = office.post(f"/plans/{name}/draft" if name else "/plans/new")
    assert sent.status_code == 303, sent.text
    return str(sent.headers["Location"]).removeprefix("/console")


def filled(page: str) -> dict[str, Any]:
    """The form as it stands."""
    form = page.split("<details")[0]
    found: dict[str, Any] = {"step": re.findall(r'name="step" value="(\d+)"', form)}
    found |= dict(re.findall(r'<input[^>]*? name="((?!step|csrf|ways)[^"]+)" value="([^"]*)"', form))
    found["version"] = re.findall(r'name="version" value="(\d+)"', form)[-1]
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = text
    found["ways"] = re.findall(r'name="ways" value="([^"]+)" checked', form)
    return found


def published(office: Visitor, where: str) -> int:
    page = office.get(f"{where}/preview").text
    return office.post(
        f"{where}/publish", version=re.findall(r'name="version" value="(\d+)"', page)[-1]
    ).status_code


def in_force(cases: Cases, name: str = NAME) -> Any:
    with cases.stand.db.read() as uow:
        return editions.in_force(uow, load_plans())[name]


def test_the_form_says_what_the_plan_says(cases: Cases, office: Visitor) -> None:
    """Opened and saved as it is, every shipped plan stays the same plan."""
    for name, body in load_plans().items():
        where = begun(office, name)
        page = office.get(where).text
        assert office.post(f"{where}/save", do="save", **filled(page)).status_code == 303, name
        assert published(office, where) == 303
        assert read_plan(name, in_force(cases, name)) == read_plan(name, body)


def test_edited_tried_and_published(cases: Cases, office: Visitor) -> None:
    where = begun(office)
    form = filled(office.get(where).text) | {
        "title": "出院后第六天",
        "s0-due": "6",
        "s0-due-unit": "d",
        "note": "护理部会议",
    }
    added = office.post(f"{where}/save", do="add", **form).text
    assert "第 2 次随访" in added
    form = filled(added) | {"s1-title": "一个月", "s1-earliest": "3", "s1-earliest-unit": "w", "s1-due": "1",
                            "s1-due-unit": "m", "s1-overdue": "5", "s1-overdue-unit": "w"}  # fmt: skip
    assert office.post(f"{where}/save", do="save", **form).status_code == 303
    page = office.get(f"{where}/preview").text
    assert "新加：一个月" in page
    assert "应做 5 天 改成 6 天" in page
    assert re.search(r"<strong>2</strong> 次出院，<strong>2</strong> 次随访", page)
    assert "<strong>0</strong> 次会改用" in page
    tried = office.post(f"{where}/preview", admission_no="Z1001").text
    assert "王*明" in tried
    assert "11月26日" in tried, "discharged on the 20th"
    assert published(office, where) == 303
    held = cases.ward.steps("Z1001")
    cases.ward.run({}, {"姓名": "李敏", "身份证号": id_number(9), "住院号": "Z1009"})
    assert cases.ward.steps("Z1001") == held, "what was laid out goes on by its edition"
    new = cases.ward.steps("Z1009")
    assert [step[2] for step in new] == [date(2026, 11, 26), date(2026, 12, 20)]
    shown = office.get(f"/plans/{NAME}").text
    assert "护理部会议" in shown
    assert "工号 8001" in shown


def test_what_cannot_be_is_told_beside_its_field(cases: Cases, office: Visitor) -> None:
    where = begun(office)
    form = filled(office.get(where).text) | {
        "title": "",
        "s0-due": "几",
        "s0-retries": "99",
        "priority": "一",
    }
    sent = office.post(f"{where}/save", do="save", **form)
    assert sent.status_code == 422
    for words in ("请写名称", "应做应写成几天", "0 到 9", "先后应是"):
        assert words in sent.text
    assert 'value="几"' in sent.text
    assert office.get(f"{where}/preview").status_code == 303
    version = filled(sent.text)["version"]
    assert office.post(f"{where}/publish", version=version).status_code == 422
    form = filled(sent.text) | {
        "title": "好",
        "s0-earliest": "9",
        "s0-due": "3",
        "s0-retries": "2",
        "priority": "1",
    }
    assert "日子不能倒过来" in office.post(f"{where}/save", do="save", **form).text


@pytest.mark.parametrize(("text", "told"), [
    ("title: 甲\n  priority: 1\n", "第 2 行：这一行的写法不对"),
    ("a: &x [1]\nb: *x\n", "第 1 行"),
    ("!!python/object/apply:os.system ['true']", "&amp;、* 和 !"),
    ("[" * 5000, "读不懂"),
    ("title: 甲\npriority: 1\nsteps:\n- {name: a, title: 乙, earliest: 3d, due: 1x, overdue: 9d}\n", "第 4 行：应做应写成"),
    ("title: 甲\nwards: [x]\npriority: 1\nsteps: []\n", "第 2 行：不认识「wards」"),
    ("只有字", "要有 title"),
])  # fmt: skip
def test_faults_of_the_text_by_their_line(stand: Stand, text: str, told: str) -> None:
    office = stand.signed_in(Role.OFFICE)
    where = begun(office)
    sent = office.post(f"{where}/text", version="1", text=text)
    assert sent.status_code == 422
    assert told in sent.text


def test_as_text(stand: Stand) -> None:
    office = stand.signed_in(Role.OFFICE)
    where = begun(office)
    body = load_plans()[NAME] | {"title": "改过的"}
    assert office.post(f"{where}/text", version="1", text=plan_text.written(body)).status_code == 303
    assert 'value="改过的"' in office.get(where).text


def test_two_at_once(cases: Cases, office: Visitor) -> None:
    where = begun(office)
    assert begun(office) == where, "one draft for all"
    form = filled(office.get(where).text)
    assert office.post(f"{where}/save", do="save", **form | {"title": "先到的"}).status_code == 303
    late = office.post(f"{where}/save", do="save", **form | {"title": "后到的"})
    assert late.status_code == 409
    assert "后到的" in late.text
    assert office.post(f"{where}/publish", version=form["version"]).status_code == 409
    version = filled(office.get(where).text)["version"]
    assert office.post(f"{where}/publish", version=version).status_code == 303
    assert office.post(f"{where}/publish", version=version).status_code == 303, "the same button twice"
    assert in_force(cases)["title"] == "先到的"


def test_a_new_plan_pressed_twice_is_one_draft(cases: Cases, office: Visitor) -> None:
    once = re.search(r'name="once" value="([0-9a-f]{32})"', office.get("/plans").text)
    assert once is not None
    first, second = (office.post("/plans/new", once=once[1]).headers["Location"] for _ in range(2))
    assert first == second
    assert begun(office, "") != first.removeprefix("/console"), "another page's button makes another"


def test_off_and_on_and_back(cases: Cases, office: Visitor) -> None:
    held = cases.ward.steps("Z1001")
    assert office.post(f"/plans/{NAME}/switch", on="0").status_code == 303
    assert office.post(f"/plans/{NAME}/switch", on="0").status_code == 303
    assert in_force(cases)["enabled"] is False
    cases.ward.run({"姓名": "李敏", "身份证号": id_number(9), "住院号": "Z1009"})
    assert cases.ward.steps("Z1009") == []
    assert cases.ward.steps("Z1001") == held
    assert office.post(f"/plans/{NAME}/switch", on="1").status_code == 303
    where = begun(office)
    assert published(office, where) == 303
    page = office.get(f"/plans/{NAME}").text
    older = re.findall(r'plans/after_discharge/again.*?name="edition" value="(\d+)"', page, re.S)
    assert len(older) == 2
    sent = office.post(f"/plans/{NAME}/again", edition=older[-1])
    assert sent.status_code == 303
    assert published(office, str(sent.headers["Location"]).removeprefix("/console")) == 303
    assert in_force(cases)["enabled"] is False
    page = office.get(f"/plans/{NAME}").text
    back = re.search(r'/file".*?name="edition" value="(\d+)".*?name="version" value="(\d+)"', page, re.S)
    assert back is not None
    assert office.post(f"/plans/{NAME}/file", edition=back[1], version=back[2]).status_code == 303
    assert in_force(cases) == load_plans()[NAME]


def test_a_new_plan_takes_whom_it_is_for(cases: Cases, office: Visitor) -> None:
    where = begun(office, "")
    form = filled(office.get(where).text) | {
        "title": "心内专用", "priority": "1", "wards": WARD, "s0-title": "一周", "s0-questionnaire": "discharge-week",
    }  # fmt: skip
    assert office.post(f"{where}/save", do="save", **form).status_code == 303
    page = office.get(f"{where}/preview").text
    assert "<strong>1</strong> 次会改用" in page
    assert "<strong>1</strong> 次随访停止，另排 <strong>1</strong> 次" in page
    assert published(office, where) == 303
    assert "心内专用" in office.get("/plans").text
    cases.ward.run({"出院诊断": "改过的诊断"})
    assert [step[0][:4] for step in cases.ward.steps("Z1001") if step[3] != "closed"] == ["own_"]


def test_who_may(cases: Cases, office: Visitor) -> None:
    where = begun(office)
    nurse = cases.stand.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    shown = nurse.get(f"/plans/{NAME}").text
    assert ">修改<" not in shown
    assert nurse.get(where).status_code == 403
    assert nurse.post(f"/plans/{NAME}/switch", on="0").status_code == 403
    for path, most in (("/plans", 6), (f"/plans/{NAME}", 6), (where, 4), (f"{where}/preview", 14)):
        with counted(cases.stand) as asked:
            assert office.get(path).status_code == 200
        assert len(asked) <= most, (path, "\n".join(asked))
