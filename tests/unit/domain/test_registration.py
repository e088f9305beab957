"""Who can be registered, checked behind every dialog (R14)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.commands import Guardian, RegisterPatient
from bot.domain.identity import Identity, check_digit
from bot.domain.outcomes import InvalidField
from bot.domain.registration import check
from bot.domain.views import Relation, Sex

TODAY = date(2026, 11, 23)


def id_number(birth: str) -> str:
    body = f"110101{birth}001"
    return body + check_digit(body)


GUARDIAN = Guardian("王建军", id_number("19800101"), "13900139000")
ADULT = RegisterPatient(
    "k",
    Relation.SELF,
    "王小明",
    "resident_id",
    id_number("19900307"),
    "13800138000",
    ("privacy", "health_data"),
)
CHILD = replace(ADULT, relation=Relation.CHILD, id_number=id_number("20160307"), guardian=GUARDIAN)


def test_a_resident_id_tells_sex_and_birth() -> None:
    assert check(ADULT, TODAY, 14) == Identity("resident_id", ADULT.id_number, Sex.MALE, date(1990, 3, 7))


def test_what_the_number_says_beats_what_the_dialog_says() -> None:
    found = check(replace(ADULT, sex=Sex.FEMALE, birth_date=date(2000, 1, 1)), TODAY, 14)
    assert isinstance(found, Identity)
    assert (found.sex, found.birth_date) == (Sex.MALE, date(1990, 3, 7))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("id_number", {"id_number": "110101199003070012"}),
        ("id_number", {"id_kind": "library_card"}),
        ("name", {"name": "13800138000"}),
        ("phone", {"phone": "110"}),
        ("birth_date", {"id_kind": "passport", "id_number": "E12345678", "sex": Sex.MALE}),
        ("birth_date", {"id_kind": "passport", "id_number": "E12345678", "birth_date": date(2027, 1, 1)}),
        ("sex", {"id_kind": "passport", "id_number": "E12345678", "birth_date": date(1990, 1, 1)}),
    ],
)
def test_the_first_wrong_field_is_named(field: str, change: dict[str, Any]) -> None:
    assert check(replace(ADULT, **change), TODAY, 14) == InvalidField(field)


def test_a_child_needs_a_guardian_until_the_birthday() -> None:
    assert isinstance(check(CHILD, TODAY, 14), Identity)
    assert check(replace(CHILD, guardian=None), TODAY, 14) == InvalidField("guardian")
    fourteen_today = replace(CHILD, id_number=id_number("20121123"), guardian=None)
    assert isinstance(check(fourteen_today, TODAY, 14), Identity)
    fourteen_tomorrow = replace(CHILD, id_number=id_number("20121124"), guardian=None)
    assert check(fourteen_tomorrow, TODAY, 14) == InvalidField("guardian")


@pytest.mark.parametrize(
    "guardian",
    [
        replace(GUARDIAN, id_number=id_number("20100101")),
        replace(GUARDIAN, id_number=GUARDIAN.id_number[:-1] + "9"),
        replace(GUARDIAN, phone="12345"),
        replace(GUARDIAN, name=""),
    ],
)
def test_a_guardian_is_a_reachable_adult(guardian: Guardian) -> None:
    assert check(replace(CHILD, guardian=guardian), TODAY, 14) == InvalidField("guardian")
