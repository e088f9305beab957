"""停诊 in the console: the wizard from its first question to the last answer, and who sees what (R12, R18, R19)."""

import re
from datetime import timedelta

import pytest

from bot.domain.commands import AcceptOffer
from bot.domain.roles import Role
from bot.domain.states import AppointmentState, ClinicState
from bot.domain.suspension import CaseState
from bot.domain.views import Period
from bot.store.models import Clinic
from bot.store.push_models import PhoneTask
from bot.store.suspension_models import Suspension
from tests.integration.console.stand import PASSWORD, Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import TOMORROW, Town
from tests.integration.suspension.ward import DAY, Ward

REASON = "医生外出会议"


@pytest.fixture
def ward(stand: Stand) -> Ward:
    return Ward(Town.found(stand.db, stand.clock))


@pytest.fixture
def booking(stand: Stand) -> Visitor:
    return stand.signed_in(Role.BOOKING, staff_no="9002")


def query(ward: Ward, doctor: str = "王建国", **more: object) -> str:
    asked = {"doctor_id": ward.town.doctors[doctor], "since": TOMORROW, **more}
    return "&".join(f"{name}={value}" for name, value in asked.items())


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def form(page: str, **more: str) -> dict[str, str]:
    """What the browser would send of the preview."""
    return {"once": hidden(page, "once"), "seen": hidden(page, "seen"), "reason": REASON, "sure": "1", **more}


def started(booking: Visitor, ward: Ward) -> int:
    """The usual suspension, through the pages; told by the tick."""
    page = booking.get(f"/suspensions/preview?{query(ward)}").text
    answer = booking.post(f"/suspensions/start?{query(ward)}", **form(page))
    assert answer.status_code == 303, answer.text
    ward.saga.work()
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_the_wizard_from_the_schedule_to_the_last_answer(booking: Visitor, ward: Ward) -> None:
    ward.standard()
    chosen = booking.get(f"/suspensions/new?{query(ward, until=TOMORROW, period='pm')}").text
    assert f'value="{ward.town.doctors["王建国"]}" selected' in chosen
    assert 'value="pm" selected' in chosen
    page = booking.get(f"/suspensions/preview?{query(ward, period='pm')}").text
    assert "心血管内科 王建国，11月24日 周二 下午" in page
    assert re.search(r"<strong>2</strong>位患者受影响", page)
    assert re.search(r"<strong>4</strong>个没约的号要锁住", page)
    assert "微信 2 个" in page
    assert "王小明" not in page
    assert "王*明" in page
    assert "13800000001" not in page
    assert ward.town.count(Suspension) == 0
    words = booking.post(f"/suspensions/preview?{query(ward)}", **form(page, own="停电检修")).text
    assert "原因：停电检修" in words
    assert "就换到这个号" in words
    suspension_id = started(booking, ward)
    shown = booking.get(f"/suspensions/{suspension_id}").text
    assert "0 / 2 位已办妥" in shown
    assert "已通知，等答复" in shown
    assert "every 5s" in shown
    case = ward.cases()[0]
    ward.answer(AcceptOffer("a", case.id, case.offers), ward.accounts[0])
    part = booking.get(f"/suspensions/{suspension_id}", **{"HX-Request": "true"}).text
    assert "<html" not in part
    assert "1 / 2 位已办妥" in part
    waiting = booking.get(f"/suspensions/{suspension_id}/people").text
    assert "没有答复 1" in waiting
    assert "已改约 1" in waiting
    assert "对得上" in booking.get(f"/suspensions/{suspension_id}/check").text
    assert "王建国" in booking.get("/suspensions?running=1").text


def test_a_double_click_and_a_reload_start_once(booking: Visitor, ward: Ward) -> None:
    ward.standard()
    page = booking.get(f"/suspensions/preview?{query(ward)}").text
    sent = form(page)
    first = booking.post(f"/suspensions/start?{query(ward)}", **sent)
    again = booking.post(f"/suspensions/start?{query(ward)}", **sent)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert ward.town.count(Suspension) == 1
    assert "已经开始了，没有重复办" in booking.get(again.headers["Location"]).text


