"""排班 as 预约管理员 edits it: clinics made and changed, numbers kept and given, a week copied, a stretch to suspend."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.roles import Role
from bot.domain.states import AppointmentState, ClinicState, SeatState
from bot.domain.views import Period
from bot.services.scheduling import seating
from bot.services.tables import table
from bot.store.models import Appointment, AuditEntry, Clinic, Seat, Slot
from bot.store.suspension_models import Suspension
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import TODAY, TOMORROW, Town, at

NEXT = TODAY + timedelta(days=7)
FORM = {"kind": "专家号", "seats": "6", "minutes": "10", "fee": "50", "location": "", "starts": ""}


@pytest.fixture
def town(both: Stand) -> Town:
    return Town.found(both.db, both.clock)


@pytest.fixture
def office(both: Stand, town: Town) -> Visitor:
    return both.signed_in(Role.BOOKING, staff_no="9002")


def clinics(town: Town) -> list[Clinic]:
    with town.db.read() as uow:
        return list(uow.session.scalars(select(Clinic).order_by(Clinic.day, Clinic.id)))


def seats(town: Town, clinic: int) -> list[tuple[int, SeatState]]:
    with town.db.read() as uow:
        rows = uow.session.execute(
            select(Seat.number, Seat.state).where(Seat.clinic_id == clinic).order_by(Seat.number)
        )
        return [(row.number, SeatState(row.state)) for row in rows]


def free(town: Town, clinic: int) -> list[int]:
    return [number for number, state in seats(town, clinic) if state is SeatState.FREE]


def said(town: Town, action: str) -> list[AuditEntry]:
    with town.db.read() as uow:
        return list(uow.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def version(office: Visitor, clinic: int) -> str:
    found = re.search(r'name="version" value="(\d+)"', office.get(f"/clinics/{clinic}/edit").text)
    assert found is not None
    return found[1]


def edit(office: Visitor, clinic: int, **other: Any) -> int:
    seen = other.pop("version", None) or version(office, clinic)
    return office.post(f"/clinics/{clinic}/edit", version=seen, **(FORM | other)).status_code


def shown(office: Visitor) -> str:
    assert office.last is not None
    return office.last.text


def sold(town: Town, *slots: int) -> None:
    for number, slot in enumerate(slots, start=1):
        account = town.account(f"o-{number}")
        town.book(account, slot, town.register(account, number))


def test_a_clinic_in_an_empty_cell_can_be_booked_at_once(town: Town, office: Visitor) -> None:
    town.clinic()
    day = TODAY + timedelta(days=2)
    department, doctor = town.departments["心血管内科"], town.doctors["王建国"]
    grid = office.get(f"/schedule?department={department}").text
    cell = re.search(rf'href="(/console/schedule/new\?[^"]*day={day}[^"]*period=am)"', grid)
    assert cell is not None
    assert f'value="{doctor}" selected' in office.get(cell[1].replace("&amp;", "&")).text
    new = FORM | {"doctor": doctor, "day": day, "period": "am", "department": ""}
    assert office.post("/schedule/new", **(new | {"seats": "99"})).status_code == 422
    assert "最多 24 个号" in shown(office)
    assert 'value="99"' in shown(office), "what was typed stays"
    assert office.post("/schedule/new", **new).status_code == 303
    made = clinics(town)[-1]
    assert (made.day, made.period, made.kind, made.fee_fen) == (day, "am", "专家号", 5000)
    assert free(town, made.id) == [1, 2, 3, 4, 5, 6]
    assert len(said(town, "clinic.added")) == 1
    assert office.post("/schedule/new", **new).status_code == 303, (
        "there is one: it is shown, and no second made"
    )
    assert len(clinics(town)) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "2026-11-20"}, "已经过去"), ({"doctor": "999"}, "请选医生"), ({"fee": "免费"}, "不是金额"),
        ({"starts": "13:00"}, "不在这个半天里"), ({"minutes": "1"}, "不在 2–120 之间"), ({"kind": "贵宾"}, "应为"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    town: Town, office: Visitor, wrong: dict[str, str], words: str
) -> None:
    new = FORM | {"doctor": town.doctors["周明"], "day": TOMORROW, "period": "am", "department": ""}
    assert office.post("/schedule/new", **(new | wrong)).status_code == 422
    assert words in shown(office)
    assert clinics(town) == []


def test_a_clinic_on_suspended_days_is_closed_from_the_start(town: Town, office: Visitor) -> None:
    town.clinic()
    start_suspension(town)
    new = FORM | {"doctor": town.doctors["王建国"], "day": TOMORROW, "period": "am", "department": ""}
    assert office.post("/schedule/new", **new).status_code == 303
    assert clinics(town)[-1].state is ClinicState.SUSPENDED


def start_suspension(town: Town) -> None:
    from bot.domain.suspension import Scope
    from bot.services.suspension import start

    context = town.hospital.acting("staff:1")
    whole_day = Scope(at(0, day=TOMORROW), at(23, day=TOMORROW), town.doctors["王建国"])
    town.db.run(lambda uow: start.start(uow, context, whole_day, key="s", reason="外出"))


def test_more_and_fewer_seats_fee_and_room(town: Town, office: Visitor) -> None:
    town.clinic(seats=6, locked=1)
    (clinic,) = clinics(town)
    grid = office.get(f"/schedule?department={town.departments['心血管内科']}&day={TOMORROW}").text
    assert "不对外 1" in grid
    assert edit(office, clinic.id, seats="8", fee="60.5", location="3 诊室") == 303
    after = clinics(town)[0]
    assert (after.fee_fen, after.location, after.version) == (6050, "3 诊室", 2)
    assert len(free(town, clinic.id)) == 8
    assert edit(office, clinic.id, seats="4", fee="60.5", location="3 诊室") == 303
    assert free(town, clinic.id) == [1, 2, 3, 4]
    assert edit(office, clinic.id, seats="4", fee="60.5", location="3 诊室") == 303
    assert len(said(town, "clinic.changed")) == 2, "nothing changed the third time"


def test_the_room_of_a_clinic_whose_numbers_are_all_kept(town: Town, office: Visitor) -> None:
    town.clinic(seats=6, locked=6)
    (clinic,) = clinics(town)
    page = office.get(f"/clinics/{clinic.id}/edit").text
    starts = re.search(r'name="starts" value="([0-9:]+)"', page)
    assert starts is not None
    kept = {"seats": "0", "starts": starts[1], "location": "3 诊室"}
    assert edit(office, clinic.id, **kept | {"minutes": "15"}) == 422
    assert "请先放出至少一个号" in shown(office)
    assert edit(office, clinic.id, **kept) == 303
    assert (clinics(town)[0].location, free(town, clinic.id)) == ("3 诊室", [])
    assert edit(office, clinic.id, seats="2") == 303
    assert edit(office, clinic.id, seats="0") == 422, "to keep the numbers is done number by number"


def test_who_is_second_overwrites_nothing(town: Town, office: Visitor) -> None:
    town.clinic()
    (clinic,) = clinics(town)
    seen = version(office, clinic.id)
    assert edit(office, clinic.id, seats="5", version=seen) == 303
    assert edit(office, clinic.id, seats="2", location="9 诊室", version=seen) == 409
    assert "有了变化" in shown(office)
    assert 'value="9 诊室"' in shown(office), "what was typed stays"
    assert len(free(town, clinic.id)) == 5


def test_sold_seats_are_taken_only_after_the_number_was_said(town: Town, office: Visitor) -> None:
    """R12: what is published binds."""
    slots = town.clinic(seats=6)
    (clinic,) = clinics(town)
    sold(town, slots[0], slots[0], slots[1])
    assert edit(office, clinic.id, seats="1") == 409
    assert "有 2 位患者会受影响" in shown(office)
    assert town.count(Suspension) == 0
    assert len(free(town, clinic.id)) == 3, "nothing was written"
    form = FORM | {"seats": "1", "version": version(office, clinic.id)}
    assert office.post(f"/clinics/{clinic.id}/displace", agreed="1", **form).status_code == 409, "not as many"
    assert office.post(f"/clinics/{clinic.id}/displace", agreed="2", **form).status_code == 303
    assert town.count(Appointment, Appointment.state == AppointmentState.SUSPENDED) == 2
    assert town.count(Appointment, Appointment.state == AppointmentState.BOOKED) == 1
    assert town.count(Suspension, Suspension.affected == 2) == 1


def test_who_lost_a_number_is_still_shown_with_it(town: Town, office: Visitor) -> None:
    slots = town.clinic(seats=6)
    (clinic,) = clinics(town)
    sold(town, slots[0])
    form = FORM | {"starts": "11:00", "seats": "2", "version": version(office, clinic.id)}
    assert office.post(f"/clinics/{clinic.id}/displace", agreed="1", **form).status_code == 303
    assert "<dd>1 号</dd>" in office.get("/appointments/1").text


def test_taking_seats_wants_the_password_and_the_right_to_suspend(
    town: Town, both: Stand, office: Visitor
) -> None:
    slots = town.clinic(seats=2)
    (clinic,) = clinics(town)
    sold(town, slots[0], slots[0])
    both.clock.advance(timedelta(minutes=11))
    sent = office.post(f"/clinics/{clinic.id}/displace", agreed="1", version="1", **(FORM | {"seats": "1"}))
    assert sent.status_code == 401
    assert 'name="password_again"' in sent.text
    assert town.count(Suspension) == 0


def test_numbers_are_kept_and_given_with_a_reason(town: Town, office: Visitor) -> None:
    slots = town.clinic(seats=6)
    (clinic,) = clinics(town)
    sold(town, slots[0])
    path = f"/clinics/{clinic.id}/seats"
    for left_out, missing in (({"seat": ["2"]}, "请先选理由"), ({"reason": "channel"}, "请先勾选")):
        assert office.post(path, do="lock", **left_out).status_code == 303
        assert missing in office.get(f"/clinics/{clinic.id}").text
    assert office.post(path, seat=["1", "2", "3"], do="lock", reason="channel").status_code == 303
    assert [number for number, state in seats(town, clinic.id) if state is SeatState.LOCKED] == [2, 3]
    page = office.get(f"/clinics/{clinic.id}").text
    assert "锁住了 2 个号" in page
    assert "另外 1 个" in page
    assert "不对外" in page
    assert office.post(path, seat=["3"], do="unlock", reason="more").status_code == 303
    assert free(town, clinic.id) == [3, 4, 5, 6]
    assert [entry.detail for entry in said(town, "seat.locked")] == [{"numbers": "2,3", "reason": "channel"}]


def test_a_suspensions_numbers_stay_locked(town: Town, office: Visitor) -> None:
    town.clinic(seats=3)
    (clinic,) = clinics(town)
    with town.db.write() as uow:
        uow.session.execute(update(table(Seat)).values(state=SeatState.LOCKED, suspended_by=7))
    context = town.hospital.acting("staff:1")
    among = context.directory.departments
    done = town.db.run(lambda uow: seating.unlock(uow, context, among, clinic.id, [1, 2], "more"))
    assert done == seating.Set(0)
    start_suspension(town)
    assert (
        office.post(f"/clinics/{clinic.id}/seats", seat=["1"], do="unlock", reason="more").status_code == 409
    )
    assert edit(office, clinic.id, version="2") == 409


def copy(office: Visitor, **other: Any) -> str:
    asked = {"source": TODAY.isoformat(), "target": NEXT.isoformat()} | other
    return office.get("/schedule/copy?" + "&".join(f"{name}={value}" for name, value in asked.items())).text


def carry(office: Visitor, page: str, **other: Any) -> int:
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert mark is not None
    asked = {"source": TODAY.isoformat(), "target": NEXT.isoformat(), "mark": mark[1]} | other
    return office.post("/schedule/copy", **asked).status_code


def test_a_week_is_copied_as_the_preview_said_and_once(town: Town, office: Visitor) -> None:
    town.clinic("王建国", seats=6, locked=2)
    town.clinic("周明", TOMORROW, Period.AM, seats=7, minutes=7)
    town.clinic("张敏", TOMORROW, seats=4)
    town.clinic("张敏", TOMORROW + timedelta(days=7), seats=2, fee=100)
    page = copy(office)
    assert [page.count(f">{words}</span>") for words in ("新增", "已有，内容不同")] == [2, 1]
    assert "号数（现在 2）" in page
    assert "费用（现在 1 元）" in page
    assert carry(office, page) == 303
    made = clinics(town)
    assert len(made) == 6
    copied = next(row for row in made if row.day >= NEXT and row.doctor_id == town.doctors["王建国"])
    assert [state for _, state in seats(town, copied.id)] == [SeatState.FREE] * 4 + [SeatState.LOCKED] * 2
    times = [
        town.db.run(lambda uow, c=row.id: uow.session.scalars(  # type: ignore[misc]
            select(Slot.starts_at).where(Slot.clinic_id == c).order_by(Slot.starts_at)).all())
        for row in made if row.doctor_id == town.doctors["周明"]
    ]  # fmt: skip
    assert [moment + timedelta(days=7) for moment in times[0]] == list(times[1])
    again = copy(office)
    assert "已有而且一样的 2 次" in again
    assert carry(office, page) == 409, "what was seen is done already"
    assert carry(office, again, change="yes") == 303
    assert clinics(town)[-1].fee_fen == 5000
    assert "没有要复制的" in copy(office)
    assert len(clinics(town)) == 6


def test_what_cannot_be_copied_is_said_why(town: Town, office: Visitor) -> None:
    town.clinic("王建国", TODAY, Period.AM)
    town.clinic("王海燕", seats=3)
    later = town.clinic("王海燕", TOMORROW + timedelta(days=7), seats=6)
    sold(town, *later[:2], later[0], later[0])
    town.clinic("周明", minutes=10)
    cut_otherwise = town.clinic("周明", TOMORROW + timedelta(days=7), minutes=15, seats=6)
    town.book(town.account("o-9"), cut_otherwise[0], town.register(town.account("o-9"), 9))
    page = copy(office)
    assert "已约出 4 个号，不能减到 3 个" in page
    assert "不能改时段的划分" in page
    assert copy(office, doctor=town.doctors["周明"]).count("周明") >= 2
    assert "已约出" not in copy(office, doctor=town.doctors["周明"])
    assert carry(office, page, change="yes") == 303
    assert len(clinics(town)) == 6, "only the one that was new"
    back = copy(office, source=NEXT.isoformat(), target=TODAY.isoformat())
    assert "日期已过" in back


@pytest.mark.parametrize(
    ("target", "words"),
    [(TODAY + timedelta(days=1), "同一周"), (TODAY - timedelta(days=7), "已经过去"), (TODAY + timedelta(days=800), "太远")],
)  # fmt: skip
def test_weeks_that_make_no_sense(town: Town, office: Visitor, target: Any, words: str) -> None:
    assert words in copy(office, target=target.isoformat())


def test_a_marked_stretch_leads_to_its_suspension(town: Town, office: Visitor) -> None:
    for day in (1, 2, 3):
        town.clinic("王建国", TODAY + timedelta(days=day), Period.AM)
    town.clinic("王建国", TODAY + timedelta(days=2), Period.PM)
    town.clinic("周明", TOMORROW, Period.AM)
    monday, tuesday, wednesday, afternoon, other = (
        row.id for row in sorted(clinics(town), key=lambda row: (row.doctor_id, row.period, row.day))
    )
    assert "先选要停诊的格子" in office.get("/schedule/suspend").text
    assert "一次只能停一位医生" in office.get(f"/schedule/suspend?cell={monday}&cell={other}").text
    assert "不连成一段" in office.get(f"/schedule/suspend?cell={monday}&cell={wednesday}").text
    assert "不连成一段" in office.get(f"/schedule/suspend?cell={monday}&cell={afternoon}").text
    sent = office.get(f"/schedule/suspend?cell={monday}&cell={tuesday}")
    assert sent.status_code == 303
    where = sent.headers["Location"]
    assert f"doctor_id={town.doctors['王建国']}" in where
    assert f"since={TOMORROW}&until={TOMORROW + timedelta(days=1)}&period=am" in where
    whole = office.get("/schedule/suspend?" + "&".join(f"cell={each}" for each in (tuesday, afternoon)))
    assert "period" not in whole.headers["Location"]


def test_who_only_looks_edits_nothing(town: Town, both: Stand) -> None:
    town.clinic()
    (clinic,) = clinics(town)
    looks = both.signed_in(Role.SUPERVISOR, staff_no="9009")
    grid = looks.get(f"/schedule?department={town.departments['心血管内科']}&day={TOMORROW}").text
    assert "加出诊" not in grid
    assert "停诊所选" not in grid
    assert 'type="checkbox"' not in looks.get(f"/clinics/{clinic.id}").text


def test_queries_do_not_grow(town: Town, both: Stand) -> None:
    for day in range(1, 5):
        for doctor in town.doctors:
            town.clinic(doctor, TODAY + timedelta(days=day))
    (clinic, *_) = clinics(town)
    office = both.signed_in(Role.BOOKING, staff_no="9004")
    paths = (
        f"/schedule?department={town.departments['内科']}", f"/clinics/{clinic.id}", f"/clinics/{clinic.id}/edit",
        "/schedule/new", f"/schedule/copy?source={TODAY}&target={NEXT}",
    )  # fmt: skip
    for path in paths:
        office.get(path)
        with counted(both) as asked:
            assert office.get(path).status_code == 200
        assert len(asked) <= 12, (path, asked)
