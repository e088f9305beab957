"""The data files are sound: a nurse who edits one hears of a mistake here, not from a patient."""

import re
from collections import Counter
from datetime import date

import pytest

from nlu.data import load_yaml, read_text
from nlu.dates import holidays, lunar
from nlu.entities import surnames
from nlu.lexicon import Lexicon
from nlu.train import corpus
from nlu.understood import BY_WORDS, INTENTS

TITLES = {"主任医师", "副主任医师", "主治医师", "住院医师"}


def test_the_demo_hospital() -> None:
    hospital = load_yaml("demo_hospital.yaml")
    names = [d["name"] for d in hospital["departments"]]
    doctors = hospital["doctors"]
    assert len(names) == 26
    assert {d["department"] for d in doctors} == set(names)
    assert {d["title"] for d in doctors} <= TITLES
    assert len({d["staff_no"] for d in doctors}) == len(doctors)
    chiefs = [
        d["name"]
        for d in doctors
        if d["department"] == "心血管内科" and d["name"][0] == "王" and d["title"] == "主任医师"
    ]
    assert chiefs == ["王建国"]


def test_no_alias_means_two_departments() -> None:
    hospital = load_yaml("demo_hospital.yaml")
    words = Counter(word for d in hospital["departments"] for word in {d["name"], *d["aliases"]})
    assert [word for word, count in words.items() if count > 1] == []


def test_complaints_point_to_departments_that_exist() -> None:
    data = load_yaml("symptoms.yaml")
    known = {d.name for d in Lexicon.demo().departments}
    for section in ("symptoms", "diseases", "parts", "people"):
        for name, entry in data[section].items():
            assert set(entry["to"]) <= known, name
            assert all(0 < weight < 1 for weight in entry["to"].values()), name


def test_triage_questions_ask_about_complaints_and_point_to_departments_that_exist() -> None:
    data = load_yaml("symptoms.yaml")
    named = {name for s in ("symptoms", "diseases") for name in data[s]}
    named |= {part["ache"] for part in data["parts"].values()}
    known = {d.name for d in Lexicon.demo().departments}
    for item in load_yaml("triage.yaml"):
        assert set(item["about"]) <= named, item["id"]
        assert 2 <= len(item["answers"]) <= 4, item["id"]
        for given in item["answers"]:
            assert set(given.get("to", ())) <= known, item["id"]
    assert "Sources:" in read_text("triage.yaml")


def test_red_flags_compile_and_name_their_sources() -> None:
    data = load_yaml("redflags.yaml")
    for flag in data["flags"]:
        for pattern in (*flag["any"], *flag.get("soft", ())):
            re.compile(pattern)
    assert "Sources:" in read_text("redflags.yaml")


def test_holidays_have_one_rule_each() -> None:
    for entry in load_yaml("holidays.yaml"):
        assert len({"day", "lunar", "term", "nth"} & set(entry)) == 1, entry["names"]
        assert entry.get("term", "冬至") in lunar.TERMS
        for name in entry["names"]:
            assert holidays.on(name, date(2026, 11, 23)) is not None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("春节", "2027-02-06"),
        ("除夕", "2027-02-05"),
        ("元宵", "2027-02-20"),
        ("清明", "2027-04-05"),
        ("端午", "2027-06-09"),
        ("中秋", "2027-09-15"),
        ("腊八", "2027-01-15"),
        ("小年", "2027-01-30"),
        ("冬至", "2026-12-22"),
        ("立春", "2027-02-04"),
    ],
)
def test_the_chinese_calendar_agrees_with_the_published_one(name: str, day: str) -> None:
    assert holidays.on(name, date(2026, 11, 23)) == date.fromisoformat(day)


def test_phrases_are_unambiguous() -> None:
    phrases = load_yaml("phrases.yaml")
    assert set(phrases) - {"give_up"} <= set(INTENTS)
    words = Counter(word for group in phrases.values() for word in group)
    assert all(isinstance(word, str) for word in words)
    assert [word for word, count in words.items() if count > 1] == []


def test_the_corpus_has_every_intent_and_no_contradiction() -> None:
    examples = corpus()
    assert len(examples) >= 600
    assert {intent for intent, _ in examples} == set(INTENTS) - set(BY_WORDS)
    assert [text for text, count in Counter(text for _, text in examples).items() if count > 1] == []


def test_typos_keep_their_length() -> None:
    assert all(len(wrong) == len(right) for wrong, right in load_yaml("typos.yaml").items())


def test_double_surnames_are_whole() -> None:
    assert {surnames.surname(name) for name in ("欧阳雪", "欧明", "王建国")} == {"欧阳", "欧", "王"}
