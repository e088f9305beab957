"""What template fields may hold (47003)."""

import pytest

from bot.sandbox.fields import fits

GOOD = [
    ("thing1", "心血管内科"), ("thing1", "一" * 20), ("phrase2", "已预约"), ("character_string3", "A-2026 1123"),
    ("name4", "欧阳雪"), ("name4", "䶮𠮷"), ("name4", "Anna Lee"), ("time5", "2026年11月24日 14:00"), ("time5", "15:01"),
    ("time5", "2026年11月24日 14:00~2026年11月24日 14:30"), ("date6", "2026-11-24"), ("amount7", "¥50.00"),
    ("amount7", "50元"), ("number8", "12"), ("phone_number9", "0100-12345678"), ("letter1", "AB"), ("const1", "已就诊"),
]  # fmt: skip
BAD = [
    ("thing1", ""), ("thing1", "一" * 21), ("phrase2", "六个汉字太长了"), ("phrase2", "ok"), ("character_string3", "号码"),
    ("name4", "一" * 11), ("name4", "王1"), ("time5", "明天下午"), ("date6", "11/24"), ("amount7", "五十"),
    ("number8", "x"), ("first", "您好"), ("remark", "谢谢"), ("unknown1", "x"), ("letter1", "A1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_what_fits(name: str, value: str) -> None:
    assert fits(name, value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_does_not(name: str, value: str) -> None:
    assert not fits(name, value)
