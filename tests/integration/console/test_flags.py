"""红旗警报 as a nurse sees them."""

import pytest
from sqlalchemy import select

from bot.domain.flags import FlagState
from bot.domain.roles import Role
from bot.services.flags.rows import R
from bot.services.tables import table
from bot.store.models import AuditEntry
from tests.integration.console.cases import OTHER, SAID, WARD, Cases
from tests.integration.console.stand import Stand


@pytest.fixture
def cases(both: Stand) -> Cases:
    return Cases.of(both)


def state(cases: Cases, flag: int) -> FlagState:
    with cases.stand.db.read() as uow:
        return FlagState(uow.connection.execute(select(R.c.state).where(R.c.id == flag)).scalar_one())


def test_the_board_shows_ones_own_ward(cases: Cases) -> None:
    mine, theirs = cases.flag("a"), cases.flag("b", ward=OTHER)
    nurse = cases.stand.signed_in(Role.NURSE, wards=[WARD])
    board = nurse.get("/flags").text
    assert f"F{mine}" in board
    assert f"F{theirs}" not in board
    assert OTHER not in board
    assert "还剩" in board
    assert SAID not in board
    part = nurse.get("/flags", **{"HX-Request": "true"}).text
    assert 'hx-trigger="every 15s"' in part
    assert "<html" not in part
    assert nurse.get(f"/flags/{theirs}").status_code == 404
    assert nurse.post(f"/flags/{theirs}/take").status_code == 404
    office = cases.stand.signed_in(Role.OFFICE, staff_no="8002")
    assert f"F{theirs}" in office.get("/flags").text


def test_filters(cases: Cases) -> None:
    mine = cases.flag("a")
    office = cases.stand.signed_in(Role.OFFICE)
    for path, shown in (
        ("/flags?level=urgent", True), ("/flags?level=soon", False), ("/flags?tier=0", True), ("/flags?tier=2", False),
        (f"/flags?ward={WARD}", True), ("/flags?ward=", False), ("/flags?state=closed", False),
        ("/flags?state=open", True), ("/flags?state=nonsense", True),
    ):  # fmt: skip
        assert (f">F{mine}<" in office.get(path).text) == shown, path


def test_what_is_masked_is_shown_for_a_reason(cases: Cases) -> None:
    flag = cases.flag(followup=cases.step)
    nurse = cases.stand.signed_in(Role.NURSE, wards=[WARD])
    page = nurse.get(f"/flags/{flag}").text
    assert "王*明" in page
    assert SAID not in page
    assert "13800000001" not in page
    assert nurse.post(f"/flags/{flag}/reveal", reason="").status_code == 400
    opened = nurse.post(f"/flags/{flag}/reveal", reason="act").text
    assert SAID in opened
    assert "13800000001" in opened
    assert "<h1>原话、姓名和电话</h1>" in opened, "a whole page where there is no JavaScript"
    with cases.stand.db.read() as uow:
        rows = uow.connection.execute(
            select(table(AuditEntry)).where(table(AuditEntry).c.action == "flag.revealed")
        )
        assert [(row.actor, row.detail) for row in rows] == [("staff:8001", {"reason": "act"})]


def test_the_second_nurse_is_told_who_took_it(cases: Cases) -> None:
    flag = cases.flag()
    first = cases.stand.signed_in(Role.NURSE, wards=[WARD])
    second = cases.stand.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    first.get(f"/flags/{flag}")
    assert first.post(f"/flags/{flag}/take").status_code == 303
    second.get("/flags")
    told = second.post(f"/flags/{flag}/take")
    assert told.status_code == 409
    assert "工号 8001" in told.text
    assert state(cases, flag) is FlagState.ACKNOWLEDGED


def test_given_back_and_closed_with_what_was_done(cases: Cases) -> None:
    flag = cases.flag()
    nurse = cases.stand.signed_in(Role.NURSE, wards=[WARD])
    nurse.get(f"/flags/{flag}")
    nurse.post(f"/flags/{flag}/take")
    nurse.post(f"/flags/{flag}/give-back")
    assert state(cases, flag) is FlagState.OPEN
    assert nurse.post(f"/flags/{flag}/give-back").status_code == 409
    assert nurse.post(f"/flags/{flag}/close", outcome="nonsense").status_code == 400
    assert nurse.post(f"/flags/{flag}/close", outcome="came", note="已到急诊").status_code == 303
    assert state(cases, flag) is FlagState.CLOSED
    page = nurse.get(f"/flags/{flag}").text
    assert "工号 8001 办结" in page
    again = nurse.post(f"/flags/{flag}/close", outcome="came")
    assert again.status_code == 409
    assert "已经在" in again.text


def test_an_empty_board_says_so(cases: Cases) -> None:
    nurse = cases.stand.signed_in(Role.NURSE)
    assert "现在没有待处理的警报" in nurse.get("/flags").text
    assert "没有这样的警报" in nurse.get("/flags?level=soon").text
