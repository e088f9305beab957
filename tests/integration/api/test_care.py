"""Clinics, suspensions, discharges, calls and tickets through the API."""

from datetime import timedelta
from typing import Any

from bot.domain.roles import Permission, Role
from bot.services.followup import linking
from bot.services.staff import managing
from bot.services.staff.managing import By, Profile
from bot.services.suspension.saga import Suspensions
from bot.store.care_models import Contact
from bot.store.models import AuditEntry
from tests.integration.api.conftest import Stage, System, person, stay
from tests.integration.services.town import TODAY, TOMORROW, at, id_number, phone_number

PLAN = {"seats": 6, "minutes_each": 10, "fee_fen": 5000, "kind": "专家号"}
WHERE = f"/clinics/1001/{TOMORROW}/am"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].removeprefix("urn:suizhen:problem:")


def test_a_clinic_is_put_where_it_is_not_and_made_as_it_should_be(both: Stage) -> None:
    his = both.system()
    dry = his.put(WHERE, PLAN | {"dry_run": True})
    assert dry.json == {"result": "created", "displaced": 0, "suspension_id": None}
    assert his.get("/clinics").json["items"] == []
    results = [
        his.put(WHERE, plan).json["result"]
        for plan in (PLAN, PLAN, PLAN | {"fee_fen": 6050}, PLAN | {"seats": 9})
    ]
    assert results == ["created", "unchanged", "changed", "changed"]
    (clinic,) = his.get("/clinics").json["items"]
    assert (clinic["doctor"], clinic["total"], clinic["fee_fen"], clinic["kind"]) == (
        "王建国",
        9,
        5000,
        "专家号",
    )
    unknown = his.put(f"/clinics/9999/{TOMORROW}/am", PLAN)
    assert code(unknown) == (422, "invalid-rows")
    assert unknown.json["errors"] == [{"path": "工号", "reason": "没有工号为「9999」的在岗医生"}]
    assert code(his.put(f"/clinics/1001/{TODAY - timedelta(days=1)}/am", PLAN)) == (422, "invalid-rows")
    assert code(his.put(f"/clinics/1001/{TOMORROW}/noon", PLAN)) == (404, "not-found")


def booked(his: System, stage: Stage, number: int = 1) -> dict[str, Any]:
    patient = his.post("/patients", person(number)).json["patient"]["id"]
    clinic = his.get("/clinics").json["items"][0]["id"]
    slots = his.get(f"/clinics/{clinic}/slots").json["items"]
    sent = {
        "slot_id": next(each["id"] for each in slots if each["free"]),
        "patient_id": patient,
        "channel": "window",
    }
    answer = his.post("/appointments", sent, key=f"booking-{number}")
    assert answer.status_code == 201
    visit: dict[str, Any] = answer.json
    return visit


def test_seats_that_are_sold_go_only_where_that_is_said(both: Stage) -> None:
    """R12: what is published binds; whoever loses a seat is told and offered another."""
    his = both.system()
    his.put(WHERE, PLAN | {"seats": 2})
    for number in (1, 2):
        booked(his, both, number)
    assert code(his.put(WHERE, PLAN | {"seats": 1})) == (422, "invalid-rows")
    done = his.put(WHERE, PLAN | {"seats": 1, "suspend_affected": True}).json
    assert (done["result"], done["displaced"]) == ("changed", 1)
    assert his.get(f"/suspensions/{done['suspension_id']}").json["affected"] == 1
    limited = both.system(Permission.SCHEDULE_EDIT, name="limited")
    assert limited.put(WHERE, PLAN | {"suspend_affected": True}).status_code == 403


