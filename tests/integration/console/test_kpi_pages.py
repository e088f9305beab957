"""指标: the figures with their formula, down to their rows, as files; each only over somebody's own departments."""

from datetime import date
from io import BytesIO
from random import Random

import pytest
from openpyxl import load_workbook

from bot.domain.roles import Role
from bot.services.figures import demand, kpi
from bot.services.figures.among import Among
from bot.services.figures.periods import Term
from tests.integration.console.stand import Stand
from tests.integration.console.test_cost import counted
from tests.integration.console.test_reports import deeds
from tests.integration.figures.busy import Busy
from tests.integration.services.town import Town

OCTOBER = "span=month&day=2026-10-31"
NAMES = ("王小明", "李静", "13800000001")
FIGURES = tuple(kpi.FIGURES)


@pytest.fixture
def busy(stand: Stand) -> Busy:
    found = Busy(Town.found(stand.db, stand.clock), Random(5))
    found.fill()
    return found


def total(stand: Stand, department: str = "") -> tuple[int, int]:
    """预约成功率 of October, from the service."""
    directory = stand.console.hospital.acting("test").directory
    among = Among(Term(date(2026, 10, 1), date(2026, 11, 1)), directory, department=department)
    with stand.db.read() as uow:
        (bar,) = demand.success(uow, among)
    return bar.part, bar.whole


def test_overview_tells_each_figure_with_its_numbers(stand: Stand, busy: Busy) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    with counted(stand) as statements:
        page = analyst.get(f"/kpi?{OCTOBER}").text
    assert len(statements) <= 14
    for figure in kpi.FIGURES.values():
        assert figure.title in page
        assert figure.formula[0] in page
    part, whole = total(stand)
    assert f"约上 {part} ÷ 有结果的预约请求 {whole}" in page


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_opens_down_to_its_rows(stand: Stand, busy: Busy, name: str) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    for by in kpi.FIGURES[name].by:
        with counted(stand) as statements:
            shown = analyst.get(f"/kpi/{name}?{OCTOBER}&by={by.value}")
        assert shown.status_code == 200
        assert len(statements) <= 12
        assert kpi.FIGURES[name].formula[0] in shown.text
    rows = analyst.get(f"/kpi/{name}/rows?{OCTOBER}")
    assert rows.status_code == 200
    assert not any(secret in rows.text for secret in NAMES)


def test_a_reason_opens_its_asks(stand: Stand, busy: Busy) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    page = analyst.get(f"/kpi/success?{OCTOBER}").text
    assert "号已约满" in page
    assert "outcome=full" in page
    rows = analyst.get(f"/kpi/success/rows?{OCTOBER}&outcome=full").text
    assert "号已约满" in rows
    assert "约上了" not in rows


def test_a_director_sees_the_own_department_only(stand: Stand, busy: Busy) -> None:
    director = stand.signed_in(Role.DIRECTOR, departments=["儿科"])
    part, whole = total(stand, "儿科")
    page = director.get(f"/kpi/success?{OCTOBER}").text
    assert f"<strong>{part}</strong> ÷ 有结果的预约请求 <strong>{whole}</strong>" in page
    elsewhere = director.get(f"/kpi/success?{OCTOBER}&department=心血管内科").text
    assert "没有可算的记录" in elsewhere
    assert "心血管内科" not in director.get(f"/kpi/success/rows?{OCTOBER}").text


def test_a_head_nurse_of_a_ward_is_told_that_clinics_are_not_hers(stand: Stand, busy: Busy) -> None:
    nurse = stand.signed_in(Role.HEAD_NURSE, wards=["内一病区"])
    assert "您的范围是病区" in nurse.get(f"/kpi?{OCTOBER}").text
    assert "没有可算的记录" in nurse.get(f"/kpi/noshow?{OCTOBER}").text


def test_nothing_and_few_are_told(stand: Stand, busy: Busy) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    assert "没有可算的记录" in analyst.get("/kpi/success?span=month&day=2020-01-01").text
    for day in range(12, 31):
        page = analyst.get(f"/kpi/success?span=day&day=2026-10-{day}").text
        if "没有可算的记录" not in page:
            assert "不到 5 例" in page
            return
    raise AssertionError("no day with asks")


@pytest.mark.parametrize(
    "asked",
    [
        "span=x", "day=2026-13-01", "day=1900-01-01", "span=own&day=2026-10-31&last=2026-10-01",
        "span=own&day=2024-01-01&last=2026-01-01", "doctor=99999",
    ],
)  # fmt: skip
def test_nonsense_is_told_in_words(stand: Stand, busy: Busy, asked: str) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    assert analyst.get(f"/kpi/success?{asked}").status_code == 400


def test_figures_nobody_knows_do_not_exist(stand: Stand, busy: Busy) -> None:
    assert stand.signed_in(Role.ANALYST).get("/kpi/nonsense").status_code == 404


def test_export_and_print_hold_the_same_numbers_and_are_written_down(stand: Stand, busy: Busy) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    analyst.get(f"/kpi/success?{OCTOBER}")
    sent = analyst.post(
        "/kpi/success/export", span="month", day="2026-10-31", by="department", **{"as": "xlsx"}
    )
    rows = list(load_workbook(BytesIO(sent.data)).worksheets[0].iter_rows(values_only=True))
    part, whole = total(stand)
    assert rows[-1][0] == "合计"
    assert rows[-1][1] == pytest.approx(part / whole)
    assert rows[-1][2:4] == (part, whole)
    analyst.get(f"/kpi/success?{OCTOBER}")
    printed = analyst.post(
        "/kpi/success/export", span="month", day="2026-10-31", by="department", **{"as": "print"}
    ).text
    assert "合计" in printed
    told = deeds(stand, "kpi.exported")
    assert [each["kind"] for each in told] == ["xlsx", "print"]


def test_evidence_names_its_rows_and_no_patient(stand: Stand, busy: Busy) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    analyst.get(f"/kpi?{OCTOBER}")
    sent = analyst.post("/kpi/evidence", span="month", day="2026-10-31", **{"as": "xlsx"})
    assert sent.status_code == 200
    book = load_workbook(BytesIO(sent.data))
    assert {
        "说明",
        "按科室",
        "按医生",
        "按渠道",
        "工号",
        "逾期工单",
        "逾期红旗",
        "抽查",
        "爽约",
        "没约上",
    } <= set(book.sheetnames)
    text = "\n".join(
        str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
    )
    assert not any(secret in text for secret in NAMES)
    assert not any(name in text for name in ("王建国", "张敏"))  # 工号 alone
    assert "1001" in text
    part, whole = total(stand, "儿科")
    (row,) = [row for row in book["按科室"].iter_rows(values_only=True) if row[:2] == ("儿科", "预约成功率")]
    assert row[3:5] == (part, whole)
    assert str(row[6]).count("#") == whole - part
    assert len(deeds(stand, "evidence.exported")) == 1


def test_who_may_not_export_is_refused(stand: Stand, busy: Busy) -> None:
    booking = stand.signed_in(Role.BOOKING)
    assert "考核依据" not in booking.get("/kpi").text
    assert booking.post("/kpi/evidence").status_code == 403
