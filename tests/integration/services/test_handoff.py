"""The human desk's queue."""

from sqlalchemy import select

from bot.domain.commands import CallHuman, LeaveHuman
from bot.domain.outcomes import HumanLeft, HumanQueued
from bot.store.models import Handoff
from bot.store.words import reason_aad
from tests.integration.services.town import Town, at


def test_people_queue_in_order_and_asking_twice_keeps_the_place(town: Town) -> None:
    first, second = town.account("o-1"), town.account("o-2")
    assert town.hospital.execute(CallHuman("k1", "退费"), first) == HumanQueued(0, staffed=True)
    assert town.hospital.execute(CallHuman("k2", ""), second) == HumanQueued(1, staffed=True)
    assert town.hospital.execute(CallHuman("k3", "急"), first) == HumanQueued(0, staffed=True)
    assert town.hospital.execute(CallHuman("k2", ""), second) == HumanQueued(1, staffed=True)
    assert town.count(Handoff) == 2


def test_leaving_moves_the_others_up(town: Town) -> None:
    first, second = town.account("o-1"), town.account("o-2")
    town.hospital.execute(CallHuman("k1", ""), first)
    town.hospital.execute(CallHuman("k2", ""), second)
    assert town.hospital.execute(LeaveHuman("k3"), first) == HumanLeft()
    assert town.hospital.execute(LeaveHuman("k4"), first) == HumanLeft(), "leaving is never wrong"
    assert town.hospital.execute(CallHuman("k5", ""), second) == HumanQueued(0, staffed=True)
    assert town.hospital.execute(CallHuman("k6", ""), first) == HumanQueued(1, staffed=True)


def test_a_repeated_call_after_leaving_opens_nothing_new(town: Town) -> None:
    account = town.account()
    town.hospital.execute(CallHuman("k1", ""), account)
    town.hospital.execute(LeaveHuman("k2"), account)
    town.hospital.execute(CallHuman("k1", ""), account)
    assert town.count(Handoff, Handoff.state != "closed") == 0


def test_the_desk_has_hours(town: Town) -> None:
    account = town.account()
    for moment, staffed in ((at(7, 59), False), (at(8, 0), True), (at(17, 29), True), (at(17, 30), False)):
        town.clock.set(moment)
        assert town.hospital.execute(CallHuman("k", ""), account) == HumanQueued(0, staffed=staffed)


def reason(town: Town) -> tuple[bytes, str]:
    """As it is stored, and as the desk will read it."""
    with town.db.read() as uow:
        stored = uow.session.scalars(select(Handoff.reason)).one()
    return stored, town.db.keys.decrypt(stored, reason_aad("k")).decode()


def test_a_long_reason_is_cut_not_refused(town: Town) -> None:
    account = town.account()
    assert isinstance(town.hospital.execute(CallHuman("k", "怨" * 5000), account), HumanQueued)
    assert reason(town)[1] == "怨" * 200


def test_what_patients_tell_the_desk_is_not_readable_in_the_table(town: Town) -> None:
    """Somebody who complains tells names, phones and illnesses (R15)."""
    told = "意见：我叫王小兰，电话13800138000，李医生态度不好"
    town.hospital.execute(CallHuman("k", told), town.account())
    stored, read = reason(town)
    assert read == told
    assert "王小兰".encode() not in stored