def test_a_suspension_is_seen_started_watched_and_taken_back(both: Stage) -> None:
    his = both.system()
    his.put(WHERE, PLAN)
    visit = booked(his, both)
    scope = {"first": str(TOMORROW), "last": str(TOMORROW), "staff_no": "1001"}
    seen = his.post("/suspensions/preview", scope).json
    assert (seen["affected"], seen["by_channel"], len(seen["clinics"])) == (1, {"window": 1}, 1)
    started = his.post("/suspensions", scope | {"reason": "医生外出"}, key="suspend-1")
    assert started.status_code == 201
    assert his.post("/suspensions", scope | {"reason": "医生外出"}, key="suspend-1").json == started.json
    assert code(his.post("/suspensions", scope | {"reason": "别的"}, key="suspend-1")) == (422, "key-reused")
    where = f"/suspensions/{started.json['id']}"
    Suspensions(both.town.hospital).work()
    assert his.get(where).json["waiting"] == 1
    assert his.get(f"/appointments/{visit['id']}").json["state"] == "suspended"
    assert [each["id"] for each in his.get("/suspensions").json["items"]] == [started.json["id"]]
    assert his.post(f"{where}/withdraw", {}).json == {"opened": 1}
    assert his.post(f"{where}/withdraw", {}).json == {"opened": 0}
    Suspensions(both.town.hospital).work()
    assert his.get(f"/appointments/{visit['id']}").json["state"] == "booked"
    assert code(his.post("/suspensions/99/withdraw", {})) == (404, "not-found")


def test_a_suspension_of_nothing_or_nobody_is_refused(stage: Stage) -> None:
    his = stage.system()
    scope = {"first": str(TOMORROW), "last": str(TOMORROW), "reason": "医生外出"}
    assert code(his.post("/suspensions", scope, key="suspend-1")) == (409, "nothing-to-suspend")
    assert code(his.post("/suspensions", scope | {"staff_no": "77"}, key="suspend-2")) == (
        422,
        "unknown-reference",
    )
    backwards = {**scope, "last": str(TODAY)}
    assert code(his.post("/suspensions", backwards, key="suspend-3")) == (422, "unknown-reference")
    never = {"first": "9999-12-31", "last": "9999-12-31"}
    assert code(his.post("/suspensions/preview", never)) == (422, "unknown-reference")


def test_discharges_come_once_and_all_or_none(both: Stage) -> None:
    his = both.system()
    first = his.post("/discharges", {"rows": [stay(1), stay(2)]})
    assert (first.status_code, first.json["added"]) == (200, 2)
    assert first.json["planned"] > 0
    again = his.post("/discharges", {"rows": [stay(1), stay(2, ward="心内二病区")]}).json
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 1, 1)
    wrong = his.post(
        "/discharges", {"rows": [stay(3), stay(4, id_number="11010119900307000X", way="飞走了")]}
    )
    assert code(wrong) == (422, "invalid-rows")
    assert {(each["line"], each["path"]) for each in wrong.json["errors"]} == {
        (2, "身份证号"),
        (2, "离院方式"),
    }
    assert his.post("/discharges", {"rows": [stay(3)], "dry_run": True}).json["added"] == 1
    assert his.post("/discharges", {"rows": [stay(3)]}).json["added"] == 1
    uneven = his.post("/discharges", {"rows": [stay(5), stay(6, address="某路 1 号")]})
    assert code(uneven) == (422, "invalid-rows")
    assert [each["line"] for each in uneven.json["errors"]] == [2]


WARD = "心内一病区"


def due(stage: Stage) -> tuple[System, int]:
    """The phone centre, and a step that is due."""
    stage.town.clock.set(at(10))
    nurse = By("cli", stage.town.clock.now())
    managing.add(
        stage.db, "0012", Profile("护士", (Role.NURSE,), (WARD,)), nurse, password="correct-horse-battery"
    )
    managing.add(stage.db, "0099", Profile("分析", (Role.ANALYST,)), nurse, password="correct-horse-battery")
    phone = stage.system(name="phone")
    assert phone.post("/discharges", {"rows": [stay()]}).json["added"] == 1
    stage.town.clock.set(at(10, day=TODAY + timedelta(days=4)))
    context = stage.town.hospital.acting("system:scheduler")
    stage.db.run(lambda uow: linking.go_on(uow, context))
    calls = phone.get("/followups/calls").json["items"]
    assert len(calls) == 1
    return phone, calls[0]["id"]


