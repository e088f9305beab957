"""意见投诉: the board by department, one ticket's life, its files, two people at once."""

import io
import re
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bot.domain.commands import RegisterPatient
from bot.domain.roles import Role
from bot.domain.tickets import TicketKind, TicketSource
from bot.domain.views import Relation
from bot.services.tables import table
from bot.services.tickets import opening
from bot.store.care_models import Ticket
from bot.store.db import Database
from bot.store.models import AuditEntry
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted

WORDS = "消化内科的护士态度太差了，说话很冲"
ANSWER = "已请护士长当面道歉。"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def opened(
    stand: Stand, words: str = WORDS, department: str = "消化内科", key: str = "k", **more: Any
) -> int:
    """A ticket of this department."""
    context = stand.console.hospital.acting("staff:0012")
    made = stand.db.run(
        lambda uow: opening.add(
            uow, context, key=key, text=words, source=TicketSource.STAFF, kind=TicketKind.COMPLAINT, **more
        )
    )
    assert made is not None
    with stand.db.write() as uow:
        uow.connection.execute(
            update(table(Ticket)).where(table(Ticket).c.id == made).values(department=department)
        )
    return made


def row(db: Database, ticket: int) -> Ticket:
    with db.read() as uow:
        return uow.session.get_one(Ticket, ticket)


def audited(db: Database, action: str) -> int:
    with db.read() as uow:
        return len(uow.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all())


def do(visitor: Visitor, stand: Stand, ticket: int, act: str, **form: Any) -> int:
    version = form.pop("version", None) or row(stand.db, ticket).version
    return visitor.post(f"/tickets/{ticket}/{act}", version=version, **form).status_code


def test_the_desk_takes_a_ticket_from_the_call_to_the_answer(both: Stand) -> None:
    desk = both.signed_in(Role.DESK, staff_no="9003")
    page = desk.get("/tickets/new").text
    once = re.search(r'name="once" value="(\w+)"', page)
    assert once is not None
    for _ in range(2):  # the button pressed twice
        assert desk.post("/tickets/new", once=once[1], text=WORDS, kind="complaint").status_code == 303
    with both.db.read() as uow:
        (ticket,) = uow.session.scalars(select(Ticket.id)).all()
    assert WORDS not in desk.get("/tickets").text, "a list says nothing that anybody wrote"
    shown = desk.get(f"/tickets/{ticket}").text
    assert WORDS in shown
    assert audited(both.db, "ticket.read") == 1
    assert do(desk, both, ticket, "take") == 303
    assert do(desk, both, ticket, "act", measure="", answer=ANSWER) == 422
    assert desk.last is not None
    assert ANSWER in desk.last.text, "what was typed stays"
    assert "请先确认分类" in desk.last.text
    assert (
        do(desk, both, ticket, "confirm", kind="complaint", category="服务态度", department="护理部") == 303
    )
    assert do(desk, both, ticket, "assign", to="医务科") == 303
    told = desk.post(f"/tickets/{ticket}/preview", answer=ANSWER).text
    assert ANSWER in told
    assert "还没解决" in told
    assert do(desk, both, ticket, "act", measure="科室开会", answer=ANSWER) == 303
    after = row(both.db, ticket)
    assert (after.state, after.owner, after.assigned_to) == ("acted", "9003", "医务科")
    shown = desk.get(f"/tickets/{ticket}").text
    assert "工号 9003" in shown
    assert ANSWER in shown
    assert do(desk, both, ticket, "close", reason="told") == 403, "closing is not the desk's"
    office = both.signed_in(Role.OFFICE, staff_no="9004")
    assert do(office, both, ticket, "close", reason="told", note="电话里说了") == 303
    assert row(both.db, ticket).state == "closed"


def test_a_ticket_for_a_registered_caller(both: Stand) -> None:
    hospital = both.console.hospital
    hospital.execute(
        RegisterPatient(
            key="r", relation=Relation.SELF, name="王小兰", id_kind="resident_id", id_number="110101199003070126",
            phone="13800138000", consents=("privacy", "health_data"),
        ),
        hospital.account("wechat", "gh_demo", "anna"),
    )  # fmt: skip
    desk = both.signed_in(Role.DESK)
    form = {"once": "a", "text": WORDS, "name": "王小兰"}
    assert "都填，要么都不填" in desk.post("/tickets/new", **form).text
    wrong = desk.post("/tickets/new", **form, phone="13900139000")
    assert wrong.status_code == 422
    assert WORDS in wrong.text, "what was typed stays"
    assert desk.post("/tickets/new", **form, phone="138 0013 8000").status_code == 303
    with both.db.read() as uow:
        assert uow.session.scalars(select(Ticket.patient_id)).one() is not None


