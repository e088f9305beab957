"""What is shown of a person (R15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import mask_id_number, mask_name, mask_numbers, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王建国", "王*国"), ("王丽", "王*"), ("欧阳雪儿", "欧**儿"), ("王", "*"), ("", ""), ("𠮷䶮", "𠮷*")],
)
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("11010519491231002X", "1101**********002X"),
        ("E12345678", "E1*****78"),
        ("1234", "1**4"),
        ("12", "**"),
    ],
)
def test_numbers(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


def test_phones() -> None:
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("12345") == "*****"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "证件号是11010519491231002x，电话 138 0013 8000。",
            "证件号是1101**********002x，电话 138******8000。",
        ),
        ("0371-6677889打不通", "037*****7889打不通"),
        ("38.5度，2026年11月22日8点，血压140/90", "38.5度，2026年11月22日8点，血压140/90"),
    ],
)
def test_numbers_within_words(said: str, shown: str) -> None:
    assert mask_numbers(said) == shown


@given(st.text(min_size=2, max_size=40))
def test_something_is_always_hidden_and_the_length_kept(text: str) -> None:
    for mask in (mask_name, mask_id_number, mask_phone):
        assert len(mask(text)) == len(text)
        assert "*" in mask(text)
