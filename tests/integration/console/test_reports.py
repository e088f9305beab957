"""登记簿, 档案, 回访率, 报表: the main jobs of 数据分析师 and 科主任, and what others do not get."""

from io import BytesIO
from random import Random

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.domain.flags import FlagLevel
from bot.domain.roles import Role
from bot.services.figures.reports import make_asked
from bot.services.hospital import Hospital
from bot.services.tables import table
from bot.store.models import AuditEntry
from tests.conftest import FixedClock
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.figures.office import Office, S, at
from tests.integration.figures.test_register import OPINION, R28, R29, fill

NOVEMBER = "month=2026-11"
FULL = ("王小明", "13800000001", "幸福区和平路")


@pytest.fixture
def office(stand: Stand) -> Office:
    return _office(stand)


def _office(stand: Stand) -> Office:
    """In December, so that November is over: one reached in time in 内一病区, one lost in 内二病区."""
    clock = stand.clock
    assert isinstance(clock, FixedClock)
    clock.set(at("2026-12-08"))
    office = Office(stand.db, clock, Hospital(stand.db, clock=clock, rng=Random(7), settings=stand.settings))
    fill(office)
    away = office.discharge("Z2", "2026-11-06", ward="内二病区", doctor="李建军", name="赵大山")
    office.step(away, "2026-11-11", S.LOST, reason="out_of_service", attempted=at("2026-11-12"))
    office.flag(at("2026-11-11"), 30, at("2026-11-11", "10:12"))
    return office


def deeds(stand: Stand, what: str) -> list[dict[str, str]]:
    audit = table(AuditEntry)
    with stand.db.read() as uow:
        rows = uow.connection.execute(
            select(audit).where(audit.c.action == what).order_by(audit.c.id)
        ).fetchall()
    return [{"actor": row.actor, "subject": row.subject, **row.detail} for row in rows]


def sheet(visitor: Visitor) -> list[list[object]]:
    assert visitor.last is not None
    assert visitor.last.status_code == 200
    book = load_workbook(BytesIO(visitor.last.data))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def masked(text: str) -> bool:
    return not any(secret in text for secret in FULL)


def test_the_register_on_screen_has_the_columns_of_the_regulation_masked(both: Stand) -> None:
    _office(both)
    shown = both.signed_in(Role.ANALYST).get(f"/register?{NOVEMBER}").text
    assert shown.count("<th ") == len(R28)
    assert [head for head in R28 if f'<th scope="col">{head}</th>' not in shown] == []
    assert "王*明" in shown
    assert "138****0001" in shown
    assert masked(shown)
    assert "显示本页完整内容" not in shown


def test_the_archive_on_screen(both: Stand) -> None:
    _office(both)
    shown = both.signed_in(Role.ANALYST).get(f"/archive?{NOVEMBER}&ward=内一病区").text
    assert [head for head in R29 if f'<th scope="col">{head}</th>' not in shown] == []
    assert "BZ1" in shown
    assert "BZ2" not in shown
    assert masked(shown)


