"""随访 as 回访护士 and 护士长 work with it: queues, a call from the script to its end, numbers, deaths."""

import re
from typing import Any
from uuid import uuid4

import pytest

from bot.domain.followup import FollowupState
from bot.domain.roles import Role
from tests.integration.console.cases import OTHER, WARD, Cases
from tests.integration.console.stand import Stand, Visitor
from tests.integration.followup.phoning import HEALTHY, audited, step_of


@pytest.fixture
def cases(both: Stand) -> Cases:
    return Cases.of(both)


@pytest.fixture
def nurse(cases: Cases) -> Visitor:
    return cases.stand.signed_in(Role.NURSE, wards=[WARD])


def outcome(visitor: Visitor, step: int, code: str, **more: str) -> Any:
    return visitor.post(f"/followups/{step}/outcome", outcome=code, key=uuid4().hex, **more)


def sheet(page: str, **answers: str) -> dict[str, Any]:
    """The form as the page has it, filled in."""
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    return {"revision": revision[1], "seen": seen} | {f"a-{name}": value for name, value in answers.items()}


WELL = {name: value.code for name, value in HEALTHY.items()}


def test_the_queue_is_ones_own_wards(cases: Cases, nurse: Visitor) -> None:
    queue = nurse.get("/followups").text
    assert "王*明" in queue
    assert "Z1001" in queue
    assert "Z1002" not in queue
    assert OTHER not in queue
    assert "王小明" not in queue
    assert nurse.get(f"/followups/{cases.elsewhere}").status_code == 404
    assert nurse.post(f"/followups/{cases.elsewhere}/take").status_code == 404
    nobody = cases.stand.signed_in(Role.NURSE, staff_no="8002")
    assert "现在没有要做的随访" in nobody.get("/followups").text


def test_tabs_and_filters(cases: Cases, nurse: Visitor) -> None:
    for path, shown in (
        ("?show=due", True), ("?show=overdue", False), ("?show=mine", False), ("?show=lost", False),
        ("?show=flagged", False), (f"?ward={WARD}", True), ("?ward=没有", False), ("?owner=nurse", False),
        ("?doctor=谁", False), ("?show=nonsense", True),
    ):  # fmt: skip
        assert ("Z1001" in nurse.get(f"/followups{path}").text) == shown, path


def test_taken_once_and_given_back(cases: Cases, nurse: Visitor) -> None:
    other = cases.stand.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    nurse.get("/followups")
    other.get("/followups")
    assert nurse.post(f"/followups/{cases.step}/take").status_code == 303
    told = other.post(f"/followups/{cases.step}/take")
    assert told.status_code == 409
    assert "工号 8001" in told.text
    assert "Z1001" in nurse.get("/followups?show=mine").text
    nurse.post(f"/followups/{cases.step}/give-back")
    assert step_of(cases.ward).assigned_to is None


def test_the_head_nurse_gives_it_to_somebody_who_works_here(cases: Cases, nurse: Visitor) -> None:
    head = cases.stand.signed_in(Role.HEAD_NURSE, staff_no="8002", wards=[WARD])
    head.get(f"/followups/{cases.step}")
    assert head.post(f"/followups/{cases.step}/assign", to="7777", seen="").status_code == 400
    assert head.post(f"/followups/{cases.step}/assign", to="8001", seen="").status_code == 303
    assert step_of(cases.ward).assigned_to == "8001"
    assert head.post(f"/followups/{cases.step}/assign", to="8002", seen="").status_code == 409
    assert nurse.post(f"/followups/{cases.step}/assign", to="8001").status_code == 403
    assert head.post("/followups/by-grade").status_code == 303


