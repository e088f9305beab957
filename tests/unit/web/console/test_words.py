"""Dates, spans, numbers as a Chinese hospital writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.web.console import words

LATE = datetime(2026, 11, 22, 18, 5, 9, tzinfo=UTC)
"""Already the 23rd in the hospital."""


def test_moments_are_the_hospitals() -> None:
    assert words.day(LATE) == "11月23日 周一"
    assert words.day(date(2026, 11, 22)) == "11月22日 周日"
    assert words.full_day(LATE) == "2026年11月23日"
    assert words.clock(LATE) == "02:05"
    assert words.moment(LATE) == "11月23日 02:05"
    assert words.full_moment(LATE) == "2026年11月23日 02:05:09"


@pytest.mark.parametrize(
    "filter_", [words.day, words.full_day, words.clock, words.moment, words.full_moment, words.percent]
)
def test_what_is_not_there(filter_: object) -> None:
    assert filter_(None) == "—"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 秒"), (59, "59 秒"), (60, "1 分钟"), (3599, "59 分钟"), (3600, "1 小时"), (3900, "1 小时 5 分"),
        (86_400, "1 天"), (86_400 + 7_200, "1 天 2 小时"), (-90, "1 分钟"),
    ],
)  # fmt: skip
def test_spans(seconds: int, said: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == said


def test_deadlines() -> None:
    assert words.left(LATE + timedelta(minutes=12), LATE) == "还剩 12 分钟"
    assert words.left(LATE - timedelta(minutes=3), LATE) == "已超时 3 分钟"
    assert words.left(LATE, LATE) == "已超时 0 秒"


def test_numbers() -> None:
    assert words.count(1234567) == "1,234,567"
    assert words.percent(0.9731) == "97.3%"
    assert words.percent(1) == "100.0%"
    assert words.yuan(5000) == "50 元"
    assert words.yuan(1250) == "12.50 元"
    assert words.yuan(0) == "0 元"


def test_a_day_of_another_year_has_its_year() -> None:
    now = datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert words.day(date(2026, 12, 20), now) == "12月20日 周日"
    assert words.day(date(2025, 12, 20), now) == "2025年12月20日 周六"
    assert words.moment(datetime(2025, 12, 31, 16, tzinfo=UTC), now) == "1月1日 00:00"
    assert words.moment(datetime(2025, 12, 31, 15, 59, tzinfo=UTC), now) == "2025年12月31日 23:59"


def test_a_browser_in_words() -> None:
    chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
    assert words.device(chrome) == "Chrome 142，Windows"
    assert words.device(f"{chrome} Edg/142.0.0.0") == "Edge 142，Windows"
    assert words.device(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    ).endswith("苹果手机")
    assert [words.device(each) for each in ("curl/8.5.0", "")] == ["curl/8.5.0", "—"]