def test_the_analyst_takes_the_register_away(stand: Stand, office: Office) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    analyst.get(f"/register?{NOVEMBER}")
    analyst.post("/register/export", **{"as": "xlsx", "month": "2026-11", "ward": "内一病区"})
    assert analyst.last is not None
    assert "attachment" in analyst.last.headers["Content-Disposition"]
    _title, note, heads, row = sheet(analyst)
    assert heads == R28
    assert "内一病区" in str(note[0])
    assert row[1] == "王*明"
    assert row[10] == "=王*明的饭菜凉，请打138****"
    assert masked(str(row))
    cell = load_workbook(BytesIO(analyst.last.data)).worksheets[0]["K4"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert deeds(stand, "register.exported") == [
        {"actor": "staff:8001", "subject": "ward:内一病区", "since": "2026-11-01", "until": "2026-12-01",
         "kind": "xlsx", "by": "followed", "reason": "masked"},
    ]  # fmt: skip


def test_the_archive_as_a_workbook(stand: Stand, office: Office) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    analyst.post("/archive/export", **{"as": "xlsx", "month": "2026-11"})
    assert sheet(analyst)[2] == R29
    assert len(sheet(analyst)) == 5


def test_the_analyst_gets_no_names(stand: Stand, office: Office) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    asked = {"as": "xlsx", "month": "2026-11", "reason": "archive"}
    assert analyst.post("/register/export", **asked).status_code == 403
    assert analyst.post("/register/reveal", month="2026-11", reason="contact").status_code == 403
    assert deeds(stand, "register.exported") == deeds(stand, "register.revealed") == []


def test_the_director_reveals_a_page_with_a_reason(stand: Stand, office: Office) -> None:
    director = stand.signed_in(Role.DIRECTOR, wards=["内一病区"])
    assert masked(director.get(f"/register?{NOVEMBER}").text)
    assert director.post("/register/reveal", month="2026-11").status_code == 400
    assert director.post("/register/reveal", month="2026-11", reason="curious").status_code == 400
    assert deeds(stand, "register.revealed") == []
    shown = director.post("/register/reveal", month="2026-11", reason="verify").text
    assert all(secret in shown for secret in FULL)
    assert "赵大山" not in shown
    (deed,) = deeds(stand, "register.revealed")
    assert (deed["actor"], deed["reason"], deed["page"]) == ("staff:8001", "verify", "1")


def test_the_director_prints_for_signing_in_full(stand: Stand, office: Office) -> None:
    director = stand.signed_in(Role.DIRECTOR, wards=["内一病区"])
    asked = {"as": "print", "month": "2026-11"}
    assert masked(director.post("/register/export", **asked).text)
    full = director.post("/register/export", **asked, reason="archive").text
    assert all(secret in full for secret in FULL)
    assert "本人负责的病区" in full
    assert "赵" not in full
    assert [deed["reason"] for deed in deeds(stand, "register.exported")] == ["masked", "archive"]
    director.post("/register/export", **{"as": "xlsx", "month": "2026-11", "reason": "archive"})
    assert sheet(director)[3][10] == OPINION


def test_another_ward_sees_nothing(stand: Stand, office: Office) -> None:
    elsewhere = stand.signed_in(Role.HEAD_NURSE, wards=["外科病区"])
    for path in ("/register", "/archive"):
        for query in (NOVEMBER, f"{NOVEMBER}&ward=内一病区", f"{NOVEMBER}&ward=内一病区&by=discharged"):
            shown = elsewhere.get(f"{path}?{query}").text
            assert "没有记录" in shown
            assert "王*明" not in shown
        asked = {"month": "2026-11", "ward": "内一病区", "reason": "archive"}
        assert "王" not in elsewhere.post(f"{path}/reveal", **asked).text
        elsewhere.post(f"{path}/export", **{"as": "xlsx"}, **asked)
        assert sheet(elsewhere)[3] == ["（无）"] + [None] * (len(sheet(elsewhere)[2]) - 1)
    shown = elsewhere.get(f"/rates?{NOVEMBER}&ward=内一病区").text
    assert "没有出院记录" in shown
    assert "王建国" not in elsewhere.get(f"/rates?{NOVEMBER}&by=doctor").text
    nurse = stand.signed_in(Role.NURSE, staff_no="8002", wards=["内一病区"])
    for path in ("/register", "/archive", "/rates", "/reports"):
        assert nurse.get(path).status_code == 403
    assert nurse.post("/register/reveal", month="2026-11", reason="verify").status_code == 404


def test_rates_by_ward_lead_to_their_rows(both: Stand) -> None:
    _office(both)
    analyst = both.signed_in(Role.ANALYST)
    shown = analyst.get(f"/rates?{NOVEMBER}").text
    assert "回访率＝按时联系上÷应访" in shown
    assert "50.0%" in shown
    assert "低于80%" in shown
    assert "达标" in shown
    assert "停机" in shown
    assert "12 分钟" in shown
    assert "饮食" in shown
    where = f"/console/register?{NOVEMBER}&amp;ward=%E5%86%85%E4%BA%8C%E7%97%85%E5%8C%BA&amp;by=discharged"
    assert where in shown
    behind = analyst.get(where.replace("&amp;", "&")).text
    assert "失访：停机" in behind
    assert "Z1" not in behind


@pytest.mark.parametrize(
    ("by", "told"),
    [("doctor", "内一病区 王建国"), ("month", "2026年11月"), ("year", "2026年"), ("nonsense", "内一病区")],
)
def test_rates_by_everything_else(both: Stand, by: str, told: str) -> None:
    _office(both)
    assert told in both.signed_in(Role.ANALYST).get(f"/rates?{NOVEMBER}&by={by}").text


def test_the_director_sees_the_figures_of_their_wards(stand: Stand, office: Office) -> None:
    director = stand.signed_in(Role.DIRECTOR, wards=["内二病区"])
    shown = director.get(f"/rates?{NOVEMBER}").text
    assert "0.0%" in shown
    assert "内一病区" not in shown
    assert "没有红旗" in shown  # it was raised in 内一病区
    assert "饮食" not in shown  # the ticket came from there
    assert str(FlagLevel.URGENT) not in shown


def test_reports_are_made_read_and_taken_away(both: Stand) -> None:
    _office(both)
    analyst = both.signed_in(Role.ANALYST)
    assert "还没有报表" in analyst.get("/reports").text
    for kind, day, why in (
        ("month", "2026-12-01", "还没有结束"),
        ("month", "2026-09-01", "没有出院记录"),
        ("decade", "2026-11-01", "请选哪种报表"),
    ):
        refused = analyst.post("/reports/make", kind=kind, day=day)
        assert refused.status_code == 422
        assert why in refused.text
        assert f'value="{day}"' in refused.text, "what was asked for stays in the form"
        assert f'value="{kind}" selected' in refused.text or kind == "decade"
    made = analyst.post("/reports/make", kind="month", day="2026-11-15")
    assert made.status_code == 303
    waiting = analyst.get(made.headers["Location"]).text
    assert "正在生成" in waiting
    assert "hx-trigger" in waiting
    assert "正在生成" in analyst.get("/reports").text
    assert make_asked(both.console.hospital) == 1
    assert make_asked(both.console.hospital) == 0
    ready = analyst.get(made.headers["Location"], **{"HX-Request": "true"})
    assert ready.headers["HX-Redirect"] == made.headers["Location"]
    page = analyst.get(made.headers["Location"]).text
    assert "随访月报" in page
    assert "回访率＝" in page
    assert masked(page)
    assert "随访月报" in analyst.get("/reports").text
    assert (
        analyst.post("/reports/make", kind="month", day="2026-11-30").headers["Location"]
        == made.headers["Location"]
    )
    analyst.post(made.headers["Location"] + "/export")
    assert "随访月报" in str(sheet(analyst)[0][0])
    assert analyst.get("/reports/99").status_code == 404
    assert len(deeds(both, "report.made")) == len(deeds(both, "report.exported")) == 1


def test_missing_signatures_are_those_of_their_wards(stand: Stand, office: Office) -> None:
    director = stand.signed_in(Role.DIRECTOR, wards=["内一病区"])
    shown = director.get("/reports").text
    assert "科主任" in shown
    assert "内一病区" in shown
    assert "内二病区" not in shown
    assert "/console/signoffs?month=2026-11" in shown
    assert "立即生成" not in shown
    refused = director.post("/reports/make", kind="month", day="2026-11-15")
    assert refused.status_code == 403
    assert "报表是全院的" in refused.text


def test_nonsense_in_the_address_is_said_in_words(stand: Stand, office: Office) -> None:
    analyst = stand.signed_in(Role.ANALYST)
    for path in (
        "/register?month=2026-13",
        "/rates?month=x",
        "/archive?page=0",
        "/rates?by=year&month=0001-01",
        "/rates?by=year&month=9999-12",
    ):
        assert analyst.get(path).status_code == 400, path
    assert analyst.get("/register?ward=%00'--&by=x").status_code == 200
    assert analyst.get("/rates?by=year&month=2000-01").status_code == 200
    assert analyst.post("/reports/make", kind="year", day="9999-12-31").status_code == 422


def test_screens_are_paged_and_long_files_refused(
    stand: Stand, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        office.discharge(f"P{number:02}", "2026-11-20")
    analyst = stand.signed_in(Role.ANALYST)
    first = analyst.get(f"/archive?{NOVEMBER}").text
    second = analyst.get(f"/archive?{NOVEMBER}&page=2").text
    assert "共 62 条" in first
    assert (first.count("BP"), second.count("BP")) == (48, 12)
    monkeypatch.setattr("bot.web.console.downloads.MOST", 61)
    refused = analyst.post("/archive/export", **{"as": "xlsx", "month": "2026-11"})
    assert refused.status_code == 422
    assert "一共 62 行，一次最多 61 行" in refused.text
    assert '<select name="ward">' in refused.text, "beside the filter that makes it shorter"
    assert (
        analyst.post("/archive/export", **{"as": "xlsx", "month": "2026-11", "ward": "内二病区"}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("path", "most"), [("/register", 12), ("/archive", 4), ("/rates?by=doctor", 14), ("/reports", 7)]
)
def test_queries_of_a_page(both: Stand, path: str, most: int) -> None:
    office = _office(both)
    for number in range(60):
        stay = office.discharge(f"P{number:02}", "2026-11-20", doctor=f"医生{number}")
        office.step(stay, "2026-11-25", S.ANSWERED, reached=at("2026-11-25"))
    analyst = both.signed_in(Role.ANALYST)
    with counted(both) as asked:
        assert analyst.get(f"{path}{'&' if '?' in path else '?'}{NOVEMBER}").status_code == 200
    assert len(asked) <= most, "\n".join(asked)
