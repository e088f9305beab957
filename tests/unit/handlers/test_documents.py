"""Numbers as patients type them, with the reason when they cannot be."""

from datetime import date

import pytest

from bot.dialog.frame import Known, Wrong
from handlers import documents
from tests.unit.handlers.tiny import MONDAY, Tiny, said


@pytest.mark.parametrize(
    "typed", ["11010519491231002X", "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_right_number_in_any_writing(typed: str) -> None:
    assert documents.check(typed, "resident_id", MONDAY) == Known("11010519491231002X")


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("110105194912310021", "有一位不对"),
        ("1101051949123100", "您发的是16位"),
        ("110105491231002", "15位"),
        ("身份证", "18位"),
    ],
)
def test_what_is_wrong_is_said(typed: str, part: str) -> None:
    result = documents.check(typed, "resident_id", MONDAY)
    assert isinstance(result, Wrong)
    assert part in result.text


def test_other_documents() -> None:
    assert documents.check("E12345678", "passport", MONDAY) == Known("E12345678")
    assert isinstance(documents.check("???", "passport", MONDAY), Wrong)


@pytest.mark.parametrize("typed", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "电话13800138000"])
def test_phones(typed: str) -> None:
    assert documents.phone_said(said(typed), Tiny(), {}) == Known("13800138000")


def test_a_short_phone_is_said() -> None:
    assert isinstance(documents.phone_said(said("1380013800"), Tiny(), {}), Wrong)


@pytest.mark.parametrize("typed", ["1956年3月8日", "1956-3-8", "1956.03.08", "19560308"])
def test_birth_dates(typed: str) -> None:
    assert documents.birth_date(typed) == date(1956, 3, 8)


def test_a_birth_date_that_cannot_be() -> None:
    assert documents.birth_date("1956年2月30日") is None


def test_kinds_of_documents() -> None:
    assert documents.kind_said(said("用护照行吗"), Tiny(), {}) == Known("passport")
    assert documents.kind_said(said("身份证"), Tiny(), {}) is None
