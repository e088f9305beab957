"""Whom to call first, whose it is, and that a page costs two queries however long the queue."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import event, insert, select, text, update

from bot.cli.followups.queue import _line
from bot.domain.commands import SetPreference
from bot.domain.contacts import Outcome
from bot.domain.flags import FlagLevel, FlagState
from bot.domain.outcomes import PreferenceSet
from bot.domain.views import Relation
from bot.services.followup import queue
from bot.services.followup.assigning import Assigned, NoWork, Theirs, assign, assign_by_grade, give_back
from bot.services.followup.calls import redial
from bot.services.followup.linking import go_on
from bot.services.followup.queue import Show, Which
from bot.services.readers import standard
from bot.services.tables import table
from bot.store.care_models import RedFlag
from bot.store.followup_models import Discharge, Followup
from bot.store.models import OutboxMessage
from scheduler.planner import Planner
from tests.integration.followup.discharged import Ward
from tests.integration.followup.phoning import audited, call, calls_of, step_of, taken
from tests.integration.services.town import id_number

NUMBERS = ("Z1", "Z2", "Z3", "Z4", "Z5", "Z6")


def someone(number: int, **row: str) -> dict[str, str]:
    return {"住院号": f"Z{number}", "身份证号": id_number(number), "出院日期": "2026-11-16", **row}


def page(ward: Ward, number: int = 1, size: int = queue.PAGE, **which: Any) -> list[queue.Row]:
    with ward.town.db.read() as uow:
        return list(queue.page_of(uow, ward.hospital.acting("cli"), Which(**which), number, size).rows)


def shown(ward: Ward, **which: Any) -> list[tuple[str, str]]:
    return [(row.admission_no, str(row.because)) for row in page(ward, **which)]


def flag(
    ward: Ward, number: str, level: FlagLevel = FlagLevel.SOON, state: FlagState = FlagState.OPEN
) -> None:
    step, now = step_of(ward, number), ward.town.clock.now()
    with ward.town.db.write() as uow:
        uow.session.add(
            RedFlag(
                key=f"flag-{number}-{level}", rule="fever", title="发热", level=level, state=state, source="chat",
                followup_id=step.id, discharge_id=step.discharge_id, detail=b"", raised_at=now, deadline_at=now,
            )
        )  # fmt: skip


def change(ward: Ward, number: str, **values: Any) -> None:
    with ward.town.db.write() as uow:
        uow.session.execute(update(Followup).where(Followup.id == step_of(ward, number).id).values(**values))


def morning(ward: Ward) -> None:
    """Six who went home on the 16th: due on the 21st, on time until the 23rd; by now each has a tale of their own."""
    ward.run(*(someone(n) for n in range(1, 7)))
    now = ward.town.clock.now()
    change(ward, "Z1", overdue_on=date(2026, 11, 22))
    ward.town.db.run(lambda uow: go_on(uow, ward.hospital.acting("system:scheduler")))
    change(ward, "Z2", next_call_at=now - timedelta(minutes=5), calls=1)
    change(ward, "Z3", next_call_at=now + timedelta(hours=1), calls=1, due_on=date(2026, 11, 20))
    change(ward, "Z4", attempted_at=now - timedelta(hours=1))
    flag(ward, "Z6")


def test_the_most_urgent_comes_first(ward: Ward) -> None:
    morning(ward)
    assert shown(ward) == [
        ("Z6", "flagged"), ("Z1", "overdue"), ("Z2", "redial"), ("Z5", "due"), ("Z3", "waiting"), ("Z4", "waiting"),
    ]  # fmt: skip
    flag(ward, "Z5", FlagLevel.URGENT)
    assert [(row.admission_no, row.urgent) for row in page(ward)[:2]] == [("Z5", True), ("Z6", False)]
    flag(ward, "Z3", state=FlagState.CLOSED)
    assert dict(shown(ward))["Z3"] == "waiting"


def test_each_part_alone(ward: Ward) -> None:
    morning(ward)
    for show, numbers in {
        Show.FLAGGED: ["Z6"], Show.OVERDUE: ["Z1"], Show.REDIAL: ["Z2"], Show.DUE: ["Z5"], Show.WAITING: ["Z3", "Z4"],
        Show.LOST: [],
    }.items():  # fmt: skip
        assert [number for number, _ in shown(ward, show=show)] == numbers


def test_names_are_masked_and_the_plan_is_told(ward: Ward) -> None:
    morning(ward)
    row = next(row for row in page(ward) if row.admission_no == "Z5")
    assert (row.masked_name, row.owner) == ("王*明", "senior")
    assert (row.plan, row.step) == ("出院后一周", "出院 3–7 天")
    assert (row.registered, row.reached, row.assigned_to) == (False, False, None)


def test_who_wants_no_messages_is_called_all_the_same(ward: Ward) -> None:
    """R35: each road by the patient's own wish."""
    ward.register(relation=Relation.CHILD, openid="o-daughter")
    ward.register()
    ward.run(someone(1), someone(2))
    _wish(ward, "o-daughter", on=False)
    assert {row.admission_no: row.muted for row in page(ward)} == {"Z1": False, "Z2": False}
    _wish(ward, "o-1", on=False)
    assert {row.admission_no: row.muted for row in page(ward)} == {"Z1": True, "Z2": False}
    Planner(ward.hospital, standard()).tick()
    assert ward.town.count(OutboxMessage) == 0
    (row,) = [row for row in page(ward) if row.admission_no == "Z1"]
    assert row.because is Show.DUE, "no message is waited for"
    assert "已退订消息" in _line(row)
    _wish(ward, "o-1", on=True)
    assert not any(row.muted for row in page(ward))