def test_a_call_from_the_script_to_its_end(cases: Cases, nurse: Visitor) -> None:
    """The main job of 回访护士."""
    step = cases.step
    nurse.get(f"/followups/{step}")
    revealed = nurse.post(f"/followups/{step}/reveal", reason="call").text
    assert "13800000001" in revealed
    assert "王小明" in revealed
    assert "<h1>姓名和号码</h1>" in revealed, "a whole page where there is no JavaScript"
    assert audited(cases.ward, "discharge.revealed") == 1
    reached = outcome(nurse, step, "reached")
    assert reached.headers["Location"].endswith(f"/followups/{step}/call")
    page = nurse.get(f"/followups/{step}/call").text
    assert "工号8001" in page.replace(" ", "")
    assert "13800000001" not in page
    saved = nurse.post(f"/followups/{step}/call", do="save", **sheet(page, recovery="good"))
    assert saved.status_code == 200
    assert "已存好" in saved.text
    done = nurse.post(f"/followups/{step}/call", do="submit", **sheet(saved.text, **WELL))
    assert done.status_code == 303, re.findall(r'class="problem"[^>]*>(.*?)</p>', done.text)
    assert step_of(cases.ward).state is FollowupState.ANSWERED
    shown = nurse.get(f"/followups/{step}").text
    assert "电话里由工作人员代填" in shown
    assert "完成问卷" in shown


def test_what_is_missing_is_told_and_nothing_is_lost(cases: Cases, nurse: Visitor) -> None:
    page = nurse.get(f"/followups/{cases.step}/call").text
    wrong = nurse.post(
        f"/followups/{cases.step}/call", do="submit", **sheet(page, recovery="good") | {"a-words": "病房吵"}
    )
    assert wrong.status_code == 422
    assert "处要改" in wrong.text
    assert "病房吵" in wrong.text


def test_somebody_was_faster_and_nothing_typed_is_lost(cases: Cases, nurse: Visitor) -> None:
    other = cases.stand.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    page = nurse.get(f"/followups/{cases.step}/call").text
    other.get(f"/followups/{cases.step}/call")
    other.post(f"/followups/{cases.step}/call", do="save", **sheet(page, recovery="good"))
    stale = nurse.post(
        f"/followups/{cases.step}/call", do="submit", **sheet(page, **WELL | {"words": "谢谢王护士"})
    )
    assert stale.status_code == 409
    assert "又答了几题" in stale.text
    assert "谢谢王护士" in stale.text
    assert step_of(cases.ward).state is not FollowupState.ANSWERED
    assert (
        nurse.post(f"/followups/{cases.step}/call", do="submit", **sheet(stale.text, **WELL)).status_code
        == 303
    )


def test_a_danger_is_read_out_and_flagged(cases: Cases, nurse: Visitor) -> None:
    page = nurse.get(f"/followups/{cases.step}/call").text
    told = nurse.post(f"/followups/{cases.step}/call", do="save", **sheet(page, **WELL | {"signs": "chest"}))
    assert "请马上念给患者听" in told.text
    again = nurse.get(f"/followups/{cases.step}/call").text
    assert "已经报的警报" in again, "also to who comes back to a sheet that was left half"
    assert 'aria-current="page">随访</a>' in told.text, (
        "an act's own answer keeps its place in the navigation"
    )
    flagged = nurse.get("/followups?show=flagged").text
    assert "紧急警报" in flagged
    assert "警报" in nurse.get(f"/followups/{cases.step}").text


def test_every_outcome_says_what_follows(cases: Cases, nurse: Visitor) -> None:
    step = cases.step
    nurse.get(f"/followups/{step}")
    outcome(nurse, step, "no_answer")
    assert "再打" in nurse.get(f"/followups/{step}").text
    other = outcome(nurse, step, "other")
    assert other.status_code == 409
    assert "写明情况" in other.text
    past = outcome(nurse, step, "call_later", again="2026-11-01T10:00", note="下午再打")
    assert past.status_code == 409
    assert "下午再打" in past.text
    assert outcome(nurse, step, "call_later", again="2026-11-25T15:30").status_code == 303
    assert outcome(nurse, step, "nonsense").status_code == 400
    outcome(nurse, step, "no_such_number")
    assert step_of(cases.ward).state is FollowupState.LOST
    corrected(nurse, step, "13900000009")
    assert nurse.post(f"/followups/{step}/redial").status_code == 303
    assert "<strong>1</strong>该打的随访电话" in nurse.get("/").text
    assert "13900000009" in nurse.post(f"/followups/{step}/reveal", reason="call").text


