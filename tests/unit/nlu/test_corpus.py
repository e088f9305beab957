"""The corpus is what the model card says: big enough, well-formed, and nothing is learnt from what judges."""

import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from nlu import corpus, scoring
from nlu.corpus import DEV, NOW, TEST, TRAIN, Line
from nlu.lexicon import Lexicon
from nlu.normalize import normalize
from nlu.reading import Reader
from nlu.understood import BY_WORDS, INTENTS, Slots

ALIKE = 0.8
"""Two phrasings sharing so many of their character pairs (Dice) are the same phrasing."""
WORDS = 4
"""Shorter ones are compared whole: 「退号」 and 「退了」 are different words, not one phrasing."""
SOURCES = (TRAIN, DEV, TEST)
JUDGES = ("dev", "test")
_OWN = re.compile(r"[^一-鿿a-z]+")


@pytest.fixture(scope="module")
def lines() -> dict[str, list[Line]]:
    return {folder.name: list(corpus.read(folder)) for folder in SOURCES}


def phrasing(reader: Reader, text: str) -> str:
    """What is left without names, days, people and complaints: capitals in the shape."""
    return _OWN.sub("", reader.read(text, NOW.date()).shape)


def pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def dice(a: Counter[str], b: Counter[str]) -> float:
    return 2 * (a & b).total() / (a.total() + b.total())


def twins(train: list[Line], test: list[Line]) -> list[tuple[str, str]]:
    """(held-out, learnt) with the same phrasing."""
    reader = Reader(Lexicon.demo())
    whole = {normalize(line.text).text: line.text for line in train}
    learnt = [
        (pairs(words), line.text) for line in train if len(words := phrasing(reader, line.text)) >= WORDS
    ]
    by_pair: dict[str, set[int]] = defaultdict(set)
    for i, (found, _) in enumerate(learnt):
        for pair in found:
            by_pair[pair].add(i)
    out = []
    for line in test:
        if (same := whole.get(normalize(line.text).text)) is not None:
            out.append((line.text, same))
        words = phrasing(reader, line.text)
        if len(words) < WORDS:
            continue
        own = pairs(words)
        near = {i for pair in own for i in by_pair[pair]}
        out.extend((line.text, learnt[i][1]) for i in near if dice(own, learnt[i][0]) >= ALIKE)
    return out


def test_no_template_is_in_two_parts(lines: dict[str, list[Line]]) -> None:
    for one, other in combinations(lines.values(), 2):
        assert {x.template for x in one} & {x.template for x in other} == set()


@pytest.mark.parametrize("judge", JUDGES)
def test_no_phrasing_is_learnt_and_judged(lines: dict[str, list[Line]], judge: str) -> None:
    assert twins(lines["corpus"], lines[judge]) == []


def test_a_phrasing_with_other_names_would_be_noticed() -> None:
    """The check above can fail: names, days and politeness marks do not hide a copy."""
    train = [corpus.Line("a", "plain", corpus.gold("book"), "麻烦帮我约一下明天下午骨科的号")]
    test = [corpus.Line("b", "plain", corpus.gold("book"), "麻烦帮我约一下后天上午眼科的号！")]
    assert twins(train, test) != []


def test_it_is_as_big_and_as_mixed_as_promised(lines: dict[str, list[Line]]) -> None:
    every = [line for part in lines.values() for line in part]
    assert len(every) >= 2_000
    assert sum(line.intent == "unknown" for line in every) >= 300
    assert sum("flag" in line.gold.slots for line in every) >= 200
    for name in ("corpus", "dev"):
        assert {line.register for line in lines[name]} == set(corpus.REGISTERS)
        assert {line.intent for line in lines[name]} - {""} == set(INTENTS) - set(BY_WORDS)


def test_no_text_twice(lines: dict[str, list[Line]]) -> None:
    texts = Counter(line.text for part in lines.values() for line in part)
    assert [text for text, count in texts.items() if count > 1] == []


def test_gold_names_what_there_is(lines: dict[str, list[Line]]) -> None:
    demo = Lexicon.demo()
    departments, doctors = {d.name for d in demo.departments}, {d.name for d in demo.doctors}
    for part in lines.values():
        for line in part:
            slots = line.gold.slots
            assert set(line.gold.intents) <= set(INTENTS), line
            assert set(slots.get("department", ())) | set(slots.get("top", ())) <= {*departments, "-"}, line
            assert set(slots.get("doctor", ())) <= {*doctors, "-"}, line
            assert line.gold.days("dates") == () or line.gold.days("dates")[0] >= NOW.date()


def test_scoring_sees_a_missing_day_a_wrong_one_and_one_too_many() -> None:
    line = corpus.Line("x", "plain", corpus.gold("book department=骨科 dates=11-24..11-25"), "…")
    tue, wed, thu = line.gold.days("dates") + corpus.gold("- dates=11-26").days("dates")
    right = Slots(department="骨科", dates=(tue, wed))
    assert scoring.wrong_slots(line, right) == []
    for dates in ((), (tue,), (tue, thu), (tue, wed, thu)):
        assert scoring.wrong_slots(line, Slots(department="骨科", dates=dates)) == ["dates"]


@pytest.mark.parametrize("row", ["a\tplain\tbook", "a\tloud\tbook\t挂号", "a\tplain\tbook color=red\t挂号"])
def test_a_bad_row_is_refused(tmp_path, row: str) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.tsv").write_text("\t".join(corpus.HEAD) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError):
        list(corpus.read(tmp_path))
