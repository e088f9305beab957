"""The address of a questionnaire's page: what it holds, and that nobody but us can make one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.surveys.links import Link, make_token, page_url, read_token
from bot.settings import BadSettings, load
from bot.store.keys import KeyRing

KEYS = KeyRing.generate()
DAY = date(2026, 12, 5)
LINK = Link("followup:12345678", 123456, DAY)


@given(
    st.sampled_from(["followup", "appointment"]),
    st.integers(1, 2**53),
    st.integers(1, 2**53),
    st.dates(date(2026, 1, 1), date(2100, 1, 1)),
)
def test_what_goes_in_comes_out(kind: str, number: int, account: int, until: date) -> None:
    link = Link(f"{kind}:{number}", account, until)
    assert read_token(KEYS, make_token(KEYS, link)) == link


@given(st.integers(0, 40), st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz-"))
def test_one_other_character_is_a_stranger(place: int, other: str) -> None:
    token = make_token(KEYS, LINK)
    place %= len(token)
    changed = token[:place] + other + token[place + 1 :]
    assert read_token(KEYS, changed) == (LINK if changed == token else None)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_no_error(token: str) -> None:
    assert read_token(KEYS, token) is None


def test_another_hospitals_keys_do_not_open_it() -> None:
    assert read_token(KeyRing.generate(), make_token(KEYS, LINK)) is None


def test_it_is_short_and_made_of_what_every_phone_makes_a_link_of() -> None:
    token = make_token(KEYS, LINK)
    assert len(token) <= 32
    assert token.isascii()
    assert token.replace("-", "").isalnum()
    assert make_token(KEYS, Link("followup:12", 7, DAY)) != make_token(KEYS, Link("followup:12", 8, DAY))


def test_without_an_address_there_is_no_link() -> None:
    assert page_url(load(public_url=""), KEYS, "followup:12", 7, DAY) == ""
    url = page_url(load(public_url="https://bot.hospital.example/"), KEYS, "followup:12", 7, DAY)
    assert url.startswith("https://bot.hospital.example/f/fc-7-")


@pytest.mark.parametrize(
    "wrong", ["bot.hospital.example", "https://a?b", "https://a/#x", "javascript:x", "https://a b"]
)
def test_an_address_that_is_none_stops_the_start(wrong: str) -> None:
    with pytest.raises(BadSettings, match="PUBLIC_URL"):
        load(public_url=wrong)
