"""The platform's fields: what fits, what is cut, and what must not be sent (47003)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pushes.limits import LIMITS, BadField, cut, fit
from bot.sandbox.fields import fits


@pytest.mark.parametrize(
    ("name", "value", "fitted"),
    [
        ("thing1", "心血管内科", "心血管内科"),
        ("thing1", "门诊楼三层A区（从东门进，坐二号电梯上来右转）", "门诊楼三层A区"),
        ("thing2", "下周起门诊开诊时间调整为早上7点半，请您留意。", "下周起门诊开诊时间调整为早上7点半…"),
        ("thing3", "王建国\n主任医师", "王建国 主任医师"),
        ("phrase1", "已停诊请改约", "已停诊请改"),
        ("time4", "2026年11月24日 14:00", "2026年11月24日 14:00"),
        ("character_string5", "K7M2Q9XA", "K7M2Q9XA"),
        ("amount6", "50元", "50元"),
        ("number7", "1280", "1280"),
    ],
)
def test_a_value_is_made_to_fit(name: str, value: str, fitted: str) -> None:
    assert fit(name, value) == fitted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("character_string1", "凭证K7M2"),  # no Chinese
        ("character_string1", "X" * 33),  # cut, it would be another code
        ("time1", "明天下午"),
        ("amount1", "五十元"),
        ("name1", "王*国"),
        ("thing1", "  \n "),
        ("first", "您好"),  # ignored since 2023
        ("colour1", "红"),
    ],
)
def test_what_cannot_fit_is_refused_before_the_platform_does(name: str, value: str) -> None:
    with pytest.raises(BadField):
        fit(name, value)


@given(st.sampled_from(sorted(LIMITS)), st.text(min_size=0, max_size=60))
def test_what_we_let_through_the_platform_takes(kind: str, value: str) -> None:
    try:
        fitted = fit(f"{kind}1", value)
    except BadField:
        return
    assert fits(f"{kind}1", fitted)


@given(st.text(max_size=80), st.integers(min_value=6, max_value=40))
def test_a_cut_is_never_too_long(words: str, most: int) -> None:
    assert len(cut(words, most)) <= most
