"""The code on a voucher (预约凭证, R7): short enough to read out at the desk, without look-alikes."""

from random import Random

ALPHABET = "34679ACDEFGHJKMNPQRTUWXY"
"""Of 0/O, 1/I/L, 2/Z, 5/S, 8/B and U/V at most one is in."""
LENGTH = 8


def new_code(rng: Random) -> str:
    """A random code; the database's unique constraint is what makes it one of a kind."""
    return "".join(rng.choices(ALPHABET, k=LENGTH))
