"""The main way of another system: register, look for seats, book, change, cancel, check in; once, whatever is repeated."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.roles import Permission
from bot.store.care_models import Ticket
from bot.store.demand_models import BookingAsk
from bot.store.models import Appointment, AuditEntry, Patient
from tests.integration.api.conftest import Stage, System, person
from tests.integration.services.town import TODAY, TOMORROW, at


def enrolled(his: System, number: int = 1) -> str:
    made = his.post("/patients", person(number))
    assert made.status_code == 200, made.json
    return str(made.json["patient"]["id"])


def wanted(slot: int, patient: str, channel: str = "phone") -> dict[str, object]:
    return {"slot_id": slot, "patient_id": patient, "channel": channel}


def test_the_his_books_changes_and_cancels(both: Stage) -> None:
    first, second, *_ = both.town.clinic(seats=6)
    his = both.system()
    found = his.get("/clinics", department_id=both.town.departments["内科"], free="true").json["items"]
    assert [(each["doctor"], each["free"], each["day"]) for each in found] == [("王建国", 6, str(TOMORROW))]
    slots = his.get(f"/clinics/{found[0]['id']}/slots").json["items"]
    assert [each["id"] for each in slots] == [first, second]
    patient = enrolled(his)

    booked = his.post("/appointments", wanted(first, patient), key="booking-1")
    assert booked.status_code == 201, booked.json
    visit = booked.json
    assert (visit["version"], visit["state"], visit["patient"]["name"]) == (1, "booked", "王*明")
    where = f"/appointments/{visit['id']}"

    moved = his.post(f"{where}/change", {"slot_id": second, "version": 1}, key="change-01").json
    assert (moved["slot_id"], moved["version"], moved["code"]) == (second, 2, visit["code"])
    stale = his.post(f"{where}/cancel", {"version": 1}, key="cancel-01")
    assert (stale.status_code, stale.json["type"]) == (409, "urn:suizhen:problem:stale")
    assert his.get(where).json["state"] == "booked"
    gone = his.post(f"{where}/cancel", {"version": 2, "reason": "患者来电"}, key="cancel-02").json
    assert (gone["appointment"]["state"], gone["refund_fen"]) == ("cancelled", 5000)
    assert his.get(f"/patients/{patient}/appointments").json["items"][0]["state"] == "cancelled"
    assert both.town.consistent()


def test_a_repeated_key_has_one_effect_and_the_first_answer(both: Stage) -> None:
    first, second, *_ = both.town.clinic(seats=6)
    his = both.system()
    patient = enrolled(his)
    answers = [his.post("/appointments", wanted(first, patient), key="booking-1") for _ in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert answers[0].json == answers[1].json == answers[2].json
    assert both.town.count(Appointment) == 1
    where = f"/appointments/{answers[0].json['id']}/change"
    change = {"slot_id": second, "version": 1}
    assert his.post(where, change, key="change-01").json == his.post(where, change, key="change-01").json

    other = his.post("/appointments", wanted(second, patient), key="booking-1")
    assert (other.status_code, other.json["type"]) == (422, "urn:suizhen:problem:key-reused")
    elsewhere = his.post("/patients/search", {"text": "王小明"}, key="booking-1")
    assert elsewhere.status_code == 200  # what only looks has no key
    assert (
        both.system(name="phone").post("/appointments", wanted(first, patient), key="booking-1").status_code
        == 409
    )


def test_without_a_key_nothing_is_booked(stage: Stage) -> None:
    slot, *_ = stage.town.clinic()
    his = stage.system()
    patient = enrolled(his)
    for key in ("", "short", "with space in", "x" * 65):
        told = his.post("/appointments", wanted(slot, patient), key=key)
        assert (told.status_code, told.json["type"]) == (400, "urn:suizhen:problem:key-missing")
    assert stage.town.count(Appointment) == 0


def test_two_systems_race_for_the_last_seat(both: Stage) -> None:
    """R5: one has it, the other is told what is left."""
    slot, *rest = both.town.clinic(seats=6)
    stage = both
    his = stage.system(name="his")
    patients = [enrolled(his, number) for number in range(4)]
    both.town.sell_out(*rest)
    while stage.town.seats(slot).count("free") > 1:
        extra = enrolled(his, 10 + stage.town.seats(slot).count("free"))
        assert his.post("/appointments", wanted(slot, extra), key=f"fill-{extra}").status_code == 201

    def book(patient: str) -> int:
        system = System(stage.app.test_client(), his.token)
        return system.post("/appointments", wanted(slot, patient), key=f"race-{patient}").status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(book, patients)) == [201, 409, 409, 409]
    assert both.town.consistent()


def test_who_is_too_late_is_told_what_is_left(stage: Stage) -> None:
    first, second, *_ = stage.town.clinic(seats=6)
    stage.town.sell_out(first)
    his = stage.system()
    told = his.post("/appointments", wanted(first, enrolled(his)), key="booking-1")
    assert told.status_code == 409
    assert told.content_type == "application/problem+json"
    assert told.json["type"] == "urn:suizhen:problem:seat-taken"
    assert [each["id"] for each in told.json["slots"]] == [second]


def test_rules_say_no_as_they_do_everywhere(stage: Stage) -> None:
    """The same half-day twice (R2); beyond the window (R9)."""
    first, second, *_ = stage.town.clinic(seats=6)
    far, *_ = stage.town.clinic("周明", day=TODAY + timedelta(days=40))
    his = stage.system()
    patient = enrolled(his)
    visit = his.post("/appointments", wanted(first, patient), key="booking-1").json
    twice = his.post("/appointments", wanted(second, patient), key="booking-2")
    assert (twice.status_code, twice.json["type"][20:]) == (409, "already-booked")
    assert twice.json["appointment"]["id"] == visit["id"]
    early = his.post("/appointments", wanted(far, patient), key="booking-3")
    assert (early.status_code, early.json["type"][20:]) == (409, "too-early")
    nobody = his.post("/appointments", wanted(second, "0" * 32), key="booking-4")
    assert (nobody.status_code, nobody.json["type"][20:]) == (422, "unknown-reference")


@pytest.mark.parametrize("channel", ["phone", "window", "kiosk", "web"])
def test_the_way_of_a_booking_is_kept(stage: Stage, channel: str) -> None:
    """R3: the rates are told by channel."""
    slot, *_ = stage.town.clinic()
    his = stage.system()
    assert his.post("/appointments", wanted(slot, enrolled(his), channel), key="booking-1").status_code == 201
    assert stage.town.count(Appointment, Appointment.channel == channel) == 1


def test_who_asked_is_counted_with_what_came_of_it(both: Stage) -> None:
    """R21: the booking's success rate, by channel and reason."""
    first, second, *_ = both.town.clinic(seats=6)
    his = both.system()
    patient, other = enrolled(his), enrolled(his, 2)
    for _ in range(2):  # a repeated key is one ask
        his.post("/appointments", wanted(first, patient, "kiosk"), key="booking-1")
    both.town.sell_out(first, second)
    his.post("/appointments", wanted(second, other, "web"), key="booking-2")
    his.post("/appointments", wanted(second, "0" * 32), key="booking-3")
    with both.db.read() as uow:
        asks = [(row.channel, row.outcome) for row in uow.session.query(BookingAsk).order_by(BookingAsk.id)]
    assert asks == [("kiosk", "booked"), ("web", "taken")]