def corrected(nurse: Visitor, step: int, number: str) -> None:
    """A number that is none, the right one twice, and a colleague's who looked at the page before."""
    found = re.search(r'name="version" value="(\d+)"', nurse.get(f"/followups/{step}").text)
    assert found is not None
    wrong = nurse.post(f"/followups/{step}/number", number="12", version=found[1])
    assert wrong.status_code == 422
    assert 'name="number" value="12"' in wrong.text
    for _ in range(2):
        assert nurse.post(f"/followups/{step}/number", number=number, version=found[1]).status_code == 303
    late = nurse.post(f"/followups/{step}/number", number="13900000008", version=found[1])
    assert late.status_code == 409
    assert 'name="number" value="13900000008"' in late.text
    assert f'name="version" value="{found[1]}"' not in late.text, "seen now: who sends it again knows"


def test_pressed_twice_it_is_one_call(cases: Cases, nurse: Visitor) -> None:
    nurse.get("/followups")
    for _ in range(2):
        nurse.post(f"/followups/{cases.step}/outcome", outcome="no_answer", key="a" * 32)
    assert step_of(cases.ward).calls == 1


def test_a_death_is_asked_for_twice_and_can_be_taken_back(cases: Cases, nurse: Visitor) -> None:
    step = cases.step
    nurse.get(f"/followups/{step}")
    assert outcome(nurse, step, "deceased").status_code == 400
    assert outcome(nurse, step, "deceased", sure="yes").status_code == 303
    assert step_of(cases.ward).state is FollowupState.DECEASED
    assert nurse.get(f"/followups/{step}/call").status_code == 404
    assert nurse.post(f"/followups/{step}/reveal", reason="call").status_code == 409
    assert nurse.post(f"/followups/{step}/mistaken").status_code == 303
    assert step_of(cases.ward).state is not FollowupState.DECEASED


def test_somebody_elses_is_not_called_about(cases: Cases, nurse: Visitor) -> None:
    other = cases.stand.signed_in(Role.NURSE, staff_no="8002", wards=[WARD])
    nurse.get("/followups")
    nurse.post(f"/followups/{cases.step}/take")
    other.get("/followups")
    told = outcome(other, cases.step, "no_answer")
    assert told.status_code == 409
    assert "工号 8001" in told.text


def test_who_only_looks_has_no_buttons(cases: Cases) -> None:
    supervisor = cases.stand.signed_in(Role.SUPERVISOR)
    page = supervisor.get(f"/followups/{cases.step}").text
    assert "记下结果" not in page
    assert "看姓名和号码" not in page


def test_buttons_stand_only_on_steps_of_ones_own_ward(cases: Cases) -> None:
    """Who sees every ward, and acts in one: no button leads to 「没有找到」."""
    both = cases.stand.signed_in(Role.SUPERVISOR, Role.NURSE, staff_no="8015", wards=[WARD])
    listed = both.get("/followups").text
    assert f"/followups/{cases.step}/take" in listed
    assert f"/followups/{cases.elsewhere}/take" not in listed
    assert f"/followups/{cases.step}/outcome" in both.get(f"/followups/{cases.step}").text
    elsewhere = both.get(f"/followups/{cases.elsewhere}").text
    for act in ("take", "outcome", "number", "call", "reveal"):
        assert f"/followups/{cases.elsewhere}/{act}" not in elsewhere, act
    mine, theirs = cases.flag(), cases.flag("b", OTHER)
    board = both.get("/flags").text
    assert f"/flags/{mine}/take" in board
    assert f"/flags/{theirs}/take" not in board
    assert f"/flags/{theirs}/close" not in both.get(f"/flags/{theirs}").text
