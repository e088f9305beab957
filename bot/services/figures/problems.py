"""每周问题分析 (R32): what in the figures somebody has to look at, one plain sentence each."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.services.figures.reasons import KINDS, LEVELS, title_of
from bot.services.figures.table import percent

Json = Mapping[str, Any]
ENOUGH = 5
"""Answers below which a low score is chance."""
_CONTENT = 80
"""Percent of contented answers below which a question is a problem."""


def problems(figures: Json) -> Iterator[str]:
    """The dangers first."""
    for flag in figures["flags"]:
        if missed := flag["raised"] - flag["in_time"]:
            level = LEVELS.get(flag["level"], flag["level"])
            yield f"红旗（{level}）{missed} 条没有在时限内确认，共 {flag['raised']} 条"
    yield from _rates(figures)
    for step in figures["steps"]:
        missing = step["due"] - step["stopped"] - step["reached"]
        if missing:
            yield f"{step['plan_title']}·{step['step_title']}：{missing} 人到期没有联系上"
    if figures["lost"]:
        reason, count = next(iter(figures["lost"].items()))
        yield f"失访 {sum(figures['lost'].values())} 人，最多的原因：{title_of(reason)}（{count} 人）"
    for ticket in figures["tickets"]:
        if missed := ticket["late"] + ticket["overdue"]:
            kind = KINDS.get(ticket["kind"], ticket["kind"])
            yield f"{kind}（{ticket['category']}）{missed} 件没有按时答复，共 {ticket['opened']} 件"
    yield from _satisfaction(figures["satisfaction"])


def _rates(figures: Json) -> Iterator[str]:
    line = figures["line"]
    for part, name in (("rates", "本期"), ("rates_before", "上期")):
        for ward in figures[part]["wards"]:
            done, expected = ward["on_time"], ward["expected"]
            if 100 * done < line * expected:
                told = f"{percent(done, expected)}（{done}/{expected}）"
                yield f"{ward['key'][0]}{name}出院患者回访率 {told}，低于 {line}%"


def _satisfaction(figures: Json) -> Iterator[str]:
    if figures["gifts"]:
        yield f"{figures['gifts']} 人反映有工作人员收受或者暗示红包、礼物"
    for question in reversed(figures["questions"]):
        if question["n"] >= ENOUGH and 100 * question["content"] < _CONTENT * question["n"]:
            share = percent(question["content"], question["n"])
            yield f"满意度低：「{question['name']}」满意率 {share}（n＝{question['n']}）"
