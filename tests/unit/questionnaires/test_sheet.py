"""A questionnaire written as a table: what comes of it, and every mistake with its row."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire as FhirQuestionnaire

from bot.questionnaires import advice, fhir
from bot.questionnaires.lint import lint
from bot.questionnaires.model import Coded, Type, Value
from bot.questionnaires.score import flags, scores
from bot.questionnaires.sheet import Imported, read

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "questionnaire.csv"
TEXTS = advice.load()


def rows() -> list[list[str]]:
    with EXAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def told(table: list[list[str]]) -> Imported:
    head, *rest = table
    return read(head, [(line, row) for line, row in enumerate(rest, start=2)], TEXTS)


def test_the_example_of_the_manual_becomes_a_clean_questionnaire() -> None:
    imported = told(rows())
    assert imported.errors == ()
    assert imported.unknown == ()
    assert imported.raw is not None
    assert lint(imported.raw, TEXTS) == ()
    FhirQuestionnaire.model_validate(imported.raw)


def test_what_was_written_is_what_is_asked() -> None:
    raw = told(rows()).raw
    assert raw is not None
    form = fhir.read(raw)
    assert (form.title, form.version, form.name) == ("膝关节置换术后一月", "1.0", "KneeMonth")
    walk, wound, degrees, seen = (form.item(each) for each in ("walk", "wound", "degrees", "seen"))
    assert walk is not None
    assert [(o.code, o.display, str(o.score)) for o in walk.options] == [
        ("well", "自己走", "0"),
        ("stick", "拄拐走", "1"),
        ("no", "走不了", "3"),
    ]
    assert walk.options[2].words == ("不能走", "没下床")
    assert wound is not None
    assert wound.repeats
    assert [option.exclusive for option in wound.options] == [False, False, True]
    assert degrees is not None
    assert (degrees.type, degrees.unit) == (Type.DECIMAL, "度")
    assert (degrees.low, degrees.high) == (Decimal(34), Decimal(43))
    assert form.parents["degrees"] == ("fever",)
    assert seen is not None
    assert not seen.every
    assert not seen.required
    said: dict[str, tuple[Value, ...]] = {
        "walk": (Coded("no"),),
        "bend": (Coded("o1"),),
        "wound": (Coded("o2"),),
        "fever": (True,),
        "degrees": (Decimal(39),),
    }
    assert [(score.sum, score.label) for score in scores(form, said)] == [(Decimal(3), "需要关注")]
    assert {(rule.name, rule.level, rule.minutes, rule.title) for rule in flags(form, said)} == {
        ("walk-1", "soon", 240, "术后一月走不了"), ("wound-1", "urgent", 60, "切口流脓"), ("degrees-1", "urgent", 60, "高烧 39 度以上"),
    }  # fmt: skip


def place(link_id: str, column: str) -> tuple[int, int]:
    head, *rest = rows()
    return next(n for n, row in enumerate(rest, start=1) if row[0] == link_id), head.index(column)


@pytest.mark.parametrize(
    ("link_id", "column", "cell", "where", "reason"),
    [
        ("walk", "题型", "选择", "题型", "没有题型「选择」"),
        ("walk", "编号", "", "编号", "不能为空"),
        ("bend", "编号", "walk", "编号", "用过了"),
        ("walk", "题目", "", "题目", "不能为空"),
        ("walk", "选项", "自己走", "选项", "分数有 3 个"),
        ("walk", "分数", "0 | 1", "选项", "分数有 2 个，选项有 3 个"),
        ("walk", "分数", "0 | 1 | 三", "选项", "不是数"),
        ("walk", "说法", "飞：飞着走", "选项", "没有选项「飞」"),
        ("walk", "必答", "也许", "必答", "是 或 否"),
        ("degrees", "最小", "三十四", "最小", "不是数"),
        ("degrees", "最小", "50", "题目", "最小值比最大值大"),
        ("degrees", "显示条件", "发烧=是", "显示条件", "前面没有编号是「发烧」"),
        ("degrees", "显示条件", "fever=有时", "显示条件", "是 或 否"),
        ("degrees", "显示条件", "发过烧", "显示条件", "看不懂"),
        ("seen", "显示条件", "wound=流脓 或 fever=是 且 degrees>=38", "显示条件", "不能一起用"),
        ("seen", "显示条件", "wound=裂开", "显示条件", "没有选项「裂开」"),
        ("walk", "显示条件", "fever=是", "显示条件", "前面没有"),
        ("walk", "红旗", "走不了就打电话", "红旗", "看不懂"),
        ("walk", "红旗", "=飞 紧急 60 come_today", "红旗", "没有选项「飞」"),
        ("degrees", "红旗", ">=39 紧急 60 nobody", "红旗", "没有审定的话"),
        ("degrees", "红旗", ">=44 紧急 60 come_today", "红旗", "不会成立"),
        ("degrees", "所属", "group", "所属", "前面没有编号是「group」"),
        ("fever", "选项", "有|没有", "选项", "没有选项"),
        ("分段", "题目", "轻", "编号", "看不懂"),
        ("分段", "编号", "颜色", "编号", "没有设置「颜色」"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_row_and_column(
    link_id: str, column: str, cell: str, where: str, reason: str
) -> None:
    table = rows()
    line, at = place(link_id, column)
    table[line][at] = cell
    imported = told(table)
    assert imported.raw is None
    assert any(e.line == line + 1 and e.column == where and reason in e.reason for e in imported.errors), (
        imported.errors
    )


def test_every_mistake_is_told_at_once() -> None:
    table = rows()
    for link_id, column in (("walk", "必答"), ("degrees", "最大"), ("wound", "红旗")):
        line, at = place(link_id, column)
        table[line][at] = "？？"
    assert [error.column for error in told(table).errors] == ["必答", "红旗", "最大"]


def test_the_whole_is_checked_too() -> None:
    table = [row for row in rows() if row[0] != "版权"]
    assert [(error.line, error.column) for error in told(table).errors] == [(1, "设置 版权")]


def test_heads_are_known_by_other_names_and_strange_ones_reported() -> None:
    table = rows()
    table[0][table[0].index("题目")] = "问题（给患者看）"
    table[0].append("备注")
    imported = told(table)
    assert imported.errors == ()
    assert imported.unknown == ("备注",)
    assert told([["编号", "题型", "题型"]]).errors[0].reason == "这一列出现了两次"
    assert [error.column for error in told([["编号"]]).errors] == ["题型", "题目"]