def _wish(ward: Ward, openid: str, on: bool) -> None:
    account = ward.hospital.account("wechat", "wx1", openid)
    done = ward.hospital.execute(SetPreference(f"{openid}-{on}", "followup", on=on), account)
    assert isinstance(done, PreferenceSet)


def test_whose_queue(ward: Ward) -> None:
    ward.run(
        someone(1, 病区="心内一病区", 经管医生="王建国"), someone(2, 病区="心内二病区"),
        someone(3, 病区="心内二病区", 出院诊断="高血压病", 入院日期="2026-10-10", 出院日期="2026-10-22"),
    )  # fmt: skip
    taken(ward, step_of(ward, "Z2").id, "0012")
    assert {n for n, _ in shown(ward, wards=("心内二病区",))} == {"Z2", "Z3"}
    assert {n for n, _ in shown(ward, doctor="王建国")} == {"Z1"}
    assert {n for n, _ in shown(ward, staff_no="0012")} == {"Z2"}
    assert {n for n, _ in shown(ward, free=True)} == {"Z1", "Z3"}
    assert {row.owner for row in page(ward, owner="senior")} == {"senior"}
    with ward.town.db.read() as uow:
        context = ward.hospital.acting("cli")
        assert queue.counts(uow, context, Which()) == {
            "心内一病区": {Show.DUE: 1}, "心内二病区": {Show.DUE: 2, Show.OVERDUE: 1},
        }  # fmt: skip
        assert queue.counts(uow, context, Which(), "staff") == {
            "": {Show.DUE: 2, Show.OVERDUE: 1}, "0012": {Show.DUE: 1},
        }  # fmt: skip


def test_pages_hold_everybody_once(ward: Ward) -> None:
    morning(ward)
    whole = [row.id for row in page(ward)]
    assert [row.id for n in (1, 2, 3) for row in page(ward, n, 2)] == whole
    with ward.town.db.read() as uow:
        context = ward.hospital.acting("cli")
        assert [queue.page_of(uow, context, Which(), n, 3).more for n in (1, 2, 3)] == [True, False, False]


def test_a_danger_is_in_the_queue_after_the_answer_too(ward: Ward) -> None:
    ward.run(someone(1))
    change(ward, "Z1", state="answered")
    assert shown(ward) == []
    flag(ward, "Z1", FlagLevel.URGENT)
    assert shown(ward) == [("Z1", "flagged")]
    change(ward, "Z1", state="deceased")
    assert shown(ward) == []  # R30


def test_the_lost_are_listed_and_come_back_when_asked_for(ward: Ward) -> None:
    ward.run(someone(1))
    call(ward, Outcome.WRONG_NUMBER, step=step_of(ward, "Z1"))
    assert (shown(ward), shown(ward, show=Show.LOST)) == ([], [("Z1", "lost")])
    context = ward.hospital.acting("staff:0034")
    assert ward.town.db.run(lambda uow: redial(uow, context, step_of(ward, "Z1").id))
    assert shown(ward) == [("Z1", "redial")]
    assert page(ward)[0].assigned_to is None


# -- taking and giving ----------------------------------------------------------------------------


def test_the_second_to_take_it_is_told_who_was_faster(ward: Ward) -> None:
    ward.run(someone(1))
    step = step_of(ward, "Z1").id
    with ThreadPoolExecutor(8) as pool:
        everybody = [pool.submit(taken, ward, step, f"00{n}") for n in range(10, 18)]
    outcomes = [each.result() for each in everybody]
    (mine,) = [each for each in outcomes if isinstance(each, Assigned)]
    assert [each for each in outcomes if each != mine] == [Theirs(mine.staff_no or "")] * 7
    assert audited(ward, "followup.assigned") == 1
    assert taken(ward, step, mine.staff_no or "") == mine