def test_a_channel_that_there_is_not_is_refused(stage: Stage) -> None:
    slot, *_ = stage.town.clinic()
    his = stage.system()
    told = his.post("/appointments", wanted(slot, enrolled(his), "wechat"), key="booking-1")
    assert told.status_code == 400
    assert told.json["errors"] == [{"path": "channel", "reason": "不是可选的值"}]


def test_here_seen_and_to_come_back(stage: Stage) -> None:
    slot, *_ = stage.town.clinic()
    his = stage.system()
    visit = his.post("/appointments", wanted(slot, enrolled(his)), key="booking-1").json
    where = f"/appointments/{visit['id']}"
    early = his.post(f"{where}/check-in", {"version": 1})
    assert (early.status_code, early.json["type"][20:]) == (409, "wrong-state")
    stage.town.clock.set(at(13, 30, TOMORROW))
    for _ in range(2):  # whoever lost our answer asks again
        assert his.post(f"{where}/check-in", {"version": 1}).json["state"] == "checked_in"
    past = his.post(f"{where}/done", {"version": 1, "revisit_on": str(TODAY)})
    assert (past.status_code, past.json["type"][20:]) == (422, "invalid-act")
    done = his.post(f"{where}/done", {"version": 1, "revisit_on": str(TOMORROW + timedelta(days=30))})
    assert done.json["state"] == "done"
    assert his.post(f"{where}/check-in", {"version": 1}).status_code == 409


def test_who_did_not_come(stage: Stage) -> None:
    slot, *_ = stage.town.clinic()
    his = stage.system()
    visit = his.post("/appointments", wanted(slot, enrolled(his)), key="booking-1").json
    where = f"/appointments/{visit['id']}/no-show"
    early = his.post(where, {"version": 1})
    assert (early.status_code, early.json["type"][20:]) == (409, "wrong-state")
    stage.town.clock.set(at(17, 30, TOMORROW))
    for _ in range(2):
        assert his.post(where, {"version": 1}).json["state"] == "no_show"


