"""Each way a call may end: what becomes of the step, when it is dialled again, when somebody is lost (R38)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update

from bot.domain.clock import local
from bot.domain.commands import FillSurvey
from bot.domain.contacts import CHOSEN, Outcome
from bot.domain.followup import FollowupState
from bot.domain.states import PhoneTaskState, PushState
from bot.domain.survey import Author, Give, Start, SurveyClosed, SurveyState
from bot.domain.views import Relation
from bot.questionnaires.model import Coded
from bot.services import readers
from bot.services.followup import calls
from bot.services.followup.assigning import WORKED_ON
from bot.services.followup.calls import NotRecorded, Recorded
from bot.services.followup.linking import go_on
from bot.services.followup.numbers import Correction, correct_number
from bot.services.followup.reported import not_dead, resume
from bot.services.phone_tasks import open_task, open_tasks
from bot.store.followup_models import Followup
from bot.store.push_models import PhoneTask
from scheduler.planner import Planner
from tests.integration.followup.discharged import Ward
from tests.integration.followup.phoning import audited, call, calls_of, fill, step_of
from tests.integration.services.town import id_number

S, How = FollowupState, Outcome


def told(moment: datetime | None) -> str:
    return "" if moment is None else local(moment).strftime("%d %H:%M")


def ok(outcome: Recorded | NotRecorded) -> Recorded:
    assert isinstance(outcome, Recorded), outcome
    return outcome


def tick(ward: Ward) -> None:
    context = ward.hospital.acting("system:scheduler")
    ward.town.db.run(lambda uow: go_on(uow, context))


# -- every outcome --------------------------------------------------------------------------------

PATHS = {
    How.REACHED: (S.CONTACTING, "", 0, "", True),
    How.FAMILY: (S.CONTACTING, "", 0, "", True),
    How.NO_ANSWER: (S.DUE, "", 1, "23 15:00", False),
    How.BUSY: (S.DUE, "", 1, "23 10:30", False),
    How.POWERED_OFF: (S.DUE, "", 1, "23 15:00", False),
    How.HUNG_UP: (S.DUE, "", 1, "24 15:00", False),
    How.CALL_LATER: (S.DUE, "", 0, "23 15:00", False),
    How.LANGUAGE: (S.DUE, "", 1, "24 15:00", False),
    How.OTHER: (S.DUE, "", 1, "24 15:00", False),
    How.OUT_OF_SERVICE: (S.LOST, "out_of_service", 1, "", False),
    How.NO_SUCH_NUMBER: (S.LOST, "no_such_number", 1, "", False),
    How.WRONG_NUMBER: (S.LOST, "wrong_number", 1, "", False),
    How.REFUSED: (S.REFUSED, "", 0, "", True),
    How.DECEASED: (S.DECEASED, "", 0, "", True),
    How.READMITTED: (S.READMITTED, "reported", 0, "", True),
}


@pytest.mark.parametrize("outcome", [each for each in CHOSEN if each is not How.NO_NUMBER])
def test_what_a_first_call_leads_to(ward: Ward, outcome: Outcome) -> None:
    ward.run({})
    done = ok(call(ward, outcome, note="换了邻居接" if outcome is How.OTHER else ""))
    after = step_of(ward)
    state, reason, counted, again, reached = PATHS[outcome]
    assert (after.state, after.reason, after.calls, told(after.next_call_at)) == (
        state,
        reason,
        counted,
        again,
    )
    assert (done.state, done.reason, done.calls, done.next_call_at) == (
        state, reason, counted, after.next_call_at,
    )  # fmt: skip
    assert (after.reached_at is not None) is reached
    assert (after.attempted_at, after.assigned_to) == (ward.town.clock.now(), "0012")
    (row,) = calls_of(ward, after)
    assert (row.road, row.outcome, row.staff_no) == ("phone", str(outcome), "0012")
    assert audited(ward, "followup.called") == 1


@pytest.mark.parametrize("state", WORKED_ON)
def test_every_outcome_is_possible_in_every_state_that_is_worked_on(ward: Ward, state: FollowupState) -> None:
    """No call is refused by the table of states when it has been made already."""
    outcomes = [each for each in CHOSEN if each is not How.NO_NUMBER]
    ward.run(*({"住院号": f"Z{n}", "身份证号": id_number(n)} for n, _ in enumerate(outcomes)))
    with ward.town.db.write() as uow:
        uow.session.execute(update(Followup).values(state=state, calls=5))
    for n, outcome in enumerate(outcomes):
        done = ok(call(ward, outcome, step=step_of(ward, f"Z{n}"), note="写明"))
        expected = PATHS[outcome][0]
        if expected is S.DUE:  # the sixth call; what was asked for does not count
            waits = S.DUE if state is S.PLANNED else state
            expected = waits if outcome is How.CALL_LATER else S.LOST
        assert done.state is expected, outcome


def test_no_number_at_all_is_lost_and_no_attempt(ward: Ward) -> None:
    ward.run({"联系电话": ""})
    done = ok(call(ward, How.NO_NUMBER))
    assert (done.state, done.reason, done.correct) == (S.LOST, "no_number", True)
    assert (step_of(ward).attempted_at, step_of(ward).calls) == (None, 0)


def test_who_has_a_number_is_dialled_before_it_is_unknown(ward: Ward) -> None:
    ward.run({})
    assert call(ward, How.NO_NUMBER) == NotRecorded("number")
    assert step_of(ward).state is S.PLANNED


def test_the_note_is_sealed_and_other_needs_one(ward: Ward) -> None:
    ward.run({})
    assert call(ward, How.OTHER, note="  ") == NotRecorded("note")
    ok(call(ward, How.OTHER, note="邻居说搬家了", key="k-1"))
    (row,) = calls_of(ward, step_of(ward))
    assert row.note is not None
    assert "邻居".encode() not in row.note
    assert ward.town.db.keys.decrypt(row.note, "contacts.note:k-1").decode() == "邻居说搬家了"


# -- dialling again -------------------------------------------------------------------------------


def test_the_redial_plan_changes_the_time_of_day_and_ends_in_lost(ward: Ward) -> None:
    ward.run({})
    clock = ward.town.clock
    seen = []
    for _ in range(3):
        done = ok(call(ward, How.NO_ANSWER))
        seen.append((done.state, told(done.next_call_at)))
        clock.set(done.next_call_at or clock.now())
    assert seen == [(S.DUE, "23 15:00"), (S.DUE, "24 09:30"), (S.LOST, "")]
    assert (step_of(ward).reason, step_of(ward).calls) == ("no_answer", 3)


def test_what_was_agreed_is_kept_and_never_loses_anybody(ward: Ward) -> None:
    ward.run({})
    moment = ward.town.clock.now() + timedelta(hours=9)
    for n in range(5):
        done = ok(call(ward, How.CALL_LATER, again_at=moment, key=f"later-{n}"))
    assert (done.state, done.calls, done.next_call_at) == (S.DUE, 0, moment)
    for never in (ward.town.clock.now(), datetime.max.replace(tzinfo=timezone(timedelta(hours=-8)))):
        assert call(ward, How.CALL_LATER, again_at=never) == NotRecorded("moment")


def test_another_number_is_dialled_before_somebody_is_lost(ward: Ward) -> None:
    ward.register()
    ward.register(2, "王父", "o-2")
    ward.register(1, "王小明", "o-2", Relation.CHILD)
    ward.run({"联系电话": "13800000009、010-65550101"})
    seen = []
    for outcome in (How.WRONG_NUMBER, How.NO_SUCH_NUMBER, How.OUT_OF_SERVICE, How.WRONG_NUMBER):
        done = ok(call(ward, outcome))
        seen.append((done.state, done.next_number, done.correct))
    assert seen == [
        (S.DUE, "010****0101", False), (S.DUE, "138****0001", False),
        (S.DUE, "138****0002", False), (S.LOST, "", True),
    ]  # fmt: skip
    assert len({row.dialled for row in calls_of(ward, step_of(ward))}) == 4


def test_somebody_lost_is_called_again_under_a_corrected_number(ward: Ward) -> None:
    ward.run({})
    ok(call(ward, How.WRONG_NUMBER))
    stay, staff = ward.discharge().id, ward.hospital.acting("staff:0012")
    run = ward.town.db.run
    assert run(lambda uow: correct_number(uow, staff, stay, "12")) is Correction.NO_NUMBER
    assert run(lambda uow: correct_number(uow, staff, stay, "139 0000 0009")) is Correction.DONE
    assert run(lambda uow: correct_number(uow, staff, stay, "13900000008", seen=-1)) is Correction.STALE
    assert ward.town.db.run(lambda uow: calls.redial(uow, staff, step_of(ward).id))
    assert told(step_of(ward).next_call_at) == "23 10:00"
    again = ok(call(ward, How.NO_ANSWER))
    assert (again.state, again.reason, told(again.next_call_at)) == (S.LOST, "wrong_number", "23 15:00")
    done = ok(call(ward, How.FAMILY))
    assert (done.state, done.reason, done.next_call_at) == (S.CONTACTING, "", None)
    assert not ward.town.db.run(lambda uow: calls.redial(uow, staff, step_of(ward).id))


def test_the_same_key_again_is_one_call(ward: Ward) -> None:
    ward.run({})
    first = call(ward, How.NO_ANSWER, key="form-7")
    assert call(ward, How.NO_ANSWER, key="form-7") == first
    assert (step_of(ward).calls, len(calls_of(ward, step_of(ward)))) == (1, 1)


def test_who_has_it_calls_and_nobody_else(ward: Ward) -> None:
    ward.run({})
    ok(call(ward, How.NO_ANSWER))
    assert call(ward, How.REACHED, staff="0034") == NotRecorded("theirs", "0012")
    assert call(ward, How.REACHED, step=Followup(id=999)) == NotRecorded("unknown")


def test_two_who_call_at_once_are_one_after_the_other(ward: Ward) -> None:
    ward.run({})
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(call, ward, How.NO_ANSWER, staff=who, key=f"at-once-{who}")
            for who in ("0012", "0034")
        ]
    found = sorted(type(each.result()).__name__ for each in both)
    assert found == ["NotRecorded", "Recorded"]
    assert step_of(ward).calls == 1


def test_nobody_calls_before_the_days_or_after_the_end(ward: Ward) -> None:
    ward.run({"出院诊断": "高血压病"})
    assert call(ward, How.REACHED, step=step_of(ward, position=1)) == NotRecorded("early", "2026-12-15")
    ward.town.clock.set(ward.town.clock.now() + timedelta(days=3))
    ok(call(ward, How.REFUSED))
    assert call(ward, How.REACHED) == NotRecorded("ended", "refused")
    assert step_of(ward, position=1).state is S.PLANNED


def test_refused_for_good_ends_what_follows_too(ward: Ward) -> None:
    ward.register()
    ward.run({"出院诊断": "高血压病", "出院日期": "2026-11-17"})
    assert len(ward.invited()) == 3
    ok(call(ward, How.REFUSED, for_good=True))
    assert ward.states() == [S.REFUSED] * 3
    assert ward.invited() == []


def test_a_call_settles_the_desks_phone_task(ward: Ward) -> None:
    ward.run({})
    step = step_of(ward)
    mine = f"followup:{step.id}"
    with ward.town.db.write() as uow:
        for scope in (mine, "appointment:1"):
            asked = {"kind": "followup_due", "scope": scope, "patient_id": None, "account_id": None}
            open_task(uow, key=f"phone:{scope}", reason="no_road", due_at=uow.now, **asked)  # type: ignore[arg-type]
    ok(call(ward, How.NO_ANSWER))
    assert [task.scope for task in open_tasks(ward.town.db)] == ["appointment:1"]
    with ward.town.db.read() as uow:
        task = uow.session.scalars(select(PhoneTask).where(PhoneTask.scope == mine)).one()
    assert (task.state, task.outcome, task.staff_no) == (PhoneTaskState.DONE, "no_answer", "0012")


# -- the questionnaire, filled by the nurse -------------------------------------------------------


def test_the_nurse_fills_what_the_patient_says(ward: Ward) -> None:
    ward.run({})
    ok(call(ward, How.REACHED))
    assert fill(ward, "0012").survey.state is SurveyState.COMPLETED
    after = step_of(ward)
    assert (after.state, after.completed_at, after.next_call_at) == (S.ANSWERED, ward.town.clock.now(), None)
    assert call(ward, How.REACHED) == NotRecorded("ended", "answered")


@pytest.mark.parametrize("outcome", [How.REFUSED, How.READMITTED, How.DECEASED])
def test_what_was_being_answered_ends_with_the_call(ward: Ward, outcome: Outcome) -> None:
    ward.register()
    ward.run({})
    account = ward.hospital.account("wechat", "wx1", "o-1", following=True)
    scope = f"followup:{step_of(ward).id}"
    ward.hospital.execute(FillSurvey("begin", scope, Start(Author.PATIENT)), account)
    ok(call(ward, outcome))
    done = ward.hospital.execute(FillSurvey("on", scope, Give("recovery", (Coded("good"),))), account)
    why = {How.REFUSED: "stopped", How.READMITTED: "readmitted", How.DECEASED: "deceased"}[outcome]
    assert done == SurveyClosed(why)


# -- a death, a readmission -----------------------------------------------------------------------


def test_a_death_heard_on_the_phone_stops_everything_and_nobody_is_messaged(ward: Ward) -> None:
    patient = ward.register()
    ward.run({"出院诊断": "高血压病", "出院日期": "2026-11-17"})
    assert len(ward.invited()) == 3
    ok(call(ward, How.DECEASED))
    assert ward.states() == [S.DECEASED] * 3
    assert ward.patient(patient).deceased_at is not None
    assert (ward.invited(), len(ward.invited(PushState.VOID))) == ([], 3)
    for days in (1, 20, 60):
        ward.town.clock.advance(timedelta(days=days))
        tick(ward)
        Planner(ward.hospital, readers.standard()).tick()
    assert (ward.invited(), ward.invited(PushState.QUEUED)) == ([], [])
    assert call(ward, How.NO_ANSWER) == NotRecorded("ended", "deceased")
    ward.run({"出院诊断": "高血压病", "出院日期": "2026-11-17", "联系电话": "13900000009"})  # an empty cell
    assert ward.states() == [S.DECEASED] * 3


def test_a_death_heard_by_mistake_is_taken_back(ward: Ward) -> None:
    patient = ward.register()
    ward.run({})
    ok(call(ward, How.DECEASED))
    context, stay = ward.hospital.acting("staff:0034"), ward.discharge().id
    assert ward.town.db.run(lambda uow: not_dead(uow, context, stay)) is not None
    assert ward.patient(patient).deceased_at is None
    assert (ward.states(), len(ward.invited())) == ([S.PLANNED], 1)
    assert ward.town.db.run(lambda uow: not_dead(uow, context, stay)) is None
    assert (audited(ward, "discharge.died"), audited(ward, "discharge.not_dead")) == (1, 1)


def test_what_the_file_says_of_a_death_is_not_taken_back_by_a_call(ward: Ward) -> None:
    ward.run({"离院方式": "死亡"})
    context, stay = ward.hospital.acting("staff:0034"), ward.discharge().id
    assert ward.town.db.run(lambda uow: not_dead(uow, context, stay)) is None


def test_a_readmission_heard_on_the_phone_pauses_until_somebody_resumes(ward: Ward) -> None:
    ward.register()
    ward.run({"出院诊断": "高血压病", "出院日期": "2026-11-17"})
    ok(call(ward, How.READMITTED))
    assert (ward.states(), ward.invited()) == ([S.READMITTED] * 3, [])
    ward.run({"出院诊断": "高血压病", "出院日期": "2026-11-17", "家庭地址": "幸福路2号"})
    assert ward.states() == [S.READMITTED] * 3  # an import knows nothing of it
    context, stay = ward.hospital.acting("staff:0034"), ward.discharge().id
    assert ward.town.db.run(lambda uow: resume(uow, context, stay)) is not None
    assert ward.states() == [S.PLANNED] * 3
    assert len(ward.invited()) == 3


def test_the_next_discharge_begins_anew_after_a_readmission_that_was_heard(ward: Ward) -> None:
    ward.run({})
    ok(call(ward, How.READMITTED))
    ward.run({}, {"住院号": "Z1002", "入院日期": "2026-11-21", "出院日期": "2026-11-22"})
    assert (ward.states(), ward.states("Z1002")) == ([S.READMITTED], [S.PLANNED])


def test_a_death_ends_the_other_stays_too(ward: Ward) -> None:
    ward.run({}, {"住院号": "Z9", "身份证号": id_number(9), "姓名": "李四光"})
    ok(call(ward, How.DECEASED))
    assert (ward.states(), ward.states("Z9")) == ([S.DECEASED], [S.PLANNED])


def test_staff_answer_for_what_they_do(ward: Ward) -> None:
    with ward.town.db.read() as uow, pytest.raises(ValueError, match="staff"):
        calls.redial(uow, ward.hospital.acting("cli"), 1)
