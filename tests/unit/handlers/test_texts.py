"""The copy as a whole: warm, plain, and never a machine's excuse."""

import re
from pathlib import Path

import pytest

import handlers
from bot.domain.outcomes import (
    AlreadyBooked,
    ClinicClosed,
    DeadlinePassed,
    IdentityConflict,
    InvalidField,
    LimitReached,
    NotLive,
    NotYours,
    Refusal,
    TooEarly,
    TooLate,
)
from handlers.texts import emergency, refusals
from nlu.data import load_yaml
from tests.unit.handlers.tiny import MONDAY, NOW, WANG, appointment, person

TEXTS = sorted(Path(handlers.__file__).parent.joinpath("texts").iterdir())
SEEN = appointment(1, WANG, MONDAY, person("me", "王*国"))


@pytest.mark.parametrize("path", [p for p in TEXTS if p.suffix in (".py", ".yaml")], ids=lambda p: p.name)
def test_no_word_of_machines(path: Path) -> None:
    found = re.findall(
        r"系统错误|异常|参数|非法|无效输入|数据库|接口|服务器|null|None类型", path.read_text("utf-8")
    )
    assert found == []


@pytest.mark.parametrize(
    "why",
    [
        TooEarly(MONDAY, 14),
        TooLate(30),
        DeadlinePassed("change", NOW, 120),
        DeadlinePassed("cancel", NOW, 120),
        *(LimitReached(scope, 5) for scope in refusals._LIMITS),
        LimitReached("another", 5),
        AlreadyBooked(SEEN),
        ClinicClosed(1),
        NotYours(),
        NotLive(SEEN),
        IdentityConflict(),
        InvalidField("phone"),
        InvalidField("another"),
    ],
    ids=repr,
)
def test_every_refusal_has_a_reason(why: Refusal) -> None:
    text = refusals.reason(why, "0100-12345678")
    assert len(text) >= 12
    assert text.endswith(("。", "！"))


FLAGS = [flag["id"] for flag in load_yaml("redflags.yaml")["flags"]]


@pytest.mark.parametrize("flag", [*FLAGS, "不认识的词"])
def test_danger_says_120_first(flag: str) -> None:
    first = emergency.danger(flag, "示例市人民医院", "急诊科（急诊楼1楼）", "0100-12345678").split("\n")[0]
    assert "120" in first


def test_every_danger_sign_has_its_own_advice() -> None:
    assert set(emergency._MEANWHILE) | {emergency.SELF_HARM} == set(FLAGS)


def test_thoughts_of_suicide_get_people_first() -> None:
    text = emergency.self_harm("示例市人民医院", "急诊科", "0100-12345678")
    assert "12356" in text
    assert "120" in text
