"""What WeChat can carry: legal XML, no forged links, under 2,048 bytes, never cut inside a character."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.text import LIMIT, cdata, clean, size, split

anything = st.text(st.characters(codec=None), max_size=300)  # lone surrogates too


@given(anything)
def test_any_text_comes_back_from_xml_as_it_was_cleaned(text: str) -> None:
    kept = clean(text)
    assert (ElementTree.fromstring(f"<x>{cdata(kept)}</x>").text or "") == kept


@given(anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "kept", ["䶮", "𠮷", "👨‍👩‍👧", "👍🏽", "é", "挂号\n\t确认", "A&B", "https://a.example/?a=1&b=2"]
)
def test_emoji_rare_characters_and_addresses_stay(kept: str) -> None:
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x08c\x1fd", "abcd"),
        ("\ud83d半个", "半个"),
        ("\ufffe\uffff", ""),
        ("一\r\n二\r三", "一\n二\n三"),
        ("<a href='x'>点我</a>", "＜a href='x'>点我＜/a>"),
        ("&lt;a&gt; &#60; &amp;", "＆lt;a＆gt; ＆#60; ＆amp;"),
        ("]]>", "]]>"),
    ],
)
def test_what_is_taken_out_or_made_harmless(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_closing_bracket_does_not_close_the_section() -> None:
    forged = "x]]></Content><MsgType>image</MsgType><Content><![CDATA["
    root = ElementTree.fromstring(f"<xml><Content>{cdata(forged)}</Content></xml>")
    assert [child.tag for child in root] == ["Content"]
    assert root[0].text == forged


@given(st.text(st.sampled_from("挂号 确认。，！\n.a👨‍👩‍👧é𠮷"), max_size=600), st.integers(32, 400))
def test_parts_fit_and_joined_give_the_text(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < size(part) <= limit for part in parts)


def test_a_long_text_is_cut_after_a_sentence() -> None:
    sentence = "请您在就诊当天提前三十分钟到门诊大厅取号。"
    parts = split(sentence * 100)
    assert len(parts) > 1
    assert all(part.endswith("。") for part in parts)
    assert all(size(part) <= LIMIT < 2048 for part in parts)


def test_a_quotation_mark_stays_with_its_sentence() -> None:
    parts = split("「好的。」" * 20, 50)
    assert all(part.endswith("」") for part in parts)


def test_without_sentences_it_is_cut_after_a_clause() -> None:
    assert all(part.endswith("，") for part in split("血压，心率，" * 300, 100))


@pytest.mark.parametrize("character", ["👨‍👩‍👧", "👍🏽", "e\u0301", "❤️", "𠮷"])
def test_a_character_of_several_code_points_stays_whole(character: str) -> None:
    for limit in range(64, 80):
        assert all(set(part.replace(character, "")) == set() for part in split(character * 60, limit))


def test_short_text_is_one_part_and_none_is_none() -> None:
    assert split("你好") == ["你好"]
    assert split("") == []
