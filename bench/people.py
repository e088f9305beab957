"""Invented identity numbers that pass GB 11643."""

from datetime import date, timedelta

from bot.domain.identity import check_digit


def identity_number(n: int) -> str:
    """The n-th of 9,990,000: an adult of Beijing, born from 1960 on."""
    born = date(1960, 1, 1) + timedelta(days=n // 999)
    body = f"110101{born:%Y%m%d}{1 + n % 999:03d}"
    return body + check_digit(body)
