"""Codes that can be read out at a noisy desk."""

from random import Random

from bot.domain.vouchers import ALPHABET, LENGTH, new_code


def test_codes_are_short_and_without_look_alikes() -> None:
    rng = Random(1)
    codes = {new_code(rng) for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    for pair in ("0O", "1I", "1L", "2Z", "5S", "8B", "UV"):
        assert not set(pair) <= set(ALPHABET)


def test_the_same_source_gives_the_same_codes() -> None:
    assert new_code(Random(7)) == new_code(Random(7))
