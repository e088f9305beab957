"""Administrators at work: adding, changing, disabling; two at once; never without the last one."""

import re
from datetime import timedelta

from sqlalchemy import select

from bot.domain.roles import Permission, Role
from bot.domain.staff import StaffChanged, StaffConflict, StaffRefused
from bot.services.staff import managing
from bot.services.staff.managing import By, Profile
from bot.store.models import AuditEntry
from tests.conftest import FixedClock
from tests.integration.console.cases import WARD, Cases
from tests.integration.console.stand import PASSWORD, Stand

NURSE = Profile("李护士", (Role.NURSE,), ("一病区",), ("内科",))


def by(clock: FixedClock, own: str = "") -> By:
    return By(f"staff:{own}" if own else "cli", clock.now(), own=own)


def audited(stand: Stand) -> list[tuple[str, str, str]]:
    with stand.db.read() as uow:
        rows = uow.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("staff.")))
        return [(row.actor, row.action, row.subject) for row in rows]


def test_somebody_new_signs_in_with_what_the_page_shows(both: Stand) -> None:
    visitor = both.signed_in(Role.ADMIN)
    visitor.get("/staff/new")
    shown = visitor.post(
        "/staff/new",
        staff_no="3001",
        name="李护士",
        roles=["nurse"],
        wards="一病区、二病区\n一病区",
        departments="",
    )
    assert shown.status_code == 200
    found = re.search(r'class="secret">([^<]+)<', shown.text)
    assert found is not None
    person = managing.one(both.db, "3001")
    assert person is not None
    assert (person.name, person.roles, person.wards) == ("李护士", (Role.NURSE,), ("一病区", "二病区"))
    fresh = both.visitor()
    fresh.sign_in("3001", found[1])
    assert fresh.get("/").headers["Location"] == "/console/password"
    assert ("staff:8001", "staff.added", "staff:3001") in audited(both)


def test_a_number_is_given_once(both: Stand, clock: FixedClock) -> None:
    assert isinstance(managing.add(both.db, "3001", NURSE, by(clock)), StaffChanged)
    assert managing.add(both.db, "3001", NURSE, by(clock)) == StaffRefused("taken")
    assert managing.add(both.db, "1", NURSE, by(clock)) == StaffRefused("staff_no")
    assert managing.add(both.db, "3001<script>", NURSE, by(clock)) == StaffRefused("staff_no")


def test_a_refused_form_keeps_what_was_typed(stand: Stand) -> None:
    visitor = stand.signed_in(Role.ADMIN)
    visitor.get("/staff/new")
    answer = visitor.post(
        "/staff/new", staff_no="8001", name="王<b>小明", roles=["desk"], wards="", departments=""
    )
    assert answer.status_code == 422
    assert "已经有人用了" in answer.text
    assert "王&lt;b&gt;小明" in answer.text
    assert re.search(r'value="desk" checked', answer.text)


def test_two_administrators_at_once_notice_each_other(both: Stand, clock: FixedClock) -> None:
    managing.add(both.db, "3001", NURSE, by(clock))
    visitor = both.signed_in(Role.ADMIN)
    visitor.get("/staff/3001")
    form = {"name": "李护士", "roles": ["head_nurse"], "wards": "一病区", "departments": "", "version": 1}
    without = visitor.post("/staff/3001/change", **form | {"roles": []})
    assert without.status_code == 422
    assert "至少选一个角色" in without.text
    assert 'value="李护士"' in without.text, "what was typed stays"
    assert visitor.post("/staff/3001/change", **form).status_code == 303
    second = visitor.post("/staff/3001/change", **form | {"roles": ["director"]})
    assert second.status_code == 409
    assert "已被他人修改" in second.text
    person = managing.one(both.db, "3001")
    assert person is not None
    assert person.roles == (Role.HEAD_NURSE,)
    assert managing.disable(both.db, "3001", 1, by(clock)) == StaffConflict()


