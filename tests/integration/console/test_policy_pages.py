"""规则: what holds and why, a new number after a look at what it would do, and nothing by accident."""

import re
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from bot.domain.policies import resolve
from bot.domain.policy_words import WORDS
from bot.domain.roles import Role
from bot.services import policy_looking
from bot.services.directory import read
from bot.services.policy_editing import lines
from bot.store.models import AuditEntry
from bot.web.console.policy_words import BASIS
from tests.integration.console.stand import PASSWORD, Stand, Visitor
from tests.integration.console.test_cost import counted
from tests.integration.services.town import TODAY, Town

WINDOW, CANCEL = "booking_window_days", "cancel_deadline_minutes"
LATER = TODAY + timedelta(days=3)
REFUSED = OperationalError("SELECT 1", None, psycopg.OperationalError("refused"))


@pytest.fixture
def town(stand: Stand) -> Town:
    town = Town.found(stand.db, stand.clock)
    return Town(stand.db, stand.clock, stand.console.hospital, town.departments, town.doctors)


@pytest.fixture
def admin(stand: Stand, town: Town) -> Visitor:
    return stand.signed_in(Role.ADMIN)


def looked(stand: Stand, visitor: Visitor, path: str) -> TestResponse:
    """The page once the scheduler has looked through the past."""
    waiting = visitor.get(path)
    assert "正在翻看过去的记录" in waiting.text and "确认修改" not in waiting.text
    assert policy_looking.work(stand.console.hospital, stand.console.looks) == 1
    return visitor.get(path)


def put(visitor: Visitor, name: str, value: object, day: date = LATER, **more: object) -> int:
    """Through the page that shows the effect, as a person goes."""
    query = {"value": value, "from": day.isoformat(), **{k: v for k, v in more.items() if k != "note"}}
    page = visitor.get(f"/policy/{name}/try?" + "&".join(f"{key}={said}" for key, said in query.items()))
    version = page.text.split('name="version" value="')[1].split('"')[0]
    form = {"note": "医务科会议决定", **more, "value": value, "from": day.isoformat()}
    return visitor.post(f"/policy/{name}/set", version=version, **form).status_code


def rules(stand: Stand) -> list[tuple[str, int, str, int | None, date]]:
    with stand.db.read() as uow:
        return [(x.scope, x.scope_id, x.name, x.value, x.effective_from) for x in lines(uow)]


def test_the_list_says_what_holds_and_where_it_comes_from(town: Town, admin: Visitor) -> None:
    town.rule(WINDOW, 10)
    town.rule(WINDOW, 21, "department", town.departments["儿科"])
    whole = admin.get("/policy").text
    assert "可以提前多少天预约" in whole and "10 天" in whole and "1 处" in whole
    child = admin.get(f"/policy?department={town.departments['儿科']}").text
    assert "21 天" in child and "科室规定" in child
    doctor = admin.get(f"/policy?doctor={town.doctors['张敏']}").text
    assert "21 天" in doctor and "儿科 张敏" in doctor
    assert admin.get("/policy?department=999").status_code == 404
    assert {word.rule for word in WORDS.values()} == set(BASIS), "nobody reads a code"
    assert BASIS["R9"] in admin.get(f"/policy/{WINDOW}").text


def test_a_number_is_set_from_a_day_on_and_every_process_notices(
    stand: Stand, town: Town, admin: Visitor
) -> None:
    department = town.departments["儿科"]
    before = town.hospital.acting("x").directory.revision
    assert put(admin, WINDOW, 7, department=department) == 303
    assert rules(stand) == [("department", department, WINDOW, 7, LATER)]
    stand.console.hospital._directory._glance._last = float("-inf")  # a second later
    directory = town.hospital.acting("x").directory
    assert directory.revision == before + 1
    assert directory.policy(TODAY, department).booking_window_days == 14
    assert directory.policy(LATER, department).booking_window_days == 7
    assert directory.policy(LATER).booking_window_days == 14
    history = admin.get(f"/policy/{WINDOW}").text
    assert "医务科会议决定" in history and "8001" in history and "还没生效" in history
    with stand.db.read() as uow:
        noted = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "policy.set")).one()
    assert (noted.subject, noted.detail["value"]) == (f"policy:department:{department}", "7")


def test_back_to_the_wider_scope(stand: Stand, town: Town, admin: Visitor) -> None:
    department = town.departments["儿科"]
    town.rule(WINDOW, 21, "department", department)
    assert put(admin, WINDOW, "", LATER, department=department, mode="wider") == 303
    with stand.db.read() as uow:
        found = read(uow, 1).rules
    assert resolve(found, TODAY, department_id=department).booking_window_days == 21
    assert resolve(found, LATER, department_id=department).booking_window_days == 14


