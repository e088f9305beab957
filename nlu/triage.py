"""The one question that tells departments apart (data/triage.yaml).  It points to where to go, never to an illness."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from nlu.data import load_yaml
from nlu.entities.medical import TOP
from nlu.understood import Candidate


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, how else it is said, and where it points; nowhere: the candidates stay."""

    label: str
    words: tuple[str, ...]
    to: tuple[str, ...]
    always: tuple[str, ...] = ()
    """Goes first whatever else is complained of later (怀孕了 → 产科)."""

    def said_in(self, text: str, shortest: int) -> int:
        """Length of the longest of its words that occurs."""
        return max((len(w) for w in (self.label, *self.words) if len(w) >= shortest and w in text), default=0)


@dataclass(frozen=True, slots=True)
class Question:
    """Asked for any of the complaints ``about``, where one of the words ``only_if`` is said (none: always)."""

    id: str
    about: frozenset[str]
    only_if: tuple[str, ...]
    ask: str
    answers: tuple[Answer, ...]
    lasting: bool = False
    """About the person, not the complaint: the answer holds for what is complained of next."""

    def answered(self, text: str, *, asked: bool = True) -> Answer | None:
        """The answer a text gives; the longest words decide (没有怀孕 before 怀孕).

        Words of one character (有, 转) answer only what was ``asked``.
        """
        shortest = 1 if asked else 2
        best = max(self.answers, key=lambda a: a.said_in(text, shortest))
        return best if best.said_in(text, shortest) else None

    def remembered(self, label: str, departments: Sequence[str], known: frozenset[str]) -> list[str]:
        """What an earlier answer of that label makes of other complaints' departments."""
        answer = next((a for a in self.answers if a.label == label), None)
        if answer is None or not self.lasting:
            return list(departments)
        others = {d for a in self.answers if a is not answer for d in a.to} - set(answer.to)
        dropped = answer.always or others
        left = [d for d in departments if d not in dropped]
        return [d for d in (*answer.always, *left) if d in known] or list(departments)

    def narrowed(self, answer: Answer, departments: Sequence[str], known: frozenset[str]) -> list[str]:
        """The departments after an answer; only such as this hospital has."""
        others = {d for a in self.answers if a is not answer for d in a.to} - set(answer.to)
        wanted = answer.to or [d for d in departments if d not in others]
        return [d for d in wanted if d in known] or list(departments)


@cache
def questions() -> dict[str, Question]:
    """By id, in the order they are tried."""
    return {
        item["id"]: Question(
            item["id"],
            frozenset(item["about"]),
            tuple(item.get("only_if", ())),
            item["ask"],
            tuple(
                Answer(
                    a["label"], tuple(a.get("words", ())), tuple(a.get("to", ())), tuple(a.get("always", ()))
                )
                for a in item["answers"]
            ),
            bool(item.get("lasting")),
        )
        for item in load_yaml("triage.yaml")
    }


def clarify(
    text: str,
    complaints: Iterable[str],
    who: Iterable[str],
    found: Sequence[Candidate],
    known: frozenset[str],
) -> tuple[str | None, tuple[Candidate, ...]]:
    """(id of the question still worth asking, candidates): what the message answers already is not asked."""
    said, candidates = set(complaints), tuple(found)
    if any(who):  # 儿科 and 产科 come first already
        return None, candidates
    for question in questions().values():
        if not question.about & said:
            continue
        if question.only_if and not any(word in text for word in question.only_if):
            continue
        answer = question.answered(_beside(text, question.about & said), asked=False)
        if answer is None:
            return (question.id if _separates(question, candidates, known) else None), candidates
        candidates = _reordered(question, answer, candidates, known)
    return None, candidates


def _beside(text: str, complaints: Iterable[str]) -> str:
    """What is said besides the complaint itself: 头晕 does not answer whether it is 昏."""
    for word in complaints:
        text = text.replace(word, " ")
    return text


def _separates(question: Question, candidates: Sequence[Candidate], known: frozenset[str]) -> bool:
    """Whether two answers lead to different departments."""
    names = [c.department for c in candidates]
    return len({question.narrowed(a, names, known)[0] for a in question.answers if names}) > 1


def _reordered(
    question: Question, answer: Answer, candidates: Sequence[Candidate], known: frozenset[str]
) -> tuple[Candidate, ...]:
    """What the answer points to comes first; the others stay behind it, for it was not asked."""
    scores = {c.department: c.score for c in candidates}
    best = max(scores.values(), default=0.5)
    first = question.narrowed(answer, list(scores), known)
    ahead = [Candidate(d, best if i == 0 else scores.get(d, round(best / 2, 3))) for i, d in enumerate(first)]
    return (*ahead, *(c for c in candidates if c.department not in first))[:TOP]