def test_a_call_is_listed_dialled_and_written_down(both: Stage) -> None:
    phone, step = due(both)
    (listed,) = phone.get("/followups/calls", ward="心内一病区").json["items"]
    assert (listed["id"], listed["name"], listed["calls"]) == (step, "王*明", 0)
    assert phone.get("/followups/calls", ward="骨科一病区").json["items"] == []
    told = phone.post(f"/followups/{step}/numbers", {"staff_no": "0012", "reason": "call"}).json
    assert (told["name"], told["id_tail"], told["numbers"][0]["number"]) == (
        "王小明",
        id_number(1)[-4:],
        phone_number(1),
    )
    made = {"staff_no": "0012", "outcome": "no_answer"}
    done = phone.post(f"/followups/{step}/calls", made, key="call-0001")
    assert (done.status_code, done.json["calls"]) == (200, 1)
    assert phone.post(f"/followups/{step}/calls", made, key="call-0001").json["calls"] == 1
    assert both.town.count(Contact) == 1
    row = phone.get(f"/followups/{step}").json
    assert (row["assigned_to"], row["calls"]) == ("0012", 1)
    by = AuditEntry.actor == "api:phone:0012"
    assert both.town.count(AuditEntry, by, AuditEntry.action == "followup.called") == 1
    assert both.town.count(AuditEntry, by, AuditEntry.action == "discharge.revealed") == 1


def test_a_call_that_cannot_be_is_refused(stage: Stage) -> None:
    """R45: somebody with a 工号 who may call stands behind it."""
    phone, step = due(stage)
    where = f"/followups/{step}/calls"

    def tried(key: str, **sent: Any) -> tuple[int, str]:
        return code(phone.post(where, {"staff_no": "0012", "outcome": "busy", **sent}, key=key))

    assert tried("call-0001", staff_no="0099") == (422, "unknown-reference")
    elsewhere, cli = Profile("护士", (Role.NURSE,), ("骨科一病区",)), By("cli", stage.town.clock.now())
    managing.add(stage.db, "0014", elsewhere, cli, password="correct-horse-battery")
    assert tried("call-0012", staff_no="0014") == (422, "unknown-reference"), "of another ward"
    assert tried("call-0002", staff_no="7777") == (422, "unknown-reference")
    assert tried("call-0003", outcome="other") == (422, "invalid-act")
    assert tried("call-0004", number=7) == (422, "invalid-act")
    assert tried("call-0005", again_at="2026-11-01T10:00:00+08:00") == (422, "invalid-act")
    assert tried("call-0006", outcome="completed") == (400, "bad-field")
    nurse = By("cli", stage.town.clock.now())
    managing.add(
        stage.db, "0013", Profile("护士", (Role.NURSE,), (WARD,)), nurse, password="correct-horse-battery"
    )
    assert phone.post(where, {"staff_no": "0013", "outcome": "busy"}, key="call-0007").status_code == 200
    assert tried("call-0008") == (409, "somebody-elses")
    assert (
        phone.post(where, {"staff_no": "0013", "outcome": "refused"}, key="call-0009").json["state"]
        == "refused"
    )
    assert tried("call-0010") == (409, "wrong-state")
    assert code(
        phone.post("/followups/99/calls", {"staff_no": "0012", "outcome": "busy"}, key="call-0011")
    ) == (404, "not-found")


def test_a_ticket_is_written_down_and_read(both: Stage) -> None:
    his = both.system()
    his.post("/patients", person())
    sent = {"text": "消化内科排队两小时", "kind": "complaint", "name": "王小明", "phone": phone_number(1)}
    opened = his.post("/tickets", sent, key="ticket-1")
    assert opened.status_code == 201
    assert his.post("/tickets", sent, key="ticket-1").json == opened.json
    assert (opened.json["kind"], opened.json["source"], opened.json["department"]) == (
        "complaint",
        "staff",
        "消化内科",
    )
    whole = his.get(f"/tickets/{opened.json['id']}").json
    assert (whole["text"], whole["name"], whole["ticket"]) == (sent["text"], "王*明", opened.json)
    assert both.town.count(AuditEntry, AuditEntry.action == "ticket.read", AuditEntry.actor == "api:his") == 1
    nobody = his.post("/tickets", sent | {"phone": phone_number(9)}, key="ticket-2")
    assert code(nobody) == (422, "unknown-reference")
    assert code(his.get("/tickets/99")) == (404, "not-found")


def test_tickets_come_in_pages(stage: Stage) -> None:
    his = stage.system()
    for number in range(5):
        his.post("/tickets", {"text": f"第 {number} 条意见", "kind": "suggestion"}, key=f"ticket-{number}")
    first = his.get("/tickets", limit=3).json
    second = his.get("/tickets", limit=3, after=first["next"]).json
    assert [each["id"] for each in first["items"] + second["items"]] == [1, 2, 3, 4, 5]
    assert second["next"] == ""
    assert his.get("/tickets", kind="praise").json["items"] == []
