"""The code at the bed: made for a stay, claimed by whoever knows the number's end, dead after five wrong answers."""

from datetime import date, timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from bot.domain.commands import ClaimBed
from bot.domain.outcomes import (
    BedClaimed,
    BedRefused,
    IdentityConflict,
    InvalidField,
    LimitReached,
    Outcome,
    Refused,
)
from bot.domain.states import PushState
from bot.domain.views import BedView, Relation
from bot.services.bedside_codes import TRIES, Code, NoCode, make
from bot.store.models import Consent, Guardianship, Patient
from tests.integration.followup.conftest import ward
from tests.integration.followup.discharged import Ward
from tests.integration.services.town import id_number

__all__ = ["ward"]

TAIL = id_number(1)[-4:]
WRONG = "0000" if TAIL != "0000" else "1111"


def code(ward: Ward, number: str = "Z1001") -> Code:
    made = ward.town.db.run(lambda uow: make(uow, ward.hospital.acting("staff:0012"), number))
    assert isinstance(made, Code), made
    return made


def claim(
    ward: Ward, scene: str, tail: str = TAIL, *, key: str = "k1", openid: str = "o-1",
    relation: Relation = Relation.SELF,
) -> Outcome:  # fmt: skip
    account = ward.hospital.account("wechat", "wx1", openid, following=True)
    return ward.hospital.execute(ClaimBed(key, scene, tail, relation), account)


def looked(ward: Ward, scene: str, openid: str = "o-1") -> BedView | None:
    account = ward.hospital.account("wechat", "wx1", openid, following=True)
    with ward.hospital.world(account) as world:
        return world.bed(scene)


def test_a_code_shows_no_more_than_a_passer_by_may_see(ward: Ward) -> None:
    ward.run({})
    scene = code(ward).scene
    assert looked(ward, scene) == BedView(scene, "王*明", "心内一病区")
    assert looked(ward, "bed:guessed") is None
    assert scene.startswith("bed:")
    assert 20 <= len(scene) <= 64


def test_who_knows_the_numbers_end_is_registered_linked_and_invited(ward: Ward) -> None:
    ward.run({})
    outcome = claim(ward, code(ward).scene)
    assert isinstance(outcome, BedClaimed)
    assert outcome.patient.masked_name == "王*明"
    assert ward.discharge().patient_id == outcome.patient.id
    assert ward.town.count(Consent) == 2
    (push,) = ward.invited()
    assert push.state is PushState.PLANNED
    assert push.patient_id == outcome.patient.id


def test_the_same_key_again_changes_nothing(ward: Ward) -> None:
    ward.run({})
    scene = code(ward).scene
    first = claim(ward, scene)
    assert claim(ward, scene) == first
    assert (ward.town.count(Patient), ward.town.count(Guardianship), ward.town.count(Consent)) == (1, 1, 2)
    assert (
        claim(ward, scene, WRONG, key="k2")
        == claim(ward, scene, WRONG, key="k2")
        == BedRefused("wrong", TRIES - 1)
    )


def test_five_wrong_answers_lock_it_whoever_gives_them(ward: Ward) -> None:
    ward.run({})
    scene = code(ward).scene
    told = [claim(ward, scene, WRONG, key=f"k{n}", openid=f"o-{n % 2}") for n in range(TRIES)]
    assert told == [BedRefused("wrong", left) for left in (4, 3, 2, 1)] + [BedRefused("locked", 0)]
    assert claim(ward, scene, key="right") == BedRefused("locked")
    assert looked(ward, scene) is None
    assert ward.town.count(Guardianship) == 0
    assert isinstance(claim(ward, code(ward).scene, key="anew"), BedClaimed)


