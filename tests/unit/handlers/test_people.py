"""Which patient is meant."""

import pytest

from bot.dialog.frame import NEW, Known
from bot.domain.views import Relation, Sex
from handlers import people
from tests.unit.handlers.tiny import Tiny, person, said

ME = person("me", "王*国")
MUM = person("mum", "李*兰", Relation.PARENT, Sex.FEMALE)
DAD = person("dad", "王*山", Relation.PARENT, Sex.MALE)


@pytest.mark.parametrize(
    ("role", "patient"), [("母亲", "mum"), ("父亲", "dad"), ("本人", "me"), ("孩子", None), (None, None)]
)
def test_a_role_finds_its_patient(role: str | None, patient: str | None) -> None:
    assert people.only_one(Tiny(people=[ME, MUM, DAD]), {"role": role}) == patient


def test_the_only_patient_is_taken_unless_another_role_was_said() -> None:
    world = Tiny(people=[ME])
    assert people.only_one(world, {}) == "me"
    assert people.only_one(world, {"role": "母亲"}) is None
    assert people.only_one(world, {"choose_patient": True}) is None


def test_an_unknown_relative_can_be_added() -> None:
    reply = people.offer(Tiny(people=[ME]), {"role": "母亲"})
    assert "母亲" in reply.text
    assert reply.options[0].value == NEW


def test_nobody_yet_offers_nothing_so_that_registering_begins() -> None:
    assert people.offer(Tiny(), {}).options == ()


def test_registering_starts_with_what_was_heard() -> None:
    assert people.seed(Tiny(), {"role": "母亲", "name": "李秀兰", "phone": None}) == {
        "relation": "parent",
        "name": "李秀兰",
    }


def test_a_bare_name_is_compared_masked() -> None:
    assert people.answered(said("李秀兰"), Tiny(people=[ME, MUM]), {}) == Known("mum")


def test_another_name_or_a_number_is_somebody_to_be_added() -> None:
    world = Tiny(people=[ME, MUM])
    assert people.answered(said("张三"), world, {}) == Known(NEW, {"name": "张三"})
    assert people.answered(said("110101196001020025", id_number="110101196001020025"), world, {}) == Known(
        NEW
    )
    for words in ("马上", "不晓得", "给谁都行"):
        assert people.answered(said(words), world, {}) is None


def test_who_was_named_already_is_registered_without_a_list() -> None:
    reply = people.offer(Tiny(people=[ME]), {"role": "母亲", "name": "李秀英"})
    assert [option.value for option in reply.options] == [NEW]


def test_saying_somebody_else_makes_the_patient_void() -> None:
    world = Tiny(people=[ME, MUM])
    mum = said("给我妈", patient="母亲")
    assert people.still_fits(mum, world, {"patient": "me", "slot": 7}) == Known(None)
    assert people.still_fits(mum, world, {"patient": "me"}) == Known(None, adds=True)  # nothing read back yet
    assert people.still_fits(said("给我妈", patient="母亲"), world, {"patient": "mum"}) is None