def test_whose_department_it_is_not_never_hears_of_it(stand: Stand) -> None:
    ours, theirs = opened(stand), opened(stand, department="骨科", key="k2")
    given = opened(stand, department="护理部", key="k3")
    with stand.db.write() as uow:
        moved = update(table(Ticket)).where(table(Ticket).c.id == given)
        uow.connection.execute(moved.values(assigned_to="消化内科"))
    nurse = stand.signed_in(Role.NURSE, departments=["消化内科"])
    board = nurse.get("/tickets").text
    for ticket, seen in ((ours, True), (given, True), (theirs, False)):
        assert (f'/console/tickets/{ticket}"' in board) is seen
        assert (nurse.get(f"/tickets/{ticket}").status_code == 200) is seen
        assert (do(nurse, stand, ticket, "take") == 303) is seen
    assert row(stand.db, theirs).owner is None
    sent = nurse.post(f"/tickets/{theirs}/files", version=1, file=(io.BytesIO(PNG), "证据.png"))
    assert sent.status_code == 404


def test_who_comes_second_is_told_and_loses_nothing_typed(both: Stand) -> None:
    ticket = opened(both)
    first, second = both.signed_in(Role.OFFICE, staff_no="9001"), both.signed_in(Role.OFFICE, staff_no="9002")
    assert do(first, both, ticket, "confirm", kind="complaint", category="其他", department="护理部") == 303
    late = second.post(f"/tickets/{ticket}/act", version=1, answer=ANSWER, measure="谈话")
    assert late.status_code == 409
    assert ANSWER in late.text
    assert "谈话" in late.text
    assert row(both.db, ticket).answer is None
    assert do(second, both, ticket, "take") == 409
    assert second.last is not None
    assert "工号 9001 已经接手" in second.last.text


def test_files_are_known_by_their_bytes(both: Stand) -> None:
    ticket = opened(both)
    office = both.signed_in(Role.OFFICE)

    def send(content: bytes, name: str) -> TestResponse:
        return office.post(f"/tickets/{ticket}/files", version=1, file=(io.BytesIO(content), name))

    assert "只收图片" in send(b"<script>alert(1)</script>", "照片.png").text
    assert "超过 5 MB" in send(PNG + b"0" * (5 << 20), "大.png").text
    assert send(PNG + b"0" * (7 << 20), "更大.png").status_code == 413
    assert send(PNG, "../../证据.png").status_code == 303
    shown = office.get(f"/tickets/{ticket}").text
    found = re.search(r'href="(/console/tickets/\d+/files/\d+)"', shown)
    assert found is not None
    got = office.get(found[1])
    assert got.data == PNG
    assert got.headers["Content-Type"] == "image/png"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert "no-store" in got.headers["Cache-Control"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert audited(both.db, "ticket.file_read") == 1
    assert office.get(f"/tickets/{opened(both, key='k9')}/files/1").status_code == 404


def test_filters(stand: Stand) -> None:
    opened(stand)
    opened(stand, department="骨科", key="k2")
    office = stand.signed_in(Role.OFFICE)

    def rows(query: str) -> int:
        return office.get(f"/tickets?{query}", **{"HX-Request": "true"}).text.count("<tr>") - 1

    assert rows("") == 2
    assert rows("department=骨科") == 1
    assert rows("overdue=1") == -1, "nothing found: no table"
    assert rows("state=closed") == -1
    assert rows("kind=praise") == -1
    assert office.get("/tickets?state=nonsense").status_code == 400
    assert "没有符合条件" in office.get("/tickets?kind=praise").text


def test_an_anonymous_one_shows_nobody(stand: Stand) -> None:
    ticket = opened(stand, anonymous=True)
    shown = stand.signed_in(Role.OFFICE).get(f"/tickets/{ticket}").text
    assert "匿名：不显示是谁" in shown


def test_queries_of_the_board_and_of_a_ticket(stand: Stand) -> None:
    made = [opened(stand, key=f"k{n}") for n in range(60)]
    office = stand.signed_in(Role.OFFICE)
    for path, most in (("/tickets", 6), (f"/tickets/{made[0]}", 9)):
        with counted(stand) as asked:
            assert office.get(path).status_code == 200
        assert len(asked) <= most, "\n".join(asked)
    assert "下一页" in office.get("/tickets").text


def test_staff_reopen_what_is_not_settled(both: Stand) -> None:
    desk = both.signed_in(Role.DESK, staff_no="9003")
    ticket = opened(both)
    assert do(desk, both, ticket, "reopen", why="x") == 422, "it is still being worked on"
    do(desk, both, ticket, "take")
    do(desk, both, ticket, "confirm", kind="complaint", category="服务态度", department="护理部")
    do(desk, both, ticket, "act", measure="", answer=ANSWER)
    assert do(desk, both, ticket, "reopen", why=" ") == 422
    before = row(both.db, ticket)
    assert do(desk, both, ticket, "reopen", why="家属来电，没有人道歉", version=before.version - 1) == 409
    assert desk.last is not None
    assert "家属来电" in desk.last.text, "what was typed stays"
    assert do(desk, both, ticket, "reopen", why="家属来电，没有人道歉") == 303
    after = row(both.db, ticket)
    assert (after.state, after.owner) == ("reopened", "9003")
    assert after.due_at >= before.due_at
    assert after.text == before.text, "the patient's own words stay as they were"
    assert audited(both.db, "ticket.reopened") == 1
    shown = desk.get(f"/tickets/{ticket}").text
    assert "家属来电，没有人道歉" in shown
    assert f"/tickets/{ticket}/reopen" not in shown
