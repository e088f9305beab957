"""One way of writing, and back to the patient's own."""

import pytest

from nlu.normalize import MAX_LENGTH, normalize


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("１０：３０", "10:30"),
        ("掛號後天", "挂号后天"),
        ("ＯＫ", "ok"),
        ("好的！！！", "好的!"),
        ("明田下舞", "明天下午"),
        ("  王主任  ", "王主任"),
        ("好\u200b的", "好的"),
        ("①", "1"),
        ("😀好", "😀好"),
        ("👌🏻", "👌🏻"),
        ("䶮", "䶮"),
        ("挂好了吗", "挂好了吗"),
        ("", ""),
    ],
)
def test_normalize(typed: str, normal: str) -> None:
    assert normalize(typed).text == normal


@pytest.mark.parametrize("typed", ["我叫陳靜", "㈠我叫陳靜", "！！！我叫  陳靜", "\u200b我叫陳靜😀"])
def test_the_original_is_kept(typed: str) -> None:
    normal = normalize(typed)
    at = normal.text.index("陈静")
    assert normal.source(at, at + 2) == "陳靜"


def test_what_is_too_long_is_cut() -> None:
    assert len(normalize("好" * (MAX_LENGTH + 9)).text) == MAX_LENGTH
