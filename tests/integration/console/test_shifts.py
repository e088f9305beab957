"""值班日记 (R46): written, handed over, taken by somebody else, fixed afterwards; who did not hand over is seen."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.roles import Role
from bot.services.rights import retention
from bot.services.shifts.diary import L
from bot.services.tables import table
from bot.store.models import AuditEntry
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.console.test_today import flag
from tests.integration.services.town import at

WARD, OTHER = "一病区", "二病区"
DAY = f"/shifts/{WARD}/2026-11-23/day"
"""白班 of the day that it is."""


@pytest.fixture
def ward(both: Stand) -> Stand:
    both.clock.set(at(15, day=at(15).date().replace(day=23)))
    return both


@pytest.fixture
def nurse(ward: Stand) -> Visitor:
    return ward.signed_in(Role.NURSE, wards=[WARD])


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def act(visitor: Visitor, what: str, path: str = DAY, **form: str) -> int:
    """On the page as it is now."""
    page = visitor.get(path).text
    return visitor.post(f"{path}/{what}", version=version(page), **form).status_code


def test_written_handed_over_and_taken_by_the_next_shift(ward: Stand, nurse: Visitor) -> None:
    flag(ward.db, WARD, 30)
    assert act(nurse, "save", text="3床血压不稳") == 303
    assert act(nurse, "hand", text="3床血压不稳，已报告医生") == 303
    flag(ward.db, WARD, 31)
    page = nurse.get(DAY).text
    assert "已签出，等接班" in page
    assert re.search(r"<strong>1</strong>红旗没有处理完", page), "the figure of the hand-over"
    assert "接班签字" not in page.replace("另一位同事接班签字", "")
    assert nurse.post(f"{DAY}/take", version=version(page)).status_code == 422, "never the same person"
    assert nurse.post(f"{DAY}/save", version=version(page), text="改").status_code == 422
    other = ward.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    assert "等您这一班接班签字" not in other.get("/").text, "the shift is not over yet"
    assert act(other, "take") == 303
    assert act(nurse, "add", added="家属要求会诊") == 303
    page = other.get(DAY).text
    assert "工号 8002" in page
    assert "3床血压不稳，已报告医生" in page
    assert "家属要求会诊" in page
    assert nurse.post(f"{DAY}/save", version=version(page), text="改").status_code == 422, "it is fixed"
    with ward.db.read() as uow:
        stored = uow.connection.execute(select(L.c.words)).scalar_one()
        audits = table(AuditEntry)
        told = (
            uow.connection.execute(select(audits.c.action).where(audits.c.subject.like("shift:%")))
            .scalars()
            .all()
        )
    assert "血压".encode() not in stored
    assert told == ["shift.written", "shift.written", "shift.handed", "shift.taken", "shift.added"]
    with ward.db.write() as uow:
        uow.connection.execute(update(L).values(written_at=ward.clock.now() - timedelta(days=3 * 366)))
    (taken,) = retention.run(ward.console.hospital, actor="cli", dry=False, names=("shift_words",))
    later = other.get(DAY)
    assert taken.taken == 1 and later.status_code == 200, "the page outlives its words"
    assert "已按规定清理" in later.text and "工号 8002" in later.text and "家属要求会诊" not in later.text


def test_two_at_once_and_nothing_typed_is_lost(ward: Stand, nurse: Visitor) -> None:
    other = ward.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    empty = nurse.get(DAY).text
    other.get(DAY)
    assert version(empty) == "0"
    assert other.post(f"{DAY}/save", version="0", text="5床要换药").status_code == 303
    late = nurse.post(f"{DAY}/save", version="0", text="7床发热")
    assert late.status_code == 409
    assert "5床要换药" in late.text
    assert "7床发热" in late.text
    assert nurse.post(f"{DAY}/save", version=version(late.text), text="5床要换药，7床发热").status_code == 303
    assert act(nurse, "hand", text="5床要换药，7床发热") == 303
    assert act(other, "take") == 422, "who wrote some of it does not take it"


def test_only_ones_own_places(ward: Stand, nurse: Visitor) -> None:
    elsewhere = DAY.replace(WARD, OTHER)
    assert nurse.get(elsewhere).status_code == 404
    assert nurse.post(f"{elsewhere}/save", version="0", text="x").status_code == 404
    assert nurse.get(DAY.replace(WARD, "预约中心")).status_code == 404
    assert nurse.get(f"/shifts?place={OTHER}").status_code == 404
    assert nurse.get(f"/shifts/{WARD}/2026-11-24/day").status_code == 404, "not begun"
    assert nurse.get(f"/shifts/{WARD}/nonsense/day").status_code == 404
    assert nurse.post(f"{DAY}/save", version="0", text=" ").status_code == 422
    desk = ward.signed_in(Role.DESK, staff_no="8002")
    assert desk.get(DAY).status_code == 404, "a ward's diary speaks of its patients"
    centre = DAY.replace(WARD, "预约中心")
    assert "要打的通知电话" in desk.get(centre).text
    assert act(desk, "save", centre, text="电话线路下午检修") == 303
    watcher = ward.signed_in(Role.SUPERVISOR, staff_no="8003")
    assert "电话线路下午检修" in watcher.get(centre).text
    assert watcher.post(f"{centre}/save", version="1", text="x").status_code == 403


def test_who_did_not_hand_over_is_seen(ward: Stand, nurse: Visitor) -> None:
    head = ward.signed_in(Role.HEAD_NURSE, staff_no="8002", wards=[WARD])
    assert "上一班未交接" not in head.get("/").text, "where no diary is kept, nobody is reminded"
    assert act(nurse, "save", text="没有特殊") == 303
    ward.clock.set(at(17, day=at(17).date().replace(day=23)))
    head.sign_in("8002")
    nurse.sign_in("8001")
    assert "上一班未交接" in head.get("/").text
    shown = head.get("/shifts").text
    assert "上一班没有交接" in shown
    assert "写了，没有签出" in shown
    assert act(nurse, "hand", text="没有特殊") == 303
    assert "等您这一班接班签字" in head.get("/").text
    assert act(head, "take") == 303
    assert "上一班" not in head.get("/").text


def test_nothing_is_missed_before_the_first_diary(ward: Stand, nurse: Visitor) -> None:
    fresh = nurse.get("/shifts").text
    assert "正在值班" in fresh
    assert "上一班没有交接" not in fresh
    assert "11月22日" not in fresh
    assert "下一页" not in fresh
    assert act(nurse, "save", text="今天开始写日记") == 303
    assert "上一班没有交接" not in nurse.get("/shifts").text, (
        "the shift before the first diary had none to hand over"
    )


def test_queries(ward: Stand, nurse: Visitor) -> None:
    act(nurse, "save", text="没有特殊")
    for path, most in (("/shifts", 5), (DAY, 12)):
        with counted(ward) as asked:
            assert nurse.get(path).status_code == 200
        assert len(asked) <= most, (path, "\n".join(asked))