def test_only_my_own_is_given_back(ward: Ward) -> None:
    ward.run(someone(1))
    step, db = step_of(ward, "Z1").id, ward.town.db
    taken(ward, step, "0012")
    other, me = ward.hospital.acting("staff:0034"), ward.hospital.acting("staff:0012")
    assert db.run(lambda uow: give_back(uow, other, step)) == Theirs("0012")
    assert db.run(lambda uow: give_back(uow, me, step)) == Assigned(None)
    assert taken(ward, step, "0034") == Assigned("0034")


def test_whoever_assigns_has_seen_who_has_it(ward: Ward) -> None:
    ward.run(someone(1))
    step, head = step_of(ward, "Z1").id, ward.hospital.acting("staff:0001")
    taken(ward, step, "0012")
    assert ward.town.db.run(lambda uow: assign(uow, head, step, "0034", seen=None)) == Theirs("0012")
    assert ward.town.db.run(lambda uow: assign(uow, head, step, "0034", seen="0012")) == Assigned("0034")
    assert ward.town.db.run(lambda uow: assign(uow, head, 999, "0034", seen=None)) == NoWork("unknown")
    call(ward, Outcome.REFUSED, staff="0034", step=step_of(ward, "Z1"))
    assert taken(ward, step, "0034") == NoWork("refused")
    assert len(calls_of(ward, step_of(ward, "Z1"))) == 1


def test_by_grade_the_first_belongs_to_a_senior_doctor_of_the_stay(ward: Ward) -> None:
    """王建国 is 主任医师, 张敏 主治医师 (R39)."""
    later = {
        "出院诊断": "高血压病",
        "入院日期": "2026-10-10",
        "出院日期": "2026-10-22",
    }  # its second step is due: the attending's
    ward.run(
        someone(1, 经管医生="王建国"), someone(2, 经管医生="张敏", 科室="儿科"), someone(3, 经管医生="没有这人"),
        someone(4), someone(5, 经管医生="王建国", 科室="儿科"), someone(6, 经管医生="张敏", 科室="儿科", **later),
    )  # fmt: skip
    context = ward.hospital.acting("staff:0001")
    assert ward.town.db.run(lambda uow: assign_by_grade(uow, context)) == 2
    held = {row.admission_no: row.assigned_to for row in page(ward) if row.assigned_to}
    assert held == {"Z1": "1001", "Z6": "1004"}
    assert ward.town.db.run(lambda uow: assign_by_grade(uow, context)) == 0


# -- what it costs --------------------------------------------------------------------------------


@contextmanager
def queries(ward: Ward) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if "revisions.value" not in statement:  # looked at once a second, oftener on a slow machine
            seen.append(statement)

    event.listen(ward.town.db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(ward.town.db.engine, "before_cursor_execute", note)


def many(ward: Ward, count: int) -> None:
    """Copies of one discharge with its step, most of them still to come."""
    ward.run(someone(1))
    ours, steps = table(Discharge), table(Followup)
    with ward.town.db.write() as uow:
        stay = uow.connection.execute(select(ours)).one()._asdict()
        step = uow.connection.execute(select(steps)).one()._asdict()
        name = uow.keys.decrypt(stay["name"], f"discharges.name:{stay['id']}")
        keys = [f"{n:032d}" for n in range(count)]
        sealed = {key: uow.keys.encrypt(name, f"discharges.name:{key}") for key in keys}
        uow.connection.execute(
            insert(ours),
            [stay | {"id": key, "admission_no": f"Y{key[-6:]}", "name": sealed[key]} for key in keys],
        )
        del step["id"]
        uow.connection.execute(
            insert(steps),
            [
                step | {"discharge_id": key, "state": "due" if n % 20 == 0 else "planned"}
                for n, key in enumerate(keys)
            ],
        )


def test_a_page_costs_two_queries_and_the_counts_one(ward: Ward) -> None:
    many(ward, 3000)
    with ward.town.db.read() as uow:
        context = ward.hospital.acting("cli")
        with queries(ward) as seen:
            assert len(queue.page_of(uow, context, Which(wards=("心内一病区",)), 2).rows) == 50
        assert len(seen) == 2
        with queries(ward) as seen:
            assert queue.counts(uow, context, Which()) == {"心内一病区": {Show.DUE: 151}}
        assert len(seen) == 1


def test_the_steps_still_to_come_are_not_read(ward: Ward) -> None:
    """The plan goes by the index of states: 50,000 follow-ups of which few are due cost what those few cost."""
    many(ward, 3000)
    db = ward.town.db
    with db.write() as uow:
        uow.connection.execute(text("ANALYZE"))
    explain = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
    compiled = queue._rows(Which(), ward.town.clock.now(), table(Followup).c.id).compile(
        dialect=db.engine.dialect, compile_kwargs={"literal_binds": True}
    )
    with db.read() as uow:
        plan = "\n".join(str(row) for row in uow.connection.exec_driver_sql(explain + str(compiled)))
    assert "ix_followups_state_due_on" in plan, plan
    assert "SCAN followups" not in plan, plan
