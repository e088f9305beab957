"""The shipped forms and the hospital's own side by side."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.questionnaires.advice import BadAdvice, load, say
from bot.questionnaires.catalogue import Catalogue
from tests.unit.questionnaires.sample import sample


def write(folder: Path, name: str, **changes: Any) -> None:
    (folder / name).write_text(json.dumps(sample(**changes), ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "advice.yaml").write_text("call: 请打 {phone}\ncome_in: 请来医院\n", encoding="utf-8")
    return tmp_path


def test_without_a_folder_there_are_the_shipped_ones(tmp_path: Path) -> None:
    for catalogue in (Catalogue.load(), Catalogue.load(tmp_path / "nowhere")):
        assert catalogue.broken == ()
        assert catalogue.newest("phq-9") == catalogue.newest("PHQ9")


def test_several_versions_live_side_by_side(own: Path) -> None:
    for version in ("1.9", "1.10", "1.2"):
        write(own, f"sample-{version}.json", version=version)
    write(own, "sample-2.json", version="2.0", status="draft")
    write(own, "sample-0.json", version="0.1", status="retired")
    catalogue = Catalogue.load(own)
    assert catalogue.broken == ()
    newest = catalogue.newest("sample")
    assert newest is not None
    assert newest.version == "1.10"
    old = catalogue.get(f"{newest.url}|0.1")
    assert old is not None  # answers given by it can still be read


def test_a_broken_file_is_told_and_the_rest_works(own: Path) -> None:
    write(own, "good.json")
    write(own, "bad.json", copyright="", version="2")
    (own / "worse.json").write_text("{", encoding="utf-8")
    (own / "list.json").write_text("[]", encoding="utf-8")
    (own / "latin.json").write_bytes(b"\xff\xfe\xfa")
    (own / "huge.json").write_text(" " * (1024 * 1024 + 1), encoding="utf-8")
    catalogue = Catalogue.load(own)
    assert catalogue.newest("sample") is not None
    assert catalogue.newest("phq-9") is not None
    assert {each.file for each in catalogue.broken} == {
        "bad.json",
        "worse.json",
        "list.json",
        "latin.json",
        "huge.json",
    }
    [bad] = [each for each in catalogue.broken if each.file == "bad.json"]
    assert [finding.where for finding in bad.findings] == ["copyright"]


def test_a_version_cannot_be_changed_under_its_answers(own: Path) -> None:
    write(own, "a.json")
    write(own, "b.json", title="改过")
    catalogue = Catalogue.load(own)
    assert [each.file for each in catalogue.broken] == ["b.json"]
    assert "version" in catalogue.broken[0].findings[0].what


def test_a_red_flag_without_an_approved_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "sample.json")
    [broken] = Catalogue.load(tmp_path).broken
    assert {finding.where for finding in broken.findings} == {"fever", "poor"}


def test_the_hospitals_words_replace_the_houses(tmp_path: Path) -> None:
    (tmp_path / "advice.yaml").write_text("call_back: 请打 {phone} 找护士站。\n", encoding="utf-8")
    texts = load(tmp_path / "advice.yaml")
    assert say(texts, "call_back", phone="0000") == "请打 0000 找护士站。"
    assert "120" in texts["emergency"]


@pytest.mark.parametrize("text", ["- a", "call: 3", "call: ''", "call: [", "a: b: c"])
def test_advice_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "advice.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadAdvice):
        load(tmp_path / "advice.yaml")
    catalogue = Catalogue.load(tmp_path)
    assert [each.file for each in catalogue.broken] == ["advice.yaml"]
    assert "120" in catalogue.advice["emergency"]
