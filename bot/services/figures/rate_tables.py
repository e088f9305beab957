"""回访率 as a table: the numbers, the formula, and whether the line is reached (R31)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.services.figures.table import Cell, Column, Row, Share, Table

NUMBERS = {
    "discharged": "出院", "died": "院内死亡", "pending": "未到期", "expected": "应访", "attempted": "尝试联系",
    "reached": "联系上", "completed": "完成", "on_time": "按时联系上", "late": "逾期联系上", "stopped": "其中终止",
    "unplanned": "其中无计划",
}  # fmt: skip
FORMULA = (
    "回访率＝按时联系上÷应访；应访＝出院−院内死亡−未到期（首次随访最晚按时日未过）；发出消息不算联系上",
    "终止＝未联系上而出院后已故或再次入院，无计划＝没有排随访，二者仍计入应访",
)


def rate_table(
    name: str, rates: Iterable[Mapping[str, Any]], keys: Sequence[str], line: int, target: int, about: str
) -> Table:
    """``rates``: the fields of `bot.services.figures.rates.Rate`."""
    columns = (*(Column(key, 16) for key in keys), *(Column(head, 9) for head in NUMBERS.values()))
    rows = [_row(rate, len(keys), line, target) for rate in rates]
    notes = (about, *FORMULA, f"目标 {target}%，线 {line}%")
    return Table(name, name, (*columns, Column("回访率", 9), Column("评定", 10)), rows, notes)


def _row(rate: Mapping[str, Any], keys: int, line: int, target: int) -> Row:
    told = dict(rate) | {"late": rate["reached"] - rate["on_time"]}
    whose: tuple[Cell, ...] = tuple(key or "未注明" for key in rate["key"]) or ("合计",)
    blank: tuple[Cell, ...] = ("",) * (keys - len(whose))
    numbers: tuple[Cell, ...] = tuple(told[name] for name in NUMBERS)
    done, expected = rate["on_time"], rate["expected"]
    return (*whose, *blank, *numbers, Share(done, expected), verdict(done, expected, line, target))


def verdict(done: int, expected: int, line: int, target: int) -> str:
    """Without rounding: 79.96 % is below a line of 80 %."""
    if not expected:
        return ""
    if 100 * done < line * expected:
        return f"低于{line}%"
    return "达标" if 100 * done >= target * expected else "未达目标"
