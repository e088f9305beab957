"""What the console asks of suspensions: before the start, on the way, by department; on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from bot.domain.commands import AcceptOffer
from bot.domain.roles import Scope as Rows
from bot.domain.states import ClinicState
from bot.domain.suspension import CaseState, PreviewStale, Scope, Started
from bot.domain.views import Period
from bot.services.desk import calls
from bot.services.suspension import affected, looking
from bot.services.suspension.looking import Show
from bot.services.suspension.new_clinics import close_new
from bot.services.suspension.scope import fingerprint
from bot.store.db import UnitOfWork
from tests.integration.suspension.ward import DAY, TOMORROW, Ward, at

T = TypeVar("T")
EVERYTHING = Rows(everything=True)
CHILDREN, INNER = (Rows(departments=frozenset({name})) for name in ("儿科", "内科"))


def ask(ward: Ward, question: Callable[..., T], *args: object, **more: object) -> T:
    context = ward.town.hospital.acting("staff:1")
    with ward.town.db.read() as uow:
        return question(uow, context, *args, **more)


def test_before_the_start(ward: Ward) -> None:
    ward.standard()
    people, more = ask(ward, affected.people, ward.scope())
    assert [(each.name, each.phone) for each in people] == [
        ("王*明", "138****0001"),
        ("王*明", "138****0002"),
    ]
    assert not more
    assert ask(ward, affected.people, ward.scope(), 2) == ([], False)
    roads = ask(ward, affected.roads, ward.scope(), open_roads={"custom", "sms"}, sms_text="短" * 80)
    assert roads.by_road == {"custom": 2}
    ward.town.hospital.account("wechat", "gh_1", "o-1", following=False)
    roads = ask(ward, affected.roads, ward.scope(), open_roads={"custom", "sms"}, sms_text="短" * 80)
    assert roads.by_road == {"custom": 1, "sms": 1}
    assert roads.cost_fen == 2 * ward.town.hospital.settings.sms_fen_per_part


def test_a_fingerprint_changes_with_whom_it_would_concern(ward: Ward) -> None:
    slots = ward.town.clinic()
    ward.booked(slots[0])
    seen = ask(ward, fingerprint, ward.scope())
    assert seen == ask(ward, fingerprint, ward.scope())
    ward.booked(slots[1])
    stale = ward.saga.start(ward.scope(), key="k", reason="医生外出", actor="staff:1", seen=seen)
    assert isinstance(stale, PreviewStale)
    assert ward.clinic_states() == [ClinicState.OPEN]
    seen = ask(ward, fingerprint, ward.scope())
    first = ward.saga.start(ward.scope(), key="k", reason="医生外出", actor="staff:1", seen=seen)
    again = ward.saga.start(ward.scope(), key="k", reason="医生外出", actor="staff:1", seen=seen)
    assert isinstance(first, Started) and isinstance(again, Started)
    assert (first.again, again.again) == (False, True)


def test_every_afternoon_and_what_comes_later(ward: Ward) -> None:
    for days in (0, 1):
        for half in (Period.AM, Period.PM):
            ward.town.clinic(day=TOMORROW + days * DAY, period=half)
    afternoons = Scope(
        at(0, day=TOMORROW), at(0, day=TOMORROW + 3 * DAY), doctor_id=ward.town.doctors["王建国"], period=Period.PM
    )  # fmt: skip
    assert ward.start(afternoons).clinics == 2
    for half in (Period.AM, Period.PM):
        ward.town.clinic(day=TOMORROW + 2 * DAY, period=half)
    assert ward.town.db.run(close_new) == 1
    assert sorted(ward.clinic_states()) == [ClinicState.OPEN] * 3 + [ClinicState.SUSPENDED] * 3
    line = ask(ward, looking.one, EVERYTHING, 1)
    assert line is not None
    assert (line.first, line.last, line.period) == (TOMORROW, TOMORROW + 2 * DAY, Period.PM)


def test_on_the_way(ward: Ward) -> None:
    ward.standard()
    started = ward.start()
    case = ward.cases()[0]
    ward.answer(AcceptOffer("a", case.id, case.offers), ward.accounts[0])
    ward.town.clock.advance(timedelta(hours=15))
    ward.saga.work()
    ward.town.clock.advance(timedelta(hours=3))
    ward.saga.work()
    line = ask(ward, looking.one, EVERYTHING, started.suspension_id)
    assert line is not None
    assert dict(line.cases) == {CaseState.REBOOKED: 1, CaseState.PHONE: 1}
    assert (line.affected, line.waiting, line.ended, line.whom) == (2, 1, 1, "心血管内科 王建国")
    assert ask(ward, looking.calls, EVERYTHING, started.suspension_id) == 1
    told = ask(ward, looking.told, EVERYTHING, started.suspension_id)
    assert (told.sent, told.staff, told.dead) == (0, 0, 0)
    people, _ = ask(ward, looking.people, EVERYTHING, started.suspension_id, Show.PHONE, 1)
    assert [each.state for each in people] == [CaseState.PHONE]

    def waiting(uow: UnitOfWork, _: object, suspension: int) -> int:
        return len(calls.page(uow, 1, suspension=suspension)[0])

    assert ask(ward, waiting, started.suspension_id) == 1
    assert ask(ward, waiting, 99) == 0


def test_by_department(ward: Ward) -> None:
    slots, other = ward.town.clinic(), ward.town.clinic("张敏")
    ward.booked(slots[0], slots[1], other[0])
    whole, heart = ward.start(ward.everywhere()), ward.start(ward.scope(), key="s-2")
    numbers = {
        each: [line.id for line in ask(ward, looking.listing, each, 1)[0]] for each in (CHILDREN, INNER)
    }
    assert numbers == {CHILDREN: [whole.suspension_id], INNER: [heart.suspension_id, whole.suspension_id]}
    assert ask(ward, looking.one, CHILDREN, heart.suspension_id) is None
    assert ask(ward, looking.one, Rows(), whole.suspension_id) is None
    shares = [ask(ward, looking.one, each, whole.suspension_id) for each in (EVERYTHING, CHILDREN, INNER)]
    assert [line.affected for line in shares if line is not None] == [3, 1, 2]
    assert [ask(ward, looking.clinics, each, whole.suspension_id) for each in (EVERYTHING, CHILDREN)] == [
        2,
        1,
    ]
    people, _ = ask(ward, looking.people, CHILDREN, whole.suspension_id, Show.ALL, 1)
    assert [each.visit.doctor.name for each in people] == ["张敏"]
    assert ask(ward, looking.case, INNER, people[0].id) is None
    found = ask(ward, looking.case, CHILDREN, people[0].id)
    assert found is not None
    assert found[0] == whole.suspension_id
