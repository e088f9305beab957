"""Days, times and money as patients read them."""

from datetime import date

import pytest

from bot.domain.views import Period
from handlers.texts import words
from tests.unit.handlers.tiny import MONDAY, NOW, STRONG, WANG, clinic, person


def test_a_day_is_absolute_and_has_its_weekday() -> None:
    assert words.half(date(2026, 11, 24), Period.PM) == "11月24日（周二）下午"


@pytest.mark.parametrize(("fen", "text"), [(0, "免挂号费"), (5000, "50元"), (1250, "12.50元")])
def test_money(fen: int, text: str) -> None:
    assert words.yuan(fen) == text


@pytest.mark.parametrize(("minutes", "text"), [(30, "30分钟"), (120, "2小时"), (1440, "1天"), (90, "90分钟")])
def test_durations(minutes: int, text: str) -> None:
    assert words.duration(minutes) == text


def test_a_clinic_is_one_line() -> None:
    assert words.clinic(clinic(1, WANG, MONDAY)) == "11月23日（周一）上午 王建国 主任医师 余3号 50元"
    assert "约满" in words.clinic(clinic(1, WANG, MONDAY, free=0))
    assert "停诊" in words.clinic(clinic(1, STRONG, MONDAY, suspended=True))


def test_moments_are_in_the_hospitals_zone() -> None:
    from datetime import UTC

    assert words.moment(NOW.astimezone(UTC)) == "11月23日（周一）10:00"


def test_a_person_is_masked() -> None:
    assert words.patient(person("p", "王*国")) == "王*国（男，46岁） 本人"