def test_found_by_voucher_and_by_number(stage: Stage) -> None:
    slot, *_ = stage.town.clinic()
    his = stage.system()
    patient = enrolled(his)
    visit = his.post("/appointments", wanted(slot, patient), key="booking-1").json
    code = visit["code"]
    for said in (code, code.lower(), f"{code[:4]} {code[4:]}"):
        assert [each["id"] for each in his.post("/appointments/search", {"code": said}).json["items"]] == [
            visit["id"]
        ]
    assert his.post("/appointments/search", {"code": "22222222"}).json["items"] == []
    assert his.get(f"/appointments/{visit['id']}").json == visit
    assert his.get("/appointments/99").status_code == 404


def test_a_person_is_registered_once(both: Stage) -> None:
    his = both.system()
    first, again = his.post("/patients", person()), his.post("/patients", person(name="王小朋"))
    assert first.json["created"] and not again.json["created"]
    assert first.json["patient"] == again.json["patient"]
    assert "id_number" in first.json["patient"] and "1990" not in first.json["patient"]["id_number"]
    wrong = his.post("/patients", person(id_number="110101199003070000"))
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "id_number")
    silent = his.post("/patients", person(2, consents=["privacy"]))
    assert (silent.status_code, silent.json["errors"][0]["path"]) == (422, "consents")


def test_in_full_only_with_permission_and_reason(stage: Stage) -> None:
    """R15: asked for, reasoned, written down."""
    his = stage.system()
    patient = enrolled(his)
    told = his.post("/patients/search", {"text": person()["phone"]}).json["items"]
    assert [each["id"] for each in told] == [patient]
    assert "in_full" not in told[0]
    full = his.post("/patients/search", {"text": person()["phone"], "reveal_reason": "verify"}).json["items"]
    assert full[0]["in_full"] == {key: person()[key] for key in ("name", "id_number", "phone")}
    assert (
        stage.town.count(AuditEntry, AuditEntry.action == "patient.revealed", AuditEntry.actor == "api:his")
        == 1
    )
    limited = stage.system(Permission.PATIENTS_SEE, name="kiosk")
    assert limited.post("/patients/search", {"text": "王小明", "reveal_reason": "verify"}).status_code == 403
    assert limited.post("/patients/search", {"text": "王小明"}).status_code == 200


def test_lists_come_in_pages(stage: Stage) -> None:
    for day in range(1, 6):
        stage.town.clinic(day=TODAY + timedelta(days=day))
        stage.town.clinic("周明", day=TODAY + timedelta(days=day))
    his = stage.system()
    seen: list[int] = []
    cursor = ""
    while True:
        page = his.get("/clinics", limit=3, after=cursor).json
        assert len(page["items"]) <= 3
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == [each["id"] for each in his.get("/clinics", limit=200).json["items"]]
    assert len(set(seen)) == 10
    assert his.get("/clinics", after="nonsense").status_code == 400
    assert his.get("/clinics", limit=201).status_code == 400


def test_one_key_from_two_lines_at_once_books_once(both: Stage) -> None:
    """A system that gave up waiting and asks again while the first question is still under way."""
    slot, *_ = both.town.clinic(seats=6)
    his = both.system()
    patient = enrolled(his)

    def book(_: int) -> tuple[int, int]:
        system = System(both.app.test_client(), his.token)
        answer = system.post("/appointments", wanted(slot, patient), key="booking-1")
        return answer.status_code, answer.json.get("id", 0)

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(book, range(4))) == {(201, 1)}
    assert both.town.count(Appointment) == 1


def test_a_merged_records_id_still_names_the_person(both: Stage) -> None:
    """Another system keeps the ids that it was given, whatever the hospital finds out later (R14)."""
    slot, *_ = both.town.clinic(seats=6)
    his = both.system()
    stays, goes = enrolled(his), enrolled(his, 2)
    with both.db.write() as uow:
        uow.connection.execute(update(Patient).where(Patient.id == goes).values(merged_into=stays))
    made = his.post("/appointments", wanted(slot, goes), key="booking-1")
    assert (made.status_code, made.json["patient"]["id"]) == (201, stays)
    for known in (stays, goes):
        assert [each["id"] for each in his.get(f"/patients/{known}/appointments").json["items"]] == [1]
    sent = {"text": "排队两小时", "kind": "complaint", "patient_id": goes}
    assert his.post("/tickets", sent, key="ticket-1").status_code == 201
    assert both.town.count(Ticket, Ticket.patient_id == stays) == 1
