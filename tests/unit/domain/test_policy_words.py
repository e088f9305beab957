"""Every number of the policy has words for staff, and its shipped value is one that staff could set."""

import re
from dataclasses import fields

import pytest

from bot.domain.policies import SCOPES
from bot.domain.policy import Policy
from bot.domain.policy_words import WORDS, PolicyWord

NAMES = [field.name for field in fields(Policy)]


def test_every_number_has_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_words_say_everything(name: str) -> None:
    word = WORDS[name]
    assert word.title and word.group and word.meaning.endswith("。")
    assert re.fullmatch(r"R\d+", word.rule)
    assert set(word.scopes) <= set(SCOPES) and "hospital" in word.scopes
    assert not re.search(r"[a-z_]", word.title + word.meaning + word.unit + word.remark)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_number_is_allowed(name: str) -> None:
    word = WORDS[name]
    assert word.allows(getattr(Policy(), name))
    assert not word.allows(word.high + 1) and not word.allows(-1)
    assert word.low == 0 or not word.unlimited, "0 for no limit has to be a number one may set"


@pytest.mark.parametrize("name", NAMES)
def test_minutes_are_minutes_and_days_are_days(name: str) -> None:
    units = {"minutes": "分钟", "days": "天", "years": "岁", "day": "个", "month": "次"}
    assert WORDS[name].unit == units.get(name.rsplit("_", 1)[1], WORDS[name].unit)


def test_numbers_as_people_say_them() -> None:
    minutes, limit = WORDS["cancel_deadline_minutes"], WORDS["per_patient_open"]
    assert minutes.shown(120) == "2 小时（120 分钟）"
    assert minutes.shown(90) == "90 分钟"
    assert (limit.shown(0), limit.shown(5)) == ("不限", "5 个")
    assert limit.span == "0–50 个，0 表示不限"
    assert isinstance(limit, PolicyWord)
