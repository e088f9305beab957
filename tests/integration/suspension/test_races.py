"""Many at once: no live visit in a closed clinic, no seat for two, every case told once — and a sum that holds."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from bot.domain.commands import AcceptOffer, Book, Cancel, ChooseOther, Command, GiveUp
from bot.domain.outcomes import Booked
from bot.domain.states import LIVE_APPOINTMENTS, AppointmentState, ClinicState, PushState
from bot.domain.suspension import ENDED, Started
from bot.services.suspension.saga import Suspensions
from bot.store.models import Appointment, AppointmentEvent, Clinic
from tests.integration.suspension.ward import DAY, TOMORROW, Ward

THREADS = 6


def live_in_closed_clinics(ward: Ward) -> int:
    closed = Appointment.clinic_id.in_(
        [c.id for c in _clinics(ward) if c.state is ClinicState.SUSPENDED]
    )  # fmt: skip
    return ward.town.count(Appointment, closed, Appointment.state.in_(LIVE_APPOINTMENTS))


def _clinics(ward: Ward) -> list[Clinic]:
    with ward.town.db.read() as uow:
        return uow.session.query(Clinic).all()


def test_bookings_racing_with_the_suspension(ward: Ward) -> None:
    """Whoever gets a seat is on the list; whoever comes later is refused."""
    slots = ward.town.clinic(seats=18)
    ward.town.clinic(day=TOMORROW + DAY, seats=18)
    buyers = [ward.patient() for _ in range(16)]

    def act(n: int) -> object:
        if n == 8:
            return ward.saga.start(ward.scope(), key="s", reason="医生外出", actor="cli")
        account, patient = buyers[n % 16]
        return ward.town.hospital.execute(Book(f"k-{n}", slots[n % len(slots)], patient.id), account)

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(act, range(17)))
    started = next(o for o in outcomes if isinstance(o, Started))
    assert started.affected == sum(isinstance(o, Booked) for o in outcomes)
    ward.saga.work()
    assert live_in_closed_clinics(ward) == 0
    assert ward.balanced(started.suspension_id)
    assert ward.sound()


def test_two_starts_of_one_key_are_one(ward: Ward) -> None:
    ward.standard()
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: ward.start(work=False), range(4)))
    assert len({started.suspension_id for started in done}) == 1
    assert sum(not started.again for started in done) == 1


def test_several_processes_tell_each_case_once(ward: Ward) -> None:
    slots = ward.town.clinic(seats=24, minutes=5)
    ward.town.clinic(day=TOMORROW + DAY, seats=24, minutes=5)
    ward.town.rule("per_account_open", 0)
    ward.booked(*(slots[n % len(slots)] for n in range(20)))
    ward.start(work=False)
    sagas = [Suspensions(ward.town.hospital) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda saga: saga.work(), sagas))
    ward.saga.work()
    assert ward.pushes() == ward.held() == 20
    assert ward.town.count(AppointmentEvent, AppointmentEvent.kind == "suspended") == 20
    assert ward.sound()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_people_do_the_sum_holds(ward: Ward, seed: int) -> None:
    """A random history: answers, cancellations, ticks, other suspensions, withdrawals, time."""
    rng = Random(seed)
    first, second = ward.town.clinic(seats=12), ward.town.clinic("王海燕", seats=12)
    for day in (1, 2, 3):
        ward.town.clinic(day=TOMORROW + day * DAY, seats=6)
        ward.town.clinic("王海燕", day=TOMORROW + day * DAY, seats=6)
    visits = ward.booked(*first, *second, *first)
    ids = [ward.start(work=rng.random() < 0.5).suspension_id]
    for n in range(40):
        who = rng.randrange(len(visits))
        case = ward.saga.progress(ids[0]) and ward.cases()
        match rng.randrange(9):
            case 0 | 1 if case:
                _answer(ward, AcceptOffer(f"a{n}", rng.choice(case).id, rng.randrange(1, 3)))
            case 2 if case:
                _answer(ward, GiveUp(f"g{n}", rng.choice(case).id))
            case 3 if case:
                _answer(ward, ChooseOther(f"c{n}", rng.choice(case).id, rng.choice(second)))
            case 4:
                ward.town.hospital.execute(Cancel(f"x{n}", visits[who].id), ward.accounts[who])
            case 5 if len(ids) < 4:
                scope = ward.scope(rng.choice(["王建国", "王海燕"]), TOMORROW + rng.randrange(3) * DAY)
                ids.append(ward.start(scope, f"s{n}", work=False).suspension_id)
            case 6 if rng.random() < 0.3:
                ward.saga.withdraw(rng.choice(ids), actor="cli")
            case 7:
                ward.town.clock.advance(rng.choice([1, 30, 200]) * DAY / 1440)
            case _:
                ward.saga.work()
        assert live_in_closed_clinics(ward) <= len(visits)
    ward.saga.work()
    assert live_in_closed_clinics(ward) == 0
    for suspension_id in dict.fromkeys(ids):
        assert ward.balanced(suspension_id)
    assert ward.sound()
    waiting = sum(state not in ENDED for state in ward.states())
    assert ward.town.count(Appointment, Appointment.state == AppointmentState.SUSPENDED) == waiting
    assert ward.pushes(state=PushState.PLANNED) <= waiting


def _answer(ward: Ward, command: Command) -> None:
    """By whoever the case is of."""
    found = next(c for c in ward.cases() if c.id == command.case_id)  # type: ignore[union-attr]
    account = next(a for a in ward.accounts if a.id == found.account_id)
    ward.town.hospital.execute(command, account)
