"""Each discharge has the steps of one plan; a death, another stay and a correction change them at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update

from bot.domain.followup import FollowupState
from bot.domain.states import PushState
from bot.domain.views import Relation
from bot.services import readers
from bot.services.followup.linking import go_on
from bot.store.followup_models import Discharge, Followup
from bot.store.push_models import Push
from scheduler.planner import Planner
from tests.integration.followup.discharged import Ward
from tests.integration.services.town import Town, id_number

S = FollowupState


def test_every_cohort_gets_its_plan(ward: Ward) -> None:
    ward.run(
        {},
        {"住院号": "Z2", "身份证号": id_number(2), "离院方式": "转院", "出院诊断": "发热待查"},
        {"住院号": "Z3", "身份证号": id_number(3), "手术": "胆囊切除术", "手术日期": "2026-11-12"},
        {"住院号": "Z4", "身份证号": id_number(4), "出院诊断": "高血压病3级"},
        {"住院号": "Z5", "身份证号": id_number(5), "出院诊断": "E11.900"},
        {"住院号": "Z6", "身份证号": id_number(6), "出院诊断": "冠心病"},
    )
    assert ward.steps() == [("after_discharge", "first", date(2026, 11, 25), S.PLANNED)]
    assert ward.steps("Z2") == [("transferred", "first", date(2026, 11, 24), S.PLANNED)]
    assert ward.steps("Z3") == [
        ("surgery", "week1", date(2026, 11, 21), S.DUE),  # not before the day after they went home
        ("surgery", "month1", date(2026, 12, 12), S.PLANNED),
        ("surgery", "month3", date(2027, 2, 12), S.PLANNED),
        ("surgery", "month6", date(2027, 5, 12), S.PLANNED),
        ("surgery", "month12", date(2027, 11, 12), S.PLANNED),
    ]
    assert [step[:2] for step in ward.steps("Z4")] == [
        ("hypertension", n) for n in ("week1", "month1", "month3")
    ]
    assert ward.steps("Z5")[0][0] == "diabetes"
    assert ward.steps("Z6")[0][0] == "chronic"


def test_an_old_discharge_is_overdue_at_once_and_nobody_is_invited(ward: Ward) -> None:
    ward.register()
    ward.run({"入院日期": "2026-09-01", "出院日期": "2026-10-01"})
    assert ward.states() == [S.OVERDUE]
    assert ward.invited() == []


def test_the_registered_patient_is_linked_and_invited_in_the_morning(ward: Ward) -> None:
    patient = ward.register()
    ward.run({})
    assert ward.discharge().patient_id == patient
    (push,) = ward.invited()
    assert (push.patient_id, push.due_at) == (patient, datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    assert push.account_id is not None
    assert push.expires_at == datetime(
        2026, 11, 27, 16, 0, tzinfo=UTC
    )  # the night after the last day on time
    ward.run({})
    assert len(ward.invited()) == 1


def test_who_registers_later_is_linked_then(ward: Ward) -> None:
    ward.run({})
    assert ward.invited() == []
    patient = ward.register()
    assert ward.discharge().patient_id == patient
    assert len(ward.invited()) == 1


def test_another_name_under_the_number_is_not_linked(ward: Ward) -> None:
    ward.register(name="王大明")
    done = ward.run({})
    assert (ward.discharge().patient_id, done.settled.strangers) == (None, 1)
    assert ward.invited() == []


def test_without_the_setting_nobody_is_invited_but_everything_is_planned(town: Town) -> None:
    silent = Ward(town, pushes=False)
    silent.register()
    silent.run({})
    assert silent.states() == [S.PLANNED]
    assert silent.invited() == []


def test_switched_off_later_nothing_goes_out(ward: Ward) -> None:
    ward.register()
    ward.run({})
    ward.town.clock.advance(timedelta(days=2))
    Planner(Ward(ward.town, pushes=False).hospital, readers.standard()).tick()
    (push,) = ward.invited(PushState.SKIPPED)
    assert push.reason == "switched_off"


def test_a_due_step_goes_out(ward: Ward) -> None:
    ward.register()
    ward.run({})
    ward.town.clock.advance(timedelta(days=2))
    Planner(ward.hospital, readers.standard()).tick()
    assert len(ward.invited(PushState.QUEUED)) == 1


# -- deaths (R30) -----------------------------------------------------------------------------------


def test_who_died_in_the_hospital_has_no_steps_and_is_never_messaged(ward: Ward) -> None:
    patient = ward.register()
    done = ward.run({"离院方式": "死亡"})
    assert (ward.steps(), done.settled.died) == ([], 1)
    assert ward.patient(patient).deceased_at == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)


def test_who_registers_for_somebody_dead_hears_nothing(ward: Ward) -> None:
    ward.run({"离院方式": "5"})
    assert ward.patient(ward.register()).deceased_at is not None


def test_a_later_death_stops_everything_at_once(ward: Ward) -> None:
    patient = ward.register()
    ward.run({"出院诊断": "高血压"})
    assert len(ward.invited()) == 3
    done = ward.run({"出院诊断": "高血压", "死亡日期": "2026-11-22"})
    assert ward.states() == [S.DECEASED] * 3
    assert (done.settled.stopped, done.settled.died) == (3, 1)
    assert ward.invited() == []
    assert {push.reason for push in ward.invited(PushState.VOID)} == {"deceased"}
    assert ward.patient(patient).deceased_at is not None
    ward.run({"出院诊断": "高血压"})  # the monthly file again, which knows of no death
    assert ward.states() == [S.DECEASED] * 3


def test_a_death_in_another_stay_stops_the_steps_of_the_first(ward: Ward) -> None:
    ward.register()
    ward.run({})
    ward.run({"住院号": "Z1002", "入院日期": "2026-11-21", "出院日期": "2026-11-23", "离院方式": "死亡"})
    assert ward.states() == [S.DECEASED]
    assert ward.invited() == []


def test_a_death_reported_by_mistake_is_taken_back(ward: Ward) -> None:
    patient = ward.register()
    ward.run({"离院方式": "死亡"})
    ward.run({"离院方式": "医嘱离院"})
    assert ward.patient(patient).deceased_at is None
    assert ward.states() == [S.PLANNED]
    assert len(ward.invited()) == 1


def test_the_reader_says_no_of_somebody_dead_even_where_the_push_was_left(ward: Ward) -> None:
    ward.register()
    ward.run({})
    with ward.town.db.write() as uow:
        uow.session.execute(update(Discharge).values(died_on=date(2026, 11, 22)))
    ward.town.clock.advance(timedelta(days=2))
    Planner(ward.hospital, readers.standard()).tick()
    assert [push.reason for push in ward.invited(PushState.SKIPPED)] == ["deceased"]


# -- other stays ------------------------------------------------------------------------------------


def test_a_readmission_pauses_and_the_next_discharge_begins_anew(ward: Ward) -> None:
    ward.register()
    ward.run({})
    again = {"住院号": "Z1002", "入院日期": "2026-11-22", "出院日期": "", "离院方式": "在院"}
    ward.run(again)
    assert ward.states() == [S.READMITTED]
    assert (ward.steps("Z1002"), ward.invited()) == ([], [])
    ward.town.clock.advance(timedelta(days=7))
    ward.run(again | {"出院日期": "2026-11-29", "离院方式": "1"})
    assert ward.states() == [S.READMITTED]
    assert ward.steps("Z1002") == [("after_discharge", "first", date(2026, 12, 4), S.PLANNED)]
    assert len(ward.invited()) == 1


def test_the_order_of_the_files_does_not_matter(ward: Ward) -> None:
    ward.run({"住院号": "Z1002", "入院日期": "2026-11-21", "出院日期": "2026-11-22"})
    ward.run({})
    assert ward.steps() == []
    assert ward.states("Z1002") == [S.PLANNED]


def test_a_corrected_discharge_moves_its_steps_and_voids_the_old_invitation(ward: Ward) -> None:
    ward.register()
    ward.run({})
    ward.run({"出院日期": "2026-11-22"})
    assert ward.steps() == [("after_discharge", "first", date(2026, 11, 27), S.PLANNED)]
    (push,) = ward.invited()
    assert (push.version, push.due_at.date()) == (2, date(2026, 11, 27))
    assert [push.reason for push in ward.invited(PushState.VOID)] == ["changed"]


def test_another_way_out_is_another_plan_and_back_again(ward: Ward) -> None:
    ward.register()
    ward.run({})
    ward.run({"离院方式": "转院"})
    assert [(plan, state) for plan, _, _, state in ward.steps()] == [
        ("after_discharge", S.CLOSED), ("transferred", S.PLANNED),
    ]  # fmt: skip
    ward.run({"离院方式": "医嘱离院"})
    assert [(plan, state) for plan, _, _, state in ward.steps()] == [
        ("after_discharge", S.PLANNED), ("transferred", S.CLOSED),
    ]  # fmt: skip
    assert [(push.scope.partition(":")[0], push.version) for push in ward.invited()] == [("followup", 2)]


def test_what_was_answered_stays_as_it_is(ward: Ward) -> None:
    ward.run({"出院诊断": "高血压"})
    with ward.town.db.write() as uow:
        first = uow.session.scalars(select(Followup).order_by(Followup.position)).first()
        assert first is not None
        first.state = S.ANSWERED
    ward.run({"出院诊断": "高血压", "死亡日期": "2026-11-23"})
    assert ward.states() == [S.ANSWERED, S.DECEASED, S.DECEASED]


# -- editions ---------------------------------------------------------------------------------------


def test_an_edited_plan_is_a_new_edition_and_the_old_steps_keep_theirs(ward: Ward) -> None:
    ward.run({})
    step = {**ward.plans["after_discharge"]["steps"][0], "due": "6d"}
    ward.plans = {**ward.plans, "after_discharge": {**ward.plans["after_discharge"], "steps": [step]}}
    ward.run({"联系电话": "13900000009"}, {"住院号": "Z2", "身份证号": id_number(2)})
    assert ward.steps()[0][2] == date(2026, 11, 25)
    assert ward.steps("Z2")[0][2] == date(2026, 11, 26)
    ward.run({"出院日期": "2026-11-21", "联系电话": "13900000009"})
    assert ward.steps()[0][2] == date(2026, 11, 26)  # moved, by the edition it began with


# -- time -------------------------------------------------------------------------------------------


def test_the_tick_makes_steps_due_and_overdue_and_invites_whoever_was_not(ward: Ward) -> None:
    silent = Ward(ward.town, pushes=False)
    silent.register()
    silent.run({})
    context = silent.hospital.acting("system:scheduler")
    assert silent.town.db.run(lambda uow: go_on(uow, context)) == 0
    silent.town.clock.advance(timedelta(days=2))
    context = ward.hospital.acting("system:scheduler")
    assert ward.town.db.run(lambda uow: go_on(uow, context)) == 2  # due, and invited
    assert (ward.states(), len(ward.invited())) == ([S.DUE], 1)
    ward.town.clock.advance(timedelta(days=3))
    context = ward.hospital.acting("system:scheduler")
    assert ward.town.db.run(lambda uow: go_on(uow, context)) == 1
    assert ward.states() == [S.OVERDUE]


def test_holidays_move_no_invitation_out_of_its_days(ward: Ward) -> None:
    ward.town.clock.set(datetime(2027, 2, 1, 2, 0, tzinfo=UTC))
    ward.register()
    # Due on 6 February 2027, the first day of the Spring Festival's week or the weekend before it.
    ward.run({"入院日期": "2027-01-20", "出院日期": "2027-02-01"})
    (push,) = ward.invited()
    with ward.town.db.read() as uow:
        step = uow.session.scalars(select(Followup)).one()
        assert uow.session.scalars(select(Push)).all()
    assert step.earliest_on is not None and step.overdue_on is not None
    assert step.earliest_on <= push.due_at.date() <= step.overdue_on


# -- people -----------------------------------------------------------------------------------------


def test_a_newborn_under_its_mothers_number_is_no_readmission(ward: Ward) -> None:
    mother = ward.register()
    ward.run(
        {}, {"住院号": "Z1002", "姓名": "王小明之子", "入院日期": "2026-11-20", "出院日期": "2026-11-22"}
    )
    assert ward.states() == ward.states("Z1002") == [S.PLANNED]
    assert (ward.discharge().patient_id, ward.discharge("Z1002").patient_id) == (mother, None)


def test_a_death_under_the_number_is_not_missed_over_a_misspelt_name(ward: Ward) -> None:
    patient = ward.register()
    ward.run({})
    ward.run(
        {
            "住院号": "Z1002",
            "姓名": "王晓明",
            "入院日期": "2026-11-21",
            "出院日期": "2026-11-22",
            "离院方式": "死亡",
        }
    )
    assert (ward.states(), ward.invited()) == ([S.DECEASED], [])
    assert ward.patient(patient).deceased_at is None


def test_a_corrected_number_invites_the_right_person(ward: Ward) -> None:
    wrong = ward.register(1, openid="o-1")
    right = ward.register(2, openid="o-2")
    ward.run({})
    assert [push.patient_id for push in ward.invited()] == [wrong]
    ward.run({"身份证号": id_number(2)})
    assert ward.discharge().patient_id == right
    ward.town.clock.advance(timedelta(days=2))
    Planner(ward.hospital, readers.standard()).tick()
    assert [push.patient_id for push in ward.invited(PushState.QUEUED)] == [right]
    assert [push.reason for push in ward.invited(PushState.SKIPPED)] == ["no_followup"]


def test_a_familys_step_goes_to_a_relative(ward: Ward) -> None:
    patient = ward.register(openid="o-self")
    relative = ward.register(openid="o-daughter", relation=Relation.PARENT)
    assert relative == patient
    step = {**ward.plans["after_discharge"]["steps"][0], "audience": "family"}
    ward.plans = {**ward.plans, "after_discharge": {**ward.plans["after_discharge"], "steps": [step]}}
    ward.run({})
    (push,) = ward.invited()
    assert push.account_id == ward.hospital.account("wechat", "wx1", "o-daughter").id


def test_two_imports_at_once_wait_for_each_other(ward: Ward) -> None:
    ward.register()
    with ThreadPoolExecutor(2) as pool:
        done = [each.result() for each in [pool.submit(ward.run, {}) for _ in range(2)]]
    assert sorted(each.report.added for each in done) == [0, 1]
    assert (ward.states(), len(ward.invited())) == ([S.PLANNED], 1)