def test_a_change_that_has_not_begun_can_be_taken_back(stand: Stand, town: Town, admin: Visitor) -> None:
    put(admin, WINDOW, 7)
    put(admin, WINDOW, 10, TODAY)
    with stand.db.read() as uow:
        future, running = lines(uow, WINDOW)
    version = admin.get(f"/policy/{WINDOW}").text.split('name="version" value="')[1].split('"')[0]
    assert admin.post(f"/policy/{WINDOW}/withdraw/{running.id}", version=version).status_code == 409
    assert admin.post(f"/policy/{WINDOW}/withdraw/{future.id}", version="0").status_code == 409
    assert admin.post(f"/policy/{WINDOW}/withdraw/{future.id}", version=version).status_code == 303
    assert rules(stand) == [("hospital", 0, WINDOW, 10, TODAY)]


@pytest.mark.parametrize(
    ("name", "value", "day", "said"),
    [
        (WINDOW, 0, LATER, "应当是 1–90 天"),
        (WINDOW, 91, LATER, "应当是 1–90 天"),
        (WINDOW, "十", LATER, "应当是 1–90 天"),
        (WINDOW, 7, TODAY - timedelta(days=1), "不能早于今天"),
        (WINDOW, 7, TODAY + timedelta(days=400), "最远到一年"),
        ("guardian_under_years", 12, LATER, "应当是 14–18 岁"),
    ],
)
def test_what_may_not_be_is_said_beside_the_form(
    stand: Stand, admin: Visitor, name: str, value: object, day: date, said: str
) -> None:
    page = admin.get(f"/policy/{name}/try?value={value}&from={day}")
    assert page.status_code == 422 and said in page.text
    assert "确认修改" not in page.text
    done = admin.post(
        f"/policy/{name}/set", version="1", value=value, note="试试看", **{"from": day.isoformat()}
    )
    assert done.status_code in (409, 422)
    assert rules(stand) == []


def test_the_reason_stays_when_something_is_wrong(stand: Stand, town: Town, admin: Visitor) -> None:
    stale = admin.post(
        f"/policy/{WINDOW}/set", version="99", value=7, note="开会定的", **{"from": LATER.isoformat()}
    )
    assert stale.status_code == 409 and "开会定的" in stale.text and "有同事改了" in stale.text
    assert policy_looking.work(stand.console.hospital, stand.console.looks) == 1
    version = stale.text.split('name="version" value="')[1].split('"')[0]
    short = admin.post(
        f"/policy/{WINDOW}/set", version=version, value=7, note="嗯", **{"from": LATER.isoformat()}
    )
    assert short.status_code == 422 and "2 到 200 个字" in short.text and ">嗯<" in short.text
    assert rules(stand) == []


def test_some_numbers_are_the_whole_hospitals(stand: Stand, town: Town, admin: Visitor) -> None:
    department = town.departments["儿科"]
    assert "只能全院统一" in admin.get(f"/policy/patients_per_account?department={department}").text
    page = admin.get(f"/policy/patients_per_account/try?value=3&from={LATER}&department={department}")
    assert page.status_code == 422 and "只能全院统一" in page.text


def test_who_was_told_a_later_hour_keeps_it(stand: Stand, town: Town, admin: Visitor) -> None:
    """R12: a stricter deadline begins after the last visit whose voucher says the old one; a looser one at once."""
    account = town.account()
    visit = TODAY + timedelta(days=6)
    town.book(account, town.clinic("张敏", visit)[0], town.register(account))
    page = admin.get(f"/policy/{CANCEL}/try?value=1440&from={LATER}")
    assert page.status_code == 422 and "有 1 个预约" in page.text and "2026年11月30日" in page.text
    assert put(admin, CANCEL, 60, LATER) == 303
    assert put(admin, CANCEL, 1440, visit + timedelta(days=1)) == 303
    other = town.departments["心血管内科"]
    assert put(admin, CANCEL, 1440, LATER, department=other) == 303


