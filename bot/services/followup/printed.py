"""The phone script on paper, or in a terminal."""

from collections.abc import Iterator, Sequence

from bot.domain.contacts import WHOSE
from bot.questionnaires.preview import LEVELS
from bot.services.followup.script import Danger, Question, Script


def printed(script: Script) -> str:
    """Plain text, a line for each thing to say or ask."""
    return "\n".join(_lines(script)) + "\n"


def _lines(script: Script) -> Iterator[str]:
    yield f"随访 {script.followup_id}　{script.masked_name}　{script.survey.form.title}"
    for place, number in enumerate(script.numbers, start=1):
        yield f"电话 {place}　{WHOSE[number.whose]}　{number.masked}{'（打不通）' if number.dead else ''}"
    yield ""
    yield "【开场】"
    yield from script.greeting
    yield ""
    yield "【问卷】"
    for question in script.questions:
        yield from _question(question)
    yield script.remark
    if script.dangers:
        yield ""
        yield "【红旗】"
        yield script.danger
        yield from _dangers(script.dangers)
    yield ""
    yield "【结束】"
    yield from script.closing


def _dangers(dangers: Sequence[Danger]) -> Iterator[str]:
    """Those that are answered alike in one line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in dangers:
        alike.setdefault((each.level, each.advice), []).append(each.title)
    for (level, advice), titles in alike.items():
        yield f"· {LEVELS[level]}　{'、'.join(titles)}　→ {advice}"


def _question(question: Question) -> Iterator[str]:
    hint = f"（{question.hint}）" if question.hint else ""
    if not question.number:
        yield f"{question.text}{hint}"
        return
    yield f"{question.number}. {question.text}{hint}"
    if question.options:
        yield "   " + "　".join(f"□ {option}" for option in question.options)
    if question.answer:
        yield f"   已答：{question.answer}"
