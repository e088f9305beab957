"""``python -m nlu``: one JSON object a line in, one a line out.  ``train``, ``eval`` and ``tickets`` for developers."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TextIO

from nlu.lexicon import Lexicon
from nlu.parser import ZONE, Nlu
from nlu.triage import questions
from nlu.understood import Slots, TimeRange, Understood

_SLOTS = (
    "department",
    "doctor",
    "dates",
    "asap",
    "period",
    "time",
    "symptoms",
    "patient",
    "choice",
    "invalid_date",
    "unresolved_date",
)
"""The interface of the design, in its order; what else is understood stays between the modules."""


def main(args: list[str], source: TextIO, sink: TextIO) -> int:
    match args:
        case []:
            for answer in answers(source):
                sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
                sink.flush()
        case ["train"]:
            from nlu.train import train

            train()
        case ["tickets", "train"]:
            from nlu.tickets_train import train as train_tickets

            train_tickets()
        case ["tickets", *rest] if set(rest) <= {"--errors"}:
            from nlu.tickets_eval import evaluate as evaluate_tickets

            evaluate_tickets("dev", errors=bool(rest), write=lambda line: print(line, file=sink))
        case ["eval", *rest] if (wanted := _options(rest)) is not None:
            from nlu.evaluate import evaluate

            evaluate(split=wanted[0], errors=wanted[1], write=lambda line: print(line, file=sink))
        case _:
            print(
                "usage: python -m nlu [train | eval [--split dev|test|train|authors] [--errors] | tickets [train | --errors]]",
                file=sys.stderr,
            )
            return 2
    return 0


def _options(rest: list[str]) -> tuple[str, bool] | None:
    """(split, errors) of ``eval``; None for what it does not know."""
    match [word for word in rest if word != "--errors"]:
        case []:
            return "test", bool(rest)
        case ["--split", ("dev" | "test" | "train" | "authors") as split]:
            return split, "--errors" in rest
        case _:
            return None


def answers(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer a line; a line that cannot be read gets an error of its own."""
    nlu = Nlu(Lexicon.demo())
    for line in lines:
        if line.strip():
            yield answer(nlu, line)


def answer(nlu: Nlu, line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not JSON: {error}"}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"error": "expected an object with a string in text"}
    try:
        now = datetime.fromisoformat(asked["now"]) if "now" in asked else datetime.now(ZONE)
        now = now if now.tzinfo else now.replace(tzinfo=ZONE)
        now.astimezone(ZONE)
    except (TypeError, ValueError, OverflowError) as error:
        return {"error": f"now: {error}"}
    expecting = asked.get("expecting", ())
    names = tuple(str(n) for n in expecting) if isinstance(expecting, list) else ()
    return as_json(nlu.parse(asked["text"], now, names))


def as_json(heard: Understood) -> dict[str, Any]:
    """The public form of what was understood; only slots that hold something."""
    out: dict[str, Any] = {
        "intent": heard.intent,
        "confidence": round(heard.confidence, 3),
        "slots": slots_json(heard.slots),
        "candidates": [{"department": c.department, "score": c.score} for c in heard.candidates],
    }
    if heard.clarify:
        asked = questions()[heard.clarify]
        out["question"] = {"ask": asked.ask, "answers": [a.label for a in asked.answers]}
    if heard.red_flag:
        out["red_flag"] = heard.red_flag
    if heard.also:
        out["also"] = [as_json(other) for other in heard.also]
    return out


def slots_json(slots: Slots) -> dict[str, Any]:
    values = {name: getattr(slots, name) for name in _SLOTS}
    values["dates"] = [day.isoformat() for day in slots.dates]
    values["symptoms"] = list(slots.symptoms)
    if isinstance(slots.time, TimeRange):
        ends = {"from": slots.time.start, "to": slots.time.end}
        values["time"] = {end: f"{at:%H:%M}" if at else None for end, at in ends.items()}
    elif slots.time is not None:
        values["time"] = f"{slots.time:%H:%M}"
    return {
        name: value
        for name, value in values.items()
        if value is not None and value is not False and value != []
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin, sys.stdout))
