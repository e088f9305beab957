"""The booking window: a caller is registered and booked, comes, is seen; changes, cancellations, and who may not."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.domain.roles import Role
from bot.domain.states import AppointmentState, SeatState
from bot.store.models import Appointment, AuditEntry, Consent, Correction, Patient, Seat
from bot.store.push_models import Push
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import TOMORROW, Town, id_number, phone_number

NAME = "王小明"


@pytest.fixture
def town(both: Stand) -> Town:
    town = Town.found(both.db, both.clock)
    town.clinic()
    return town


def once(shown: TestResponse) -> str:
    found = re.search(r'name="once" value="(\w+)"', shown.text)
    assert found is not None
    return found[1]


def enrol(desk: Visitor, number: int = 1, **other: object) -> TestResponse:
    """The form as the receptionist fills it."""
    key = once(desk.get("/book/new"))
    form: dict[str, object] = {
        "once": key, "name": NAME, "id_kind": "resident_id", "id_number": id_number(number),
        "phone": phone_number(number), "consents": ["privacy", "health_data"], "way": "phone",
    }  # fmt: skip
    return desk.post("/book/new", **(form | other))


def patient_id(stand: Stand) -> str:
    with stand.db.read() as uow:
        return uow.session.scalars(select(Patient.id)).one()


def book(desk: Visitor, town: Town, patient: str, slot: int, key: str = "") -> TestResponse:
    clinic = first_clinic(town)
    shown = desk.get(f"/book/{patient}?clinic={clinic}&slot={slot}")
    return desk.post(f"/book/{patient}", once=key or once(shown), clinic=clinic, slot=slot)


def first_clinic(town: Town) -> int:
    with town.db.read() as uow:
        return uow.session.scalars(select(Seat.clinic_id).limit(1)).one()


def slots(town: Town) -> list[int]:
    with town.db.read() as uow:
        return sorted(set(uow.session.scalars(select(Seat.slot_id)).all()))


def visit(stand: Stand) -> Appointment:
    with stand.db.read() as uow:
        return uow.session.scalars(select(Appointment)).one()


def booked(desk: Visitor, stand: Stand, town: Town) -> Appointment:
    enrol(desk)
    assert book(desk, town, patient_id(stand), slots(town)[0]).status_code == 303
    return visit(stand)


def test_a_caller_is_registered_booked_checked_in_and_cared_for(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK, staff_no="9003")
    assert "没有找到" in desk.post("/book/find", text=id_number(1)).text
    sent = enrol(desk)
    who = patient_id(both)
    assert sent.headers["Location"] == f"/console/book/{who}"
    with both.db.read() as uow:
        consents = uow.session.scalars(select(Consent)).all()
    assert {consent.kind for consent in consents} == {"privacy", "health_data"}
    assert all(consent.evidence.startswith("phone:staff:9003:") for consent in consents)
    assert desk.post("/book/find", text=id_number(1)).headers["Location"] == f"/console/book/{who}"
    department = town.departments["心血管内科"]
    assert "王建国" in desk.get(f"/book/{who}?department={department}").text
    confirm = desk.get(f"/book/{who}?clinic={first_clinic(town)}&slot={slots(town)[0]}")
    assert "确认挂号" in confirm.text
    key = once(confirm)
    made = [book(desk, town, who, slots(town)[0], key) for _ in range(2)]  # the button pressed twice
    assert made[0].headers["Location"] == made[1].headers["Location"]
    seen = visit(both)
    assert (seen.channel, seen.account_id, seen.state) == ("desk", None, AppointmentState.BOOKED)
    page = desk.get(f"/appointments/{seen.id}").text
    assert seen.code in page
    assert NAME not in page
    assert "就诊当天可以报到" in page
    assert desk.post(f"/appointments/{seen.id}/check-in", version=1).status_code == 409, "not today"
    both.clock.advance(timedelta(days=1))
    desk = both.visitor()
    desk.sign_in("9003")
    assert desk.post(f"/appointments/{seen.id}/done", version=1).status_code == 409, "not checked in"
    assert desk.post(f"/appointments/{seen.id}/check-in", version=1).status_code == 303
    revisit = (TOMORROW + timedelta(days=30)).isoformat()
    assert "就诊结束" in desk.get(f"/appointments/{seen.id}").text
    yesterday = (TOMORROW - timedelta(days=1)).isoformat()
    assert desk.post(f"/appointments/{seen.id}/done", version=1, revisit=yesterday).status_code == 409
    assert desk.post(f"/appointments/{seen.id}/done", version=1, revisit=revisit).status_code == 303
    assert visit(both).state is AppointmentState.DONE
    with both.db.read() as uow:
        kinds = set(uow.session.scalars(select(Push.kind).where(Push.scope == f"appointment:{seen.id}")))
        seat = uow.session.get_one(Seat, seen.seat_id)
    assert {"care", "revisit_due"} <= kinds
    assert seat.state is SeatState.USED
    page = desk.get(f"/appointments/{seen.id}").text
    assert "工号 9003" in page
    assert "就诊结束" in page


def test_registering_refuses_in_words_and_keeps_what_was_typed(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK)
    for wrong, words in (
        ({"consents": ["privacy"]}, "得到同意"),
        ({"way": "guessed"}, "得到同意"),
        ({"id_number": "110101199003070127"}, "证件号码不对"),
        ({"phone": "123"}, "手机号不对"),
    ):
        refused = enrol(desk, **wrong)
        assert refused.status_code == 422
        assert words in refused.text
        assert NAME in refused.text
    assert town.count(Patient) == 0
    enrol(desk)
    assert enrol(desk, phone="13900139000").status_code == 303, "known: found, not changed"
    assert re.search('class="message warn"[^>]*>这个证件以前登记过', desk.get("/").text)
    assert town.count(Patient) == 1
    assert town.count(Consent) == 2


def test_refusals_and_what_is_left(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK)
    first = booked(desk, both, town)
    who = first.patient_id
    again = book(desk, town, who, slots(town)[1], "x" * 32)
    assert again.status_code == 409
    assert first.code in again.text
    assert desk.post(f"/book/{who}").status_code == 400
    assert desk.get("/book/nobody").status_code == 404


def test_a_full_slot_leads_to_the_others(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK)
    enrol(desk)
    who, (full, *_) = patient_id(both), slots(town)
    shown = desk.get(f"/book/{who}?clinic={first_clinic(town)}&slot={full}")
    town.sell_out(full)
    sent = desk.post(f"/book/{who}", once=once(shown), clinic=first_clinic(town), slot=full)
    assert sent.headers["Location"] == f"/console/book/{who}?clinic={first_clinic(town)}"
    after = desk.get(sent.headers["Location"]).text
    assert "约满" in after
    assert "剩" in after


def test_change_and_cancel_what_was_seen(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.BOOKING)
    seen = booked(desk, both, town)
    other = slots(town)[-1]
    page = desk.get(f"/appointments/{seen.id}/change?clinic={seen.clinic_id}&slot={other}")
    form = {"once": once(page), "version": 1, "clinic": seen.clinic_id, "slot": other}
    assert "确认改约" in page.text
    for _ in range(2):
        assert desk.post(f"/appointments/{seen.id}/move", **form).status_code == 303
    moved = visit(both)
    assert (moved.version, moved.slot_id) == (2, other)
    assert desk.post(f"/appointments/{seen.id}/cancel", version=1).status_code == 409, (
        "seen before the change"
    )
    page = desk.get(f"/appointments/{seen.id}")
    assert "改到" in page.text
    assert "现在退号，交过的挂号费 50 元全退" in page.text
    form = {"once": once(page), "version": 2, "reason": "临时有事"}
    for _ in range(2):
        assert desk.post(f"/appointments/{seen.id}/cancel", **form).status_code == 303
    assert visit(both).state is AppointmentState.CANCELLED
    assert desk.get(f"/appointments/{seen.id}/change").status_code == 303, "there is nothing to change"
    late = desk.post(f"/appointments/{seen.id}/cancel", once="n" * 32, version=2)
    assert late.status_code == 409
    assert "已退号" in late.text


def test_too_late_to_cancel_is_said_in_words(both: Stand, town: Town) -> None:
    town.rule("cancel_deadline_minutes", 60 * 24 * 7)
    desk = both.signed_in(Role.DESK)
    seen = booked(desk, both, town)
    refused = desk.post(f"/appointments/{seen.id}/cancel", version=1, once="c" * 32)
    assert refused.status_code == 409
    assert "系统不再受理" in refused.text
    assert "已经过了退号的最晚时间" in refused.text
    assert "/cancel" not in refused.text
    assert "/change" in refused.text
    assert visit(both).state is AppointmentState.BOOKED


def test_search_by_whatever_the_patient_says(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK)
    seen = booked(desk, both, town)
    for text in (seen.code, seen.code.lower(), id_number(1), phone_number(1), NAME):
        found = desk.post("/appointments/find", text=text)
        assert seen.code in found.text, text
        assert phone_number(1) not in found.text.replace(f'value="{text}"', "")
    assert "没有找到" in desk.post("/appointments/find", text="王小").text, "a part of a name finds nobody"
    assert "看不出" in desk.post("/appointments/find", text="12").text
    assert seen.code not in desk.get("/appointments").text, "today"
    assert seen.code in desk.get(f"/appointments?day={TOMORROW}").text
    pediatrics = town.departments["儿科"]
    assert seen.code not in desk.get(f"/appointments?day={TOMORROW}&department={pediatrics}").text
    assert seen.code not in desk.get(f"/appointments?day={TOMORROW}&state=done").text
    assert desk.get("/appointments?state=nonsense").status_code == 400


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
def test_whoever_looks_may_search_and_reads_masked(both: Stand, town: Town, role: Role) -> None:
    booked(both.signed_in(Role.DESK, staff_no="9003"), both, town)
    looks = both.signed_in(role, staff_no="9009")
    for path in ("/appointments", "/patients"):
        assert f"{path}/find" in looks.get(path).text
        shown = looks.post(f"{path}/find", text=phone_number(1)).text
        assert "王*明" in shown
        assert phone_number(1) not in shown.replace(f'value="{phone_number(1)}"', "")


def test_another_departments_head_sees_nothing(both: Stand, town: Town) -> None:
    seen = booked(both.signed_in(Role.DESK), both, town)
    theirs = both.signed_in(Role.DIRECTOR, staff_no="9001", departments=["内科"])
    others = both.signed_in(Role.DIRECTOR, staff_no="9002", departments=["儿科"])
    pages = (
        f"/appointments/{seen.id}", f"/clinics/{seen.clinic_id}", f"/patients/{seen.patient_id}",
        f"/schedule?department={town.departments['心血管内科']}",
    )  # fmt: skip
    for path in pages:
        assert theirs.get(path).status_code == 200, path
        assert others.get(path).status_code == 404, path
    assert seen.code not in others.get(f"/appointments?day={TOMORROW}").text
    assert others.post(f"/patients/{seen.patient_id}/reveal", reason="contact").status_code == 404
    assert "没有找到" in others.post("/patients/find", text=id_number(1)).text
    assert "看档案" in theirs.post("/patients/find", text=id_number(1)).text


def test_a_patient_is_masked_revealed_with_a_reason_and_corrected(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK, staff_no="9003")
    enrol(desk)
    who = patient_id(both)
    page = desk.get(f"/patients/{who}")
    for secret in (NAME, id_number(1), phone_number(1)):
        assert secret not in page.text
    assert desk.post(f"/patients/{who}/reveal", reason="curious").status_code == 400
    assert id_number(1) in desk.post(f"/patients/{who}/reveal", reason="verify").text
    with both.db.read() as uow:
        told = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "patient.revealed")).one()
    assert (told.actor, told.detail) == ("staff:9003", {"reason": "verify"})
    form = {"once": once(page), "field": "phone", "version": "0"}
    assert desk.post(f"/patients/{who}/correct", **form, value="12").status_code == 422
    assert 'name="value" value="12"' in desk.last.text
    for _ in range(2):
        assert desk.post(f"/patients/{who}/correct", **form, value="13900139000").status_code == 303
    late = form | {"once": "of another page"}
    assert desk.post(f"/patients/{who}/correct", **late, value="13700137000").status_code == 409
    assert town.count(Correction) == 1
    assert "看档案" in desk.post("/patients/find", text="13900139000").text


def test_week_and_seats(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK)
    seen = booked(desk, both, town)
    department = town.departments["心血管内科"]
    week = desk.get(f"/schedule?department={department}&day={TOMORROW}").text
    assert "1 / 6" in week
    clinic = desk.get(f"/clinics/{seen.clinic_id}").text
    assert f'href="/console/appointments/{seen.id}"' in clinic
    assert "王*明" in clinic
    assert NAME not in clinic


def test_queries_do_not_grow(both: Stand, town: Town) -> None:
    desk = both.signed_in(Role.DESK)
    seen = booked(desk, both, town)
    town.clinic("王海燕", seats=12)
    department = town.departments["心血管内科"]
    for path, most in (
        (f"/appointments?day={TOMORROW}", 3), (f"/appointments/{seen.id}", 5), ("/schedule", 4),
        (f"/clinics/{seen.clinic_id}", 5), (f"/patients/{seen.patient_id}", 5),
        (f"/book/{seen.patient_id}?department={department}", 4),
        (f"/appointments/{seen.id}/change?clinic={seen.clinic_id}&slot={slots(town)[-1]}", 9),
    ):  # fmt: skip
        with counted(both) as asked:
            assert desk.get(path).status_code == 200
        assert len(asked) <= most, path + "\n".join(asked)
