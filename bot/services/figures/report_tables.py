"""A report's figures as tables, each with its formula beside it (R21, R32)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.domain.clock import local
from bot.services.figures.periods import ReportKind
from bot.services.figures.problems import problems
from bot.services.figures.rate_tables import rate_table
from bot.services.figures.reasons import KINDS, LEVELS, title_of
from bot.services.figures.reports import Kept
from bot.services.figures.table import Column, Row, Share, Table, heads

Json = Mapping[str, Any]
TITLES = {
    ReportKind.WEEK: "随访周报（每周问题分析）",
    ReportKind.MONTH: "随访月报",
    ReportKind.YEAR: "随访年报",
}
_NAME, _N = Column("项目", 30), Column("数量", 8)


def title_of_report(report: Kept) -> str:
    return f"{TITLES[report.kind]}　{report.term}"


def tables(report: Kept, hospital: str) -> Iterator[Table]:
    """The problems first, then what they were counted from."""
    figures = report.figures
    made = f"统计期：{report.term}　生成：{local(report.made_at):%Y-%m-%d %H:%M}"
    yield Table(
        "问题", f"{hospital}{title_of_report(report)}", (Column("需要关注的问题", 110),),
        [(each,) for each in problems(figures)] or [("本期没有发现需要关注的问题",)], notes=(made,),
    )  # fmt: skip
    line = figures["line"], figures["target"]
    for part, name in (("rates", "本期"), ("rates_before", "上期")):
        block = figures[part]
        term = f"出院日期：{block['since']} 起，{block['until']} 前"
        yield rate_table(f"{name}回访率", block["total"] + block["wards"], ("病区",), *line, term)
        yield rate_table(f"{name}台账", block["ledger"], ("病区", "经管医生"), *line, term)
    if "months" in figures:
        yield rate_table("各月回访率", figures["months"], ("月份",), *line, "按出院月份")
    yield _steps(figures["steps"])
    yield from _losses(figures)
    yield from _satisfaction(figures["satisfaction"])
    yield from _dangers(figures)
    yield from _tickets(figures)
    yield _quality(figures)


def _steps(steps: Sequence[Json]) -> Table:
    columns = heads("计划 步骤 到期 终止 应访 尝试联系 联系上 完成 按时联系上 失访 拒绝 按时率", 12)
    rows = [
        (
            each["plan_title"], each["step_title"], each["due"], each["stopped"], each["due"] - each["stopped"],
            each["attempted"], each["reached"], each["completed"], each["on_time"], each["lost"],
            each["refused"], Share(each["on_time"], each["due"] - each["stopped"]),
        )
        for each in steps
    ]  # fmt: skip
    notes = (
        "统计期内应随访、最晚按时日已过的各步骤；终止＝联系上之前已故或再次入院；按时率＝按时联系上÷（到期−终止）",
    )
    return Table("随访步骤", "各计划各步骤完成情况", columns, rows, notes)


def _losses(figures: Json) -> Iterator[Table]:
    lost = [(title_of(reason), count) for reason, count in figures["lost"].items()]
    yield Table("失访原因", "失访原因", (_NAME, _N), lost, ("统计期内应随访而失访的步骤，按原因",))
    tries = [(title_of(outcome), count) for outcome, count in figures["tries"].items()]
    yield Table("联系结果", "每次联系的结果", (_NAME, _N), tries, ("统计期内每一次通话、回答，按结果",))


def _satisfaction(figures: Json) -> Iterator[Table]:
    formula = "满意率＝选「满意」「很满意」的答案数÷答案数；平均分按选项分值（1–5）；未回答的不计"
    gifts = f"廉洁：{figures['asked_about_gifts']} 人回答，{figures['gifts']} 人反映"
    answered = f"完成满意度问卷 {figures['responses']} 份；{gifts}"
    columns = (Column("维度", 30), Column("答案数", 8), Column("平均分", 8), Column("满意率", 10))
    yield Table("满意度", "满意度（按维度）", columns, _scored(figures["dimensions"]), (formula, answered))
    questions, wards = (Column("题目", 40), *columns[1:]), (Column("病区", 30), *columns[1:])
    yield Table(
        "满意度题目", "满意度（按题目，由高到低）", questions, _scored(figures["questions"]), (formula,)
    )
    yield Table("满意度病区", "满意度（按病区）", wards, _scored(figures["wards"]), (formula,))


def _scored(rows: Iterable[Json]) -> list[Row]:
    return [(row["name"], row["n"], row["mean"], Share(row["content"], row["n"])) for row in rows]


def _dangers(figures: Json) -> Iterator[Table]:
    columns = heads("级别 发生 已确认 时限内确认 及时率 确认用时中位数（分钟） 最长（分钟）", 12)
    rows = [
        (
            LEVELS.get(each["level"], each["level"]), each["raised"], each["acknowledged"], each["in_time"],
            Share(each["in_time"], each["raised"]), each["median"], each["slowest"],
        )
        for each in figures["flags"]
    ]  # fmt: skip
    notes = ("统计期内发生的红旗；及时率＝时限内确认÷发生",)
    yield Table("红旗", "红旗处理", columns, rows, notes)
    yield Table("红旗内容", "红旗内容", (_NAME, _N), list(figures["dangers"].items()))


def _tickets(figures: Json) -> Iterator[Table]:
    columns = heads("类型 类别 收到 按时答复 逾期答复 待答复 逾期未答复 按时率", 12)
    rows = [
        (
            KINDS.get(each["kind"], each["kind"]), each["category"], each["opened"], each["in_time"], each["late"],
            each["waiting"], each["overdue"], Share(each["in_time"], each["opened"] - each["waiting"]),
        )
        for each in figures["tickets"]
    ]  # fmt: skip
    notes = ("统计期内收到的；按时率＝按时答复÷（收到−未到期待答复）",)
    yield Table("意见投诉", "意见、投诉、表扬", columns, rows, notes)
    yield Table("涉及科室", "意见和投诉涉及的科室", (_NAME, _N), list(figures["departments"].items()))


def _quality(figures: Json) -> Table:
    reviews = figures["reviews"]
    n = reviews["reviewed"]
    rows: list[Row] = [
        ("抽查复核", f"{n} 例"),
        ("及时率", Share(reviews["timely"], n)),
        ("准确率", Share(reviews["accurate"], n)),
    ]
    samples = figures.get("samples", {"wards": {}})
    for ward, ids in samples["wards"].items():
        rows.append((f"本期抽样：{ward}", "、".join(f"#{each}" for each in ids)))
    notes = ["及时率、准确率＝判为及时、准确的÷复核数"]
    if samples["wards"]:
        notes.append(f"抽样种子 {samples['seed']}，每病区 {samples['n']} 例；同一种子再抽，结果相同")
    return Table("质控", "质控与抽样", (Column("项目", 30), Column("结果", 60)), rows, tuple(notes))
