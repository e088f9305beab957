"""``python -m nlu``: a JSON object a line in, one a line out (design.md)."""

import io
import json
from typing import Any

import pytest

from nlu.__main__ import main
from nlu.understood import INTENTS


def run(*lines: str) -> list[dict[str, Any]]:
    sink = io.StringIO()
    assert main([], io.StringIO("\n".join(lines) + "\n"), sink) == 0
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def ask(text: str, now: str = "2026-11-23T10:00:00+08:00") -> dict[str, Any]:
    return run(json.dumps({"text": text, "now": now}))[0]


def test_the_sentence_of_the_design() -> None:
    answer = ask("帮我挂明天下午心内科王主任的号")
    assert set(answer) == {"intent", "confidence", "slots", "candidates"}
    assert answer["intent"] == "book"
    assert answer["slots"] == {
        "department": "心血管内科", "doctor": "王建国", "dates": ["2026-11-24"], "period": "pm",
    }  # fmt: skip
    assert answer["candidates"] == []


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("八点半", "time", "08:30"),
        ("8点半至10点", "time", {"from": "08:30", "to": "10:00"}),
        ("四点之前", "time", {"from": None, "to": "16:00"}),
        ("2月30号", "invalid_date", "2月30号"),
        ("越快越好", "asap", True),
        ("都不要", "choice", 0),
        ("我妈", "patient", "母亲"),
        ("肚子疼", "symptoms", ["腹痛"]),
    ],
)
def test_slots(text: str, slot: str, value: object) -> None:
    assert ask(text)["slots"][slot] == value


def test_candidates() -> None:
    first = ask("膝盖疼")["candidates"][0]
    assert first["department"] == "骨科"
    assert 0 < first["score"] <= 1


def test_empty_text_is_fine() -> None:
    answer = ask("")
    assert (answer["intent"], answer["slots"]) == ("unknown", {})


def test_the_day_is_the_hospital_s() -> None:
    assert ask("明天", "2026-11-23T20:00:00+00:00")["slots"]["dates"] == ["2026-11-25"]
    assert ask("明天", "2026-11-23T20:00:00")["slots"]["dates"] == ["2026-11-24"]


def test_a_bad_line_gets_an_error_and_the_next_an_answer() -> None:
    bad = (
        "{",
        "[]",
        '{"text": 5}',
        '{"text": "x", "now": "gestern"}',
        '{"text": "x", "now": 3}',
        "[" * 100_000,
    )
    answers = run(*bad, '{"text": "挂号"}')
    assert [set(a) for a in answers[:-1]] == [{"error"}] * len(bad)
    assert answers[-1]["intent"] == "book"
    assert run('{"text": "x", "now": "0001-01-01T00:00:00+14:00"}')


def test_blank_lines_are_skipped() -> None:
    assert run("", '{"text": "你好"}', "  ")[0]["intent"] in INTENTS


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tarin"], io.StringIO(), io.StringIO()) == 2
    assert "usage" in capsys.readouterr().err
