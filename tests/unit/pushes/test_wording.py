"""How days and money are written."""

from datetime import date

import pytest

from bot.pushes.wording import full, near, yuan
from tests.integration.services.town import at


@pytest.mark.parametrize(
    ("day", "words"),
    [(23, "今天"), (24, "明天"), (25, "后天"), (26, "11月26日（周四）"), (22, "11月22日（周日）")],
)
def test_near_days_have_names(day: int, words: str) -> None:
    assert near(date(2026, 11, day), date(2026, 11, 23)) == words


def test_a_moment_as_the_platforms_write_it() -> None:
    assert full(at(8, 5)) == "2026年11月23日 08:05"


def test_money() -> None:
    assert (yuan(0), yuan(5000), yuan(1250)) == ("免挂号费", "50元", "12.50元")
