"""Whatever is done to a form, the linter tells it and never falls over; what it lets through can be used."""

import json
from collections.abc import Iterator
from copy import deepcopy
from importlib.resources import files
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.questionnaires import advice, fhir
from bot.questionnaires.evaluate import upcoming
from bot.questionnaires.lint import lint
from bot.questionnaires.preview import preview
from bot.questionnaires.score import flags, scores
from tests.unit.questionnaires.sample import sample

TEXTS = {*advice.load(), "call", "come_in"}
FORMS = [
    sample(),
    *(
        json.loads(each.read_text(encoding="utf-8"))
        for each in files("bot.questionnaires").joinpath("forms").iterdir()
        if each.name in ("wound.json", "phq-2.json", "diabetes.json", "falls.json")
    ),
]
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 500), st.floats(), st.text(max_size=3), st.just([]), st.just({}), st.just([None]),
    st.just([{}]), st.just({"url": "x"}), st.sampled_from(["choice", "group", "date", "exists", ">", "how", "2026-13-01", "urgent"]),
)  # fmt: skip


def places(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if path:
        yield path
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from places(value, (*path, key))
    elif isinstance(raw, list):
        for at, value in enumerate(raw):
            yield from places(value, (*path, at))


@given(st.sampled_from(FORMS), st.data())
@settings(max_examples=400)
def test_no_damage_falls_over_the_linter(form: dict[str, Any], data: st.DataObject) -> None:
    raw = deepcopy(form)
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(list(places(raw))))
        owner: Any = raw
        for step in path[:-1]:
            owner = owner[step]
        match data.draw(st.sampled_from(["drop", "junk", "twice"])):
            case "drop":
                del owner[path[-1]]
            case "twice" if isinstance(owner, list):
                owner.append(deepcopy(owner[path[-1]]))
            case _:
                owner[path[-1]] = deepcopy(data.draw(JUNK))  # the next damage may go into it
    found = lint(raw, TEXTS)
    if not any(finding.blocks for finding in found):
        asked = fhir.read(raw)
        assert upcoming(asked, {}) is not None
        assert [flags(asked, {}), scores(asked, {}), *preview(asked, {})]
