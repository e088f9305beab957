"""GB 11643 and other documents, names, phones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import (
    BadIdentity,
    Identity,
    age_on,
    check_digit,
    normalise_id_number,
    normalise_name,
    normalise_phone,
    read_identity,
    same_name,
    valid_name,
    valid_phone,
)
from bot.domain.views import Sex

TODAY = date(2026, 11, 23)


def test_the_standard_s_own_example() -> None:
    assert read_identity("resident_id", "11010519491231002X", TODAY) == Identity(
        "resident_id", "11010519491231002X", Sex.FEMALE, date(1949, 12, 31)
    )


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002×",
    ],
)
def test_numbers_as_patients_type_them(typed: str) -> None:
    assert normalise_id_number(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("110105194912310021", "checksum"),
        ("990105194912310025", "region"),
        ("1101051949123100", "shape"),
        ("11010519491231002XX", "shape"),
        ("X1010519491231002X", "shape"),
        ("", "shape"),
        ("110105491231002", "shape"),
    ],
)
def test_numbers_that_cannot_be(number: str, reason: str) -> None:
    assert read_identity("resident_id", number, TODAY) == BadIdentity(reason)


@pytest.mark.parametrize("birth", ["19490231", "20261124", "18991231", "20250229", "19490001"])
def test_births_that_cannot_be(birth: str) -> None:
    body = f"110105{birth}002"
    assert read_identity("resident_id", body + check_digit(body), TODAY) == BadIdentity("birth_date")


def test_born_today_is_possible() -> None:
    body = "11010520261123001"
    found = read_identity("resident_id", body + check_digit(body), TODAY)
    assert isinstance(found, Identity)
    assert (found.sex, found.birth_date) == (Sex.MALE, TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, shift: int) -> None:
    number = "11010519491231002X"
    wrong = str((int(number[place]) + shift) % 10)
    assert check_digit(number[:place] + wrong + number[place + 1 : 17]) != number[17]


@given(st.integers(0, 15))
def test_neighbours_swapped_are_always_found(place: int) -> None:
    body = "11010519491231002"
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert swapped == body or check_digit(swapped) != check_digit(body)


@given(st.text(max_size=40), st.sampled_from(["resident_id", "passport", "foreign_permanent_id", "x"]))
def test_nothing_typed_raises(text: str, kind: str) -> None:
    read_identity(kind, text, TODAY)


@pytest.mark.parametrize(
    ("kind", "number", "good"),
    [
        ("passport", "E12345678", True),
        ("passport", "G 1234 5678", True),
        ("passport", "ABCDEFG", False),
        ("hk_macao_permit", "H12345678", True),
        ("hk_macao_permit", "T12345678", False),
        ("taiwan_permit", "12345678", True),
        ("taiwan_permit", "1234567", False),
        ("foreign_permanent_id", "USA110123456789", True),
        ("birth_certificate", "T110123456", True),
        ("birth_certificate", "1110123456", False),
        ("library_card", "12345678", False),
    ],
)
def test_other_documents(kind: str, number: str, good: bool) -> None:
    assert isinstance(read_identity(kind, number, TODAY), Identity) is good


def test_the_new_foreign_permanent_id_tells_sex_and_birth() -> None:
    body = "91115619900307001"
    found = read_identity("foreign_permanent_id", body + check_digit(body), TODAY)
    assert found == Identity("foreign_permanent_id", body + check_digit(body), Sex.MALE, date(1990, 3, 7))


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2012, 11, 23), date(2026, 11, 23), 14),
        (date(2012, 11, 24), date(2026, 11, 23), 13),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
    ],
)
def test_age_is_whole_years(born: date, on: date, age: int) -> None:
    assert age_on(on, born) == age


@pytest.mark.parametrize(
    "typed",
    ["138 0013 8000", "+86 13800138000", "86-138-0013-8000", "008613800138000", "１３８００１３８０００"],
)
def test_phones_as_patients_type_them(typed: str) -> None:
    assert normalise_phone(typed) == "13800138000"
    assert valid_phone(normalise_phone(typed))


@pytest.mark.parametrize("typed", ["12800138000", "1380013800", "138001380001", "010-12345678", "一三八"])
def test_phones_that_cannot_be(typed: str) -> None:
    assert not valid_phone(normalise_phone(typed))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 王 建国 ", "王建国"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 . 买买提", "阿依古丽·买买提"),
        ("䶮𠮷", "䶮𠮷"),
        ("John  Smith", "John Smith"),
        ("O’Neil Anne-Marie", "O’Neil Anne-Marie"),
        ("Ｌｉ Ｍｉｎｇ", "Li Ming"),
    ],
)
def test_names_that_are_names(typed: str, name: str) -> None:
    assert normalise_name(typed) == name
    assert valid_name(name)


@pytest.mark.parametrize("typed", ["", "王", "王1", "13800138000", "王建国，男", "<b>", "😀😀", "A", "·王"])
def test_names_that_are_none(typed: str) -> None:
    assert not valid_name(normalise_name(typed))


def test_same_name_minds_neither_case_nor_dots() -> None:
    assert same_name("John SMITH", "john smith")
    assert same_name("阿依古丽•买买提", "阿依古丽·买买提")
    assert not same_name("王建国", "王健国")