def test_two_guesses_at_once_are_two(ward: Ward) -> None:
    """The row is locked before it is counted."""
    ward.run({})
    scene, barrier, told = code(ward).scene, Barrier(4), []

    def guess(number: int) -> None:
        barrier.wait()
        told.append(claim(ward, scene, WRONG, key=f"k{number}", openid=f"o-{number}"))

    threads = [Thread(target=guess, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.left for each in told if isinstance(each, BedRefused)) == [1, 2, 3, 4]


@pytest.mark.parametrize("tail", ["", "1", id_number(1), "abcd", "０００", "\x00\x00\x00\x00"])
def test_only_the_end_itself_counts(ward: Ward, tail: str) -> None:
    ward.run({})
    assert isinstance(claim(ward, code(ward).scene, tail), BedRefused)


def test_the_family_may_scan_it_after_the_patient(ward: Ward) -> None:
    ward.run({})
    scene = code(ward).scene
    own = claim(ward, scene)
    family = claim(ward, scene, openid="o-2", key="k2", relation=Relation.PARENT)
    assert isinstance(own, BedClaimed)
    assert isinstance(family, BedClaimed)
    assert family.patient.id == own.patient.id
    assert family.patient.relation is Relation.PARENT
    seen = looked(ward, scene, "o-2")
    assert seen is not None
    assert seen.linked
    assert ward.town.count(Patient) == 1


def test_who_was_registered_already_keeps_their_own_phone(ward: Ward) -> None:
    ward.register()
    ward.run({"联系电话": "13999999999"})
    outcome = claim(ward, code(ward).scene, openid="o-2", relation=Relation.CHILD)
    assert isinstance(outcome, BedClaimed)
    assert outcome.patient.masked_phone.endswith("0001")


@pytest.mark.parametrize(
    ("changes", "left", "until"),
    [
        ({"离院方式": "在院", "出院日期": ""}, timedelta(days=30), None),
        ({"出院日期": "2026-11-22"}, None, date(2026, 11, 25)),
        ({"出院日期": "2026-10-22", "入院日期": "2026-10-02"}, timedelta(days=1), None),
    ],
)
def test_it_lasts_as_long_as_it_is_of_use(
    ward: Ward, changes: dict[str, str], left: timedelta | None, until: date | None
) -> None:
    ward.run(changes)
    made, now = code(ward), ward.town.clock.now()
    if left is not None:
        assert made.expires_at == now + left
    else:
        assert until is not None
        assert (made.expires_at + timedelta(hours=8)).date() == until + timedelta(days=1)
    ward.town.clock.set(made.expires_at)
    assert looked(ward, made.scene) is None
    assert claim(ward, made.scene) == BedRefused("expired")


def test_in_the_ward_it_links_before_there_is_anything_to_ask(ward: Ward) -> None:
    ward.run({"离院方式": "在院", "出院日期": ""})
    assert isinstance(claim(ward, code(ward).scene), BedClaimed)
    assert ward.invited() == []
    ward.run({})
    assert len(ward.invited()) == 1, "discharged later, they are invited"


def test_a_new_code_voids_the_paper_before(ward: Ward) -> None:
    ward.run({})
    old, new = code(ward).scene, code(ward).scene
    assert old != new
    assert claim(ward, old) == BedRefused("expired")
    assert isinstance(claim(ward, new), BedClaimed)


def test_no_code_for_the_dead_and_for_nobody(ward: Ward) -> None:
    ward.run({"离院方式": "死亡"})
    with ward.town.db.write() as uow:
        assert make(uow, ward.hospital.acting("cli"), "Z1001") is NoCode.DECEASED
        assert make(uow, ward.hospital.acting("cli"), "Z9999") is NoCode.UNKNOWN


def test_who_dies_afterwards_is_asked_for_by_nobody(ward: Ward) -> None:
    ward.run({})
    scene = code(ward).scene
    ward.run({"离院方式": "死亡"})
    assert looked(ward, scene) is None
    assert claim(ward, scene) == BedRefused("unknown")


def test_a_death_that_is_known_by_another_stay_counts(ward: Ward) -> None:
    ward.run({})
    scene = code(ward).scene
    ward.run({"住院号": "Z1002", "入院日期": "2026-11-21", "出院日期": "2026-11-22", "离院方式": "死亡"})
    assert looked(ward, scene) is None
    assert claim(ward, scene) == BedRefused("unknown")
    with ward.town.db.write() as uow:
        assert make(uow, ward.hospital.acting("cli"), "Z1001") is NoCode.DECEASED


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"联系电话": ""}, "phone"), ({"身份证号": id_number(1, "20200307")}, "guardian")],
)
def test_what_the_ward_does_not_know_is_asked_in_the_registration(
    ward: Ward, changes: dict[str, str], field: str
) -> None:
    """R14: a phone, and for a child an adult who answers for it."""
    ward.run(changes)
    tail = changes.get("身份证号", id_number(1))[-4:]
    assert claim(ward, code(ward).scene, tail) == Refused(InvalidField(field))
    assert ward.town.count(Patient) == 0


def test_another_name_under_the_number_is_for_staff_to_look_at(ward: Ward) -> None:
    ward.register(name="王小红")
    ward.run({})
    assert claim(ward, code(ward).scene, openid="o-2") == Refused(IdentityConflict())


def test_a_full_list_says_so(ward: Ward) -> None:
    for number in range(2, 7):
        ward.register(number)
    ward.run({})
    outcome = claim(ward, code(ward).scene)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, LimitReached)


def test_codes_differ_and_are_no_sequence(ward: Ward) -> None:
    ward.run({})
    ward.hospital.rng = Random(5)
    scenes = {code(ward).scene for _ in range(50)}
    assert len(scenes) == 50
    with ward.town.db.read() as uow:
        assert uow.session.scalars(select(Patient)).first() is None