def test_the_effect_is_shown_in_numbers_with_examples(stand: Stand, town: Town, admin: Visitor) -> None:
    account = town.account()
    booked = town.book(account, town.clinic("张敏", TODAY + timedelta(days=10))[0], town.register(account))
    page = looked(stand, admin, f"/policy/{WINDOW}/try?value=7&from={LATER}").text
    assert "1 次挂号" in page and "超过可约天数" in page and f"预约 {booked.id}" in page
    assert "现在有 1 个预约的日子超过新的天数" in page
    assert "2026年10月24日" in page, "the period is told"
    assert "2026年8月25日" in looked(stand, admin, f"/policy/{WINDOW}/try?value=7&from={LATER}&days=90").text
    other = f"/policy/release_window_minutes/try?value=7&from={LATER}"
    assert "不决定能不能挂号" in looked(stand, admin, other).text


def test_a_look_shows_how_far_it_is_and_loses_nothing(stand: Stand, town: Town, admin: Visitor) -> None:
    """Issue 6: long work shows progress and survives a reload; without JavaScript there is a button."""
    stale = admin.post(
        f"/policy/{WINDOW}/set", version="99", value=7, note="开会定的", **{"from": str(LATER)}
    )
    assert stale.status_code == 409 and "确认修改" not in stale.text
    (name,) = stand.console.looks.waiting()
    stand.console.looks.come(name, 34)
    assert "已看 34%" in admin.get(f"/policy/{WINDOW}/try?value=7&from={LATER}").text
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', stale.text.split('id="looked"')[1])
    form = {key: value for key, value in fields if key != "csrf"}
    assert form.pop("told") == "1"
    again = admin.post(f"/policy/{WINDOW}/look", **form)
    assert again.status_code == 200 and "看看好了没有" in again.text and 'value="开会定的"' in again.text
    stand.console.looks.leave(name, asked=True)
    assert policy_looking.work(stand.console.hospital, stand.console.looks) == 1
    admin.headers["HX-Request"] = "true"
    part = admin.post(f"/policy/{WINDOW}/look", **form).text
    del admin.headers["HX-Request"]
    assert "<html" not in part and "确认修改" in part and "开会定的</textarea>" in part
    assert put(admin, WINDOW, 7) == 303


def test_a_look_that_breaks_says_so(stand: Stand, admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/policy/{WINDOW}/try?value=7&from={LATER}"
    admin.get(path)
    hospital, looks = stand.console.hospital, stand.console.looks
    for error, said in ((REFUSED, "正在翻看"), (KeyError("id"), "这次没有看成")):

        def broken(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr(policy_looking, "outlook", broken)
        with pytest.raises(type(error)):
            policy_looking.work(hospital, looks)
        assert said in admin.get(path).text, "away: it is tried again; a fault is told"
    assert "确认修改" not in admin.get(path).text and looks.waiting() == []


def test_what_was_asked_under_other_rules_is_not_counted(stand: Stand, town: Town, admin: Visitor) -> None:
    path = f"/policy/{WINDOW}/try?value=7&from={LATER}"
    admin.get(path)
    town.rule(WINDOW, 10)
    assert policy_looking.work(stand.console.hospital, stand.console.looks) == 0
    assert "超过" not in admin.get(path).text
    assert policy_looking.work(stand.console.hospital, stand.console.looks) == 1


def test_without_a_fresh_password_the_page_asks_for_it_first(stand: Stand, admin: Visitor) -> None:
    stand.clock.advance(timedelta(minutes=11))
    where = f"/policy/{WINDOW}/try?value=7&from={LATER}&days=30"
    page = looked(stand, admin, where).text
    assert "输入密码" in page and "确认修改" not in page
    admin.post("/again", password=PASSWORD, next=f"/console{where}")
    assert "确认修改" in admin.get(where).text


def test_looking_is_not_changing(stand: Stand, town: Town) -> None:
    office = stand.signed_in(Role.OFFICE, staff_no="8002")
    assert "修改" not in office.get(f"/policy/{WINDOW}").text.split("<main")[1].split("制度依据")[1]
    assert office.get(f"/policy/{WINDOW}/try?value=7&from={LATER}").status_code == 403
    assert office.post(f"/policy/{WINDOW}/set", version="1").status_code == 403


def test_queries(both: Stand) -> None:
    town = Town.found(both.db, both.clock)
    for n in range(1, 5):
        town.rule(WINDOW, n, "doctor", n)
    visitor = both.signed_in(Role.ADMIN)
    asked = {}
    for path in ("/policy", f"/policy/{WINDOW}", f"/policy/{WINDOW}/try?value=7&from={LATER}"):
        with counted(both) as statements:
            assert visitor.get(path).status_code == 200
        asked[path] = len(statements)
    assert max(asked.values()) <= 12, asked
