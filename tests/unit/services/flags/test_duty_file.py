"""``wards.yaml``: what the house ships, what a hospital writes, and mistakes told plainly."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.flags import FlagLevel
from bot.services.flags.duty import Duty
from bot.services.flags.duty_file import FILE, BadDuty, load
from bot.services.followup.demo import _STAYS
from bot.settings import Settings
from nlu.redflags import _rules

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in the hospital."""


def read(folder: Path, told: object, **settings: Any) -> Duty:
    text = told if isinstance(told, str) else yaml.safe_dump(told, allow_unicode=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    return load(Settings(data_dir=folder, **settings))


def test_as_shipped_there_is_no_invented_phone(tmp_path: Path) -> None:
    duty = load(Settings(data_dir=tmp_path))
    assert (duty.wards, duty.desk.nurse, duty.medical_office) == ({}, "", "")
    assert duty.reach("心内一病区", 0, TEN) is None
    assert duty.gaps() == [
        "服务台：没有电话，没有病区的警报直接报给医务科", "医务科：没有电话，没人处理的警报到不了最后一级",
    ]  # fmt: skip


def test_every_danger_the_nlu_knows_has_its_level(tmp_path: Path) -> None:
    duty = load(Settings(data_dir=tmp_path))
    named = {flag.name for flag in _rules().flags}
    assert set(duty.dangers) == named | {"急"}
    assert {name for name in duty.dangers if duty.alarm(name).level is FlagLevel.URGENT} == named
    assert duty.alarm("新的危险").level is FlagLevel.URGENT


def test_the_demo_knows_the_wards_of_its_patients(tmp_path: Path) -> None:
    duty = load(Settings(data_dir=tmp_path, demo=True))
    assert duty.gaps({f"{stay[2]}一病区" for stay in _STAYS}) == []


def test_a_hospital_changes_what_it_names(tmp_path: Path) -> None:
    duty = read(
        tmp_path,
        {
            "levels": {"urgent": {"minutes": [5, 5, 5]}},
            "dangers": {"剧烈腹痛": {"level": "soon", "minutes": 30}},
            "outcomes": {"home_visit": "已上门"},
            "wards": {"心内一病区": {"nurse": 13900000001, "hours": "20:00-08:00"}},
        },
        demo=True,
    )
    assert duty.waits(FlagLevel.URGENT, 0) == timedelta(minutes=5)
    assert duty.waits(FlagLevel.SOON, 0) == timedelta(minutes=60)
    assert duty.waits(FlagLevel.SOON, 3) is None
    assert duty.alarm("剧烈腹痛").level is FlagLevel.SOON
    assert {"home_visit", "came"} <= set(duty.outcomes)
    assert list(duty.wards) == ["心内一病区"], "not the demo's invented phones beside it"
    assert not duty.staffed("心内一病区", TEN) and duty.staffed("心内一病区", TEN + timedelta(hours=12))


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("wards: [", "not YAML"),
        ("心内一病区", "expected"),
        ({"ward": {}}, "不认识 ward"),
        ({"wards": {"心内一病区": {"nurze": "13900000001"}}}, "心内一病区 不认识 nurze"),
        ({"wards": {"心内一病区": {"nurse": "0100-12345678"}}}, "心内一病区.nurse 要是能收短信的手机号"),
        ({"wards": {"心内一病区": {"hours": "8点到5点"}}}, "心内一病区.hours 写成 08:00-17:30"),
        ({"levels": {"urgent": {"minutes": [10]}}}, "levels.urgent.minutes 要是三个"),
        ({"dangers": {"胸痛": {"minutes": 0}}}, "dangers.胸痛.minutes 要大于 0"),
        ({"dangers": {"胸痛": {"level": "high"}}}, "ValueError"),
    ],
)  # fmt: skip
def test_a_mistake_stops_the_start_and_says_where(tmp_path: Path, told: object, says: str) -> None:
    with pytest.raises(BadDuty, match=says):
        read(tmp_path, told)