def test_changed_roles_hold_at_once(both: Stand, clock: FixedClock) -> None:
    visitor = both.signed_in(Role.ADMIN, staff_no="8001")
    both.person("8002", Role.ADMIN)
    managing.change(both.db, "8001", 1, Profile("某某", (Role.NURSE,)), by(clock))
    assert visitor.get("/staff").status_code == 303, "signed out: the roles are others"
    visitor.sign_in("8001")
    assert visitor.get("/staff").status_code == 403


def test_the_last_administrator_stays(both: Stand, clock: FixedClock) -> None:
    both.person("8001", Role.ADMIN)
    assert managing.disable(both.db, "8001", 1, by(clock)) == StaffRefused("last_admin")
    assert managing.change(both.db, "8001", 1, NURSE, by(clock)) == StaffRefused("last_admin")
    both.person("8002", Role.ADMIN)
    assert managing.disable(both.db, "8001", 1, by(clock, "8001")) == StaffRefused("oneself")
    assert managing.disable(both.db, "8001", 1, by(clock, "8002")) == StaffChanged("8001")


def test_what_is_refused_is_not_called_a_colleagues_change(stand: Stand) -> None:
    visitor = stand.signed_in(Role.ADMIN, staff_no="8001")
    stand.person("8002", Role.ADMIN)
    answer = visitor.post("/staff/8001/disable", version=1)
    assert answer.status_code == 409
    assert "没有办成" in answer.text and "不能停用自己" in answer.text
    assert "他人" not in answer.text


def test_back_with_a_one_time_password(both: Stand, clock: FixedClock) -> None:
    both.person("8002", Role.NURSE)
    managing.disable(both.db, "8002", 1, by(clock))
    back = managing.enable(both.db, "8002", 2, by(clock))
    assert isinstance(back, StaffChanged)
    assert back.password
    assert both.visitor().sign_in("8002", PASSWORD).status_code == 401
    assert both.visitor().sign_in("8002", back.password).status_code == 303
    assert [action for _, action, subject in audited(both) if subject == "staff:8002"] == [
        "staff.added", "staff.agreement_signed", "staff.disabled", "staff.enabled",
    ]  # fmt: skip


def test_the_list(stand: Stand, clock: FixedClock) -> None:
    visitor = stand.signed_in(Role.ADMIN)
    stand.person("8002", Role.NURSE, wards=["一病区"])
    managing.add(stand.db, "3001", NURSE, by(clock))
    clock.advance(timedelta(minutes=2))
    text = visitor.get("/staff").text
    assert "回访护士" in text
    assert "一病区" in text
    assert "一次性密码" in text


def test_a_ward_that_is_written_wrong_is_pointed_out(stand: Stand) -> None:
    """A slip of the pen would hide every patient."""
    Cases.of(stand)
    stand.person("8002", Role.NURSE, wards=[WARD, "一病房"])
    stand.person("8003", Role.NURSE)
    visitor = stand.signed_in(Role.ADMIN)
    assert "没有叫「一病房」的病区或科室" in visitor.get("/staff/8002").text
    assert "什么患者也看不到" in visitor.get("/staff/8003").text
    assert "message warn" not in visitor.get("/staff/8001").text


def test_scope_of_a_role() -> None:
    from bot.domain.roles import scope

    nurse = scope((Role.NURSE,), Permission.FLAGS_SEE, ("一病区",), ("内科",))
    assert nurse.covers(ward="一病区")
    assert nurse.covers(department="内科")
    assert not nurse.covers(ward="二病区")
    assert not nurse.covers(ward="", department="")
    both_roles = scope((Role.NURSE, Role.DESK), Permission.FLAGS_SEE, ("一病区",), ())
    assert both_roles.everything, "the desk sees every ward's red flags"
    assert not scope((Role.NURSE, Role.DESK), Permission.FOLLOWUP_SEE, ("一病区",), ()).everything, (
        "and lends the nurse nothing beyond what the desk itself may"
    )
    assert not scope((Role.ANALYST,), Permission.FLAGS_SEE, (), ()).everything
