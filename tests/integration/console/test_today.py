"""今天: what waits, and only for those whose it is."""

from datetime import timedelta

from sqlalchemy import insert

from bot.domain.flags import FlagLevel, FlagState
from bot.domain.roles import Role, Scope
from bot.domain.tickets import TicketKind, TicketSource, TicketState
from bot.services import today
from bot.services.tables import table
from bot.store.care_models import RedFlag, Ticket
from bot.store.db import Database
from tests.integration.console.stand import Stand

EVERYTHING = Scope(everything=True)
WARD = Scope(wards=frozenset({"一病区"}), departments=frozenset({"内科"}))


def flag(db: Database, ward: str, minutes: int, state: FlagState = FlagState.OPEN) -> None:
    with db.write() as uow:
        row = {
            "key": f"test:{ward}:{minutes}", "rule": "pain", "title": f"{ward}的红旗", "level": FlagLevel.URGENT,
            "state": state, "source": "chat", "ward": ward, "detail": b"x", "raised_at": uow.now,
            "deadline_at": uow.now + timedelta(minutes=minutes),
        }  # fmt: skip
        uow.connection.execute(insert(table(RedFlag)).values(row))


def ticket(db: Database, department: str, hours: int, state: TicketState = TicketState.OPEN) -> None:
    with db.write() as uow:
        row = {
            "key": f"test:{department}:{hours}:{state}", "number": f"T{department}{hours}{state}"[:24],
            "kind": TicketKind.COMPLAINT, "category": "service", "department": department,
            "source": TicketSource.CHAT, "state": state, "text": b"x", "opened_at": uow.now,
            "due_at": uow.now + timedelta(hours=hours),
        }  # fmt: skip
        uow.connection.execute(insert(table(Ticket)).values(row))


def test_red_flags_by_deadline(db: Database) -> None:
    for ward, minutes in (("二病区", 5), ("一病区", 30), ("一病区", 10)):
        flag(db, ward, minutes)
    flag(db, "一病区", 1, FlagState.CLOSED)
    with db.read() as uow:
        count, shown = today.flags(uow, EVERYTHING)
        assert count == 3
        assert [each.ward for each in shown] == ["二病区", "一病区", "一病区"]
        count, shown = today.flags(uow, WARD)
        assert count == 2
        assert shown[0].deadline_at < shown[1].deadline_at
        assert today.flags(uow, Scope()) == (0, [])


def test_tickets_due_and_late(db: Database) -> None:
    ticket(db, "内科", 5)
    ticket(db, "内科", -1)
    ticket(db, "外科", -1)
    ticket(db, "内科", -2, TicketState.CLOSED)
    with db.read() as uow:
        assert today.tickets(uow, EVERYTHING) == today.Due(3, 2)
        assert today.tickets(uow, WARD) == today.Due(2, 1)
        assert today.tickets(uow, Scope()) == today.Due(0, 0)


def test_with_nothing_there_every_figure_is_nought(db: Database) -> None:
    with db.read() as uow:
        assert today.followups(uow, WARD) == today.followups(uow, EVERYTHING) == today.Queue({}, 0)
        assert today.calls(uow) == today.conversations(uow) == today.Due(0, 0)
        assert today.broadcasts(uow) == []
        assert today.day_of(uow, uow.now.date(), WARD) == today.day_of(uow, uow.now.date(), EVERYTHING) == 0


def test_each_role_sees_its_own_tiles(both: Stand) -> None:
    flag(both.db, "二病区", 5)
    analyst = both.signed_in(Role.ANALYST, staff_no="8001").get("/").text
    assert "红旗" not in analyst
    assert "您这里没有排队的事" in analyst, "never an empty page"
    nurse = both.signed_in(Role.NURSE, staff_no="8002", wards=["一病区"]).get("/").text
    assert "没有待处理的红旗" in nurse
    assert "您这里没有排队的事" not in nurse
    assert "二病区" not in nurse
    assert "卡住的事" not in nurse
    office = both.signed_in(Role.OFFICE, staff_no="8003").get("/").text
    assert "二病区的红旗" in office
    assert "卡住的事" in office


def test_a_part_is_not_the_whole_page(stand: Stand) -> None:
    visitor = stand.signed_in(Role.OFFICE)
    part = visitor.get("/", **{"HX-Request": "true"})
    assert "<html" not in part.text
    assert "红旗待处理" in part.text
    assert "HX-Request" in part.headers["Vary"]
