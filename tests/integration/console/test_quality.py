"""质控抽查, 签字, 日历, 计划 and 问卷, as 护士长, 科主任 and 医务科 look at them."""

import pytest

from bot.domain.contacts import Outcome
from bot.domain.roles import Role
from tests.integration.console.cases import OTHER, WARD, Cases
from tests.integration.console.stand import Stand
from tests.integration.followup.phoning import call, fill


@pytest.fixture
def cases(both: Stand) -> Cases:
    return Cases.of(both)


def reached(cases: Cases, staff: str = "8001") -> None:
    call(cases.ward, Outcome.REACHED, staff=staff)
    fill(cases.ward, staff)


def test_the_sample_is_checked_by_somebody_else(cases: Cases) -> None:
    reached(cases)
    me = cases.stand.signed_in(Role.DIRECTOR, wards=[WARD])
    page = me.get(f"/reviews?ward={WARD}&month=2026-11").text
    assert "Z1001" in page
    assert "抽样号 202611" in page
    assert "要由别人复核" in page
    marks = {"timely": "yes", "accurate": "no", "note": "号码抄错"}
    assert me.post(f"/reviews/{cases.step}", **marks).status_code == 409
    other = cases.stand.signed_in(Role.DIRECTOR, staff_no="8002", wards=[WARD])
    other.get(f"/reviews?ward={WARD}&month=2026-11")
    assert other.post(f"/reviews/{cases.step}", timely="yes").status_code == 400
    assert other.post(f"/reviews/{cases.step}", **marks).status_code == 303
    assert other.post(f"/reviews/{cases.step}", **marks).status_code == 409
    assert "不准确" in other.get(f"/reviews?ward={WARD}&month=2026-11").text
    assert other.get(f"/reviews?ward={OTHER}").status_code == 404
    assert other.post(f"/reviews/{cases.elsewhere}", **marks).status_code == 404


def test_a_month_is_signed_once_and_when_it_is_over(cases: Cases) -> None:
    early = cases.stand.signed_in(Role.DIRECTOR, wards=[WARD])
    assert "还没有过完" in early.get("/signoffs?month=2026-11").text
    assert early.get("/signoffs?month=9999-12").status_code == 400
    form = {"ward": WARD, "month": "2026-11", "role": "director"}
    assert early.post("/signoffs", **form).status_code == 409
    cases.at(2, month=12)
    director = cases.stand.signed_in(Role.DIRECTOR, staff_no="8002", wards=[WARD])
    page = director.get("/signoffs").text
    assert WARD in page
    assert OTHER not in page
    assert director.post("/signoffs", **form).status_code == 303
    assert "已签" in director.get("/signoffs").text
    assert "工号 8002" in director.post("/signoffs", **form).text
    assert director.post("/signoffs", **form | {"role": "medical_office"}).status_code == 400
    assert director.post("/signoffs", **form | {"ward": OTHER}).status_code == 404
    nurse = cases.stand.signed_in(Role.HEAD_NURSE, staff_no="8003", wards=[WARD])
    assert nurse.post("/signoffs", **form).status_code == 403


def test_the_calendar_counts_ones_own(cases: Cases) -> None:
    head = cases.stand.signed_in(Role.HEAD_NURSE, wards=[WARD])
    page = head.get("/calendar").text
    assert WARD in page
    assert OTHER not in page
    assert head.get(f"/calendar?ward={OTHER}").status_code == 404
    assert head.get("/calendar?first=2030-01-01").status_code == 200
    assert head.get("/calendar?first=nonsense").status_code == 400


def test_a_persons_plan_by_admission_number(cases: Cases) -> None:
    head = cases.stand.signed_in(Role.HEAD_NURSE, wards=[WARD])
    page = head.get("/plans").text
    assert "出院 3–7 天" in page
    assert "没有这份问卷" not in page
    found = head.post("/plans", admission_no="Z1001").text
    assert "王*明" in found
    assert "王小明" not in found
    for number in ("Z1002", "nonsense", ""):
        assert "没有这个住院号" in head.post("/plans", admission_no=number).text


def test_every_questionnaire_can_be_looked_at(cases: Cases) -> None:
    head = cases.stand.signed_in(Role.HEAD_NURSE)
    assert "discharge-week" in head.get("/questionnaires").text
    for form in cases.stand.console.hospital.forms.forms.values():
        name = form.url.rpartition("/")[2]
        page = head.get(f"/questionnaires/{name}/{form.version}")
        assert page.status_code == 200
        assert form.title in page.text
    assert head.get("/questionnaires/discharge-week/99").status_code == 404