def test_a_preview_that_is_not_true_any_more_is_shown_again(booking: Visitor, ward: Ward) -> None:
    slots = ward.town.clinic()
    ward.booked(slots[0])
    page = booking.get(f"/suspensions/preview?{query(ward)}").text
    ward.booked(slots[1])
    stale = booking.post(f"/suspensions/start?{query(ward)}", **form(page, own="停电检修"))
    assert stale.status_code == 409
    assert "打开预览之后" in stale.text
    assert 'value="停电检修"' in stale.text
    assert "2 位患者会收到停诊通知" in stale.text
    assert ward.town.count(Suspension) == 0
    assert ward.clinic_states() == [ClinicState.OPEN]
    assert booking.post(f"/suspensions/start?{query(ward)}", **form(stale.text)).status_code == 303
    assert ward.town.count(Suspension) == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=2026-11-24", "请选一位医生"),
        ("doctor_id=99&since=2026-11-24", "请选一位医生"),
        ("whom=department&since=2026-11-24", "请选一个科室"),
        ("whom=hospital", "请选从哪天开始"),
        ("whom=hospital&since=2026-11-20", "已经过去了"),
        ("whom=hospital&since=2026-11-25&until=2026-11-24", "结束日期比开始日期早"),
        ("whom=hospital&since=2026-11-24&until=2028-11-24", "最多 366 天"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form(booking: Visitor, ward: Ward, asked: str, said: str) -> None:
    answer = booking.get(f"/suspensions/preview?{asked}")
    assert answer.status_code == 422
    assert said in answer.text
    assert booking.get("/suspensions/preview?whom=hospital&since=nonsense").status_code == 400
    assert booking.get("/suspensions/preview?whom=hospital&period=night").status_code == 400


@pytest.mark.parametrize(
    ("own", "said"), [("", "请写明停诊原因"), ("医生生病了", "不要写谁的病情"), ("详见 www.a.cn", "网址")]
)
def test_a_reason_that_patients_must_not_read(booking: Visitor, ward: Ward, own: str, said: str) -> None:
    ward.standard()
    page = booking.get(f"/suspensions/preview?{query(ward)}").text
    answer = booking.post(f"/suspensions/start?{query(ward)}", **form(page, own=own, reason=""))
    assert answer.status_code == 422
    assert said in answer.text
    unsure = booking.post(f"/suspensions/start?{query(ward)}", **(form(page) | {"sure": ""}))
    assert unsure.status_code in (303, 422)
    assert ward.town.count(Suspension) == (1 if unsure.status_code == 303 else 0)


def test_nothing_to_suspend_is_said(booking: Visitor, ward: Ward) -> None:
    assert "这段时间没有正常的出诊" in booking.get(f"/suspensions/preview?{query(ward)}").text


def test_it_wants_the_password_again_before_anything_is_written(
    stand: Stand, booking: Visitor, ward: Ward
) -> None:
    ward.standard()
    stand.clock.advance(timedelta(minutes=11))
    page = booking.get(f"/suspensions/preview?{query(ward)}").text
    assert "开始停诊" not in page.replace("停诊会立刻通知患者，开始之前", "")
    assert "next=/console/suspensions/preview" in page
    asked = booking.post(f"/suspensions/start?{query(ward)}", once="x", seen="y", reason=REASON, sure="1")
    assert asked.status_code == 401
    assert f'value="{REASON}"' in asked.text
    back = f"/console/suspensions/preview?{query(ward)}"
    assert booking.post("/again", password=PASSWORD, next=back).headers["Location"] == back
    assert "开始停诊" in booking.get(f"/suspensions/preview?{query(ward)}").text


def test_a_half_day_of_each_of_several_days(booking: Visitor, ward: Ward) -> None:
    for days in (0, 1):
        for half in (Period.AM, Period.PM):
            ward.town.clinic(day=TOMORROW + days * DAY, period=half)
    asked = query(ward, until=TOMORROW + DAY, period="pm")
    page = booking.get(f"/suspensions/preview?{asked}").text
    assert "11月24日 周二至11月25日 周三 每天下午" in page
    assert booking.post(f"/suspensions/start?{asked}", **form(page)).status_code == 303
    with ward.town.db.read() as uow:
        states = {(row.day, row.period): row.state for row in uow.session.query(Clinic)}
    assert {half for (_, half), state in states.items() if state == ClinicState.SUSPENDED} == {"pm"}


def test_taken_back(booking: Visitor, ward: Ward) -> None:
    visits = ward.standard()
    suspension_id = started(booking, ward)
    where = f"/suspensions/{suspension_id}"
    page = booking.get(where).text
    assert page.count("2 位还没办妥的患者拿回原来的号") == 1
    assert "hx-swap-oob" not in page
    renewed = booking.get(where, **{"HX-Request": "true"}).text
    assert 'id="withdrawing" hx-swap-oob="true">撤回后' in renewed, "its numbers go along with the progress"
    booking.post(f"{where}/withdraw")
    assert "请先勾选" in booking.get(where).text
    assert booking.post(f"{where}/withdraw", sure="1").status_code == 303
    assert "已撤回，1 次出诊恢复" in booking.get(where).text
    assert booking.get(where, **{"HX-Request": "true"}).status_code == 200
    ward.saga.work()
    assert [ward.visit(each.id) for each in visits] == [AppointmentState.BOOKED] * 2
    assert booking.get(where, **{"HX-Request": "true"}).status_code == 286
    booking.post(f"{where}/withdraw", sure="1")
    assert "已经撤回过了" in booking.get(where).text
    assert "撤回这次停诊" not in booking.get(where).text
    assert booking.post("/suspensions/99/withdraw", sure="1").status_code == 404


def test_what_a_call_came_to(stand: Stand, ward: Ward) -> None:
    ward.standard()
    booking = stand.signed_in(Role.BOOKING, staff_no="9002")
    suspension_id = started(booking, ward)
    ward.town.clock.advance(timedelta(hours=15))
    ward.saga.work()
    ward.town.clock.advance(timedelta(hours=3))
    ward.saga.work()
    stand.person("9003", Role.DESK)
    desk = stand.visitor()
    desk.sign_in("9003")
    calls = desk.get(f"/calls?suspension={suspension_id}").text
    assert calls.count("我来打") == ward.calls() == 2
    assert "没有要打的电话" in desk.get("/calls?suspension=99").text
    found = re.search(r"/console/suspensions/cases/\d+", calls)
    assert found is not None
    where = found[0]
    page = desk.get(where).text
    assert "没答复，要打电话" in page
    assert desk.post(f"{where}/phone").status_code == 400
    assert "1380000000" in desk.post(f"{where}/phone", reason="contact").text
    assert desk.post(f"{where}/reached").status_code == 400
    assert desk.post(f"{where}/reached", answer="other").status_code == 400
    chosen = desk.get(f"{where}?other=1&clinic=3").text
    slot = re.search(r"slot=(\d+)", chosen)
    assert slot is not None
    assert "确认改约" in desk.get(f"{where}?other=1&clinic=3&slot={slot[1]}").text
    assert desk.post(f"{where}/reached", answer="other", slot=slot[1], clinic="3").status_code == 303
    assert "电话里办好了" in desk.get(where).text
    assert desk.post(f"{where}/reached", answer="gave_up").status_code == 409
    other = next(each.id for each in ward.cases() if each.state == CaseState.PHONE)
    stand.person("9007", Role.OFFICE)
    office = stand.visitor()
    office.sign_in("9007")
    task = re.search(r"/console/calls/\d+/take", office.get(f"/calls?suspension={suspension_id}").text)
    assert task is not None
    taken = office.post(task[0], suspension=str(suspension_id))
    assert taken.headers["Location"] == f"/console/calls?suspension={suspension_id}", "the list as it was"
    assert "改约、退号" in office.get(taken.headers["Location"]).text, "whoever suspends may ring them too"
    office.post(task[0].replace("take", "finish"), suspension=str(suspension_id), outcome="reached")
    assert "还没有选改约还是退号" in office.get(taken.headers["Location"]).text, "a call made is no answer"
    waiting = office.get(f"/suspensions/{suspension_id}/people").text
    assert "没有答复 1" in waiting
    assert "打过电话（已告知），还没选" in waiting
    assert office.post(f"/suspensions/cases/{other}/reached", answer="gave_up").status_code == 303
    assert ward.states() == [CaseState.REACHED] * 2
    assert ward.town.count(PhoneTask, PhoneTask.state == "open") == 0
    ward.saga.work()
    assert ward.balanced(suspension_id)


def test_a_head_of_department_sees_the_own_ones(stand: Stand, ward: Ward) -> None:
    slots = ward.town.clinic()
    other = ward.town.clinic("张敏")
    ward.booked(slots[0], slots[1], other[0])
    whole = ward.start(ward.everywhere())
    heart = ward.start(ward.scope(), key="s-2")
    child = stand.signed_in(Role.DIRECTOR, staff_no="9006", departments=["儿科"])
    seen = child.get("/suspensions").text
    assert "全院" in seen
    assert "心血管内科 王建国" not in seen
    assert "0 / 1 位已办妥" in child.get(f"/suspensions/{whole.suspension_id}").text
    people = child.get(f"/suspensions/{whole.suspension_id}/people?show=all").text
    assert "张敏" in people
    assert "王建国" not in people
    for where in (
        f"/{heart.suspension_id}",
        f"/{heart.suspension_id}/people",
        f"/{whole.suspension_id}/check",
    ):
        assert child.get(f"/suspensions{where}").status_code == 404, where
    foreign, own = ward.cases()[0].id, next(each.id for each in ward.cases() if each.clinic_id == 2)
    assert child.get(f"/suspensions/cases/{foreign}").status_code == 404
    assert child.get(f"/suspensions/cases/{own}").status_code == 200
    assert child.get("/suspensions/new").status_code == 403
    home = child.get("/").text
    assert "影响 1 人" in home
    inner = stand.visitor()
    stand.person("9007", Role.DIRECTOR, departments=["内科"])
    inner.sign_in("9007")
    assert "心血管内科 王建国" in inner.get("/suspensions").text


def test_queries_do_not_grow(stand: Stand, booking: Visitor, ward: Ward) -> None:
    slots = ward.town.clinic(seats=18)
    ward.booked(*slots[:3], *slots[:3], *slots[:3])
    booking.get("/suspensions")  # whoever opens the first page of a process reads the directory
    with counted(stand) as asked:
        assert booking.get(f"/suspensions/preview?{query(ward)}").status_code == 200
    assert len(asked) <= 11, "\n".join(asked)
    suspension_id = started(booking, ward)
    for path, most in (("", 8), ("/people?show=all", 5), ("/check", 9)):
        with counted(stand) as asked:
            assert booking.get(f"/suspensions/{suspension_id}{path}").status_code == 200
        assert len(asked) <= most, (path, "\n".join(asked))
    with counted(stand) as asked:
        assert booking.get("/suspensions").status_code == 200
    assert len(asked) <= 4, "\n".join(asked)
