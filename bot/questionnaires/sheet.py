"""A questionnaire written as a table, one row a question → FHIR JSON; every mistake with its row and column."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.questionnaires import sheet_cells as cells
from bot.questionnaires.lint import lint
from bot.questionnaires.sheet_cells import BadCell, Json
from bot.questionnaires.values import HL7, OWN

HEADS: Mapping[str, tuple[str, ...]] = {
    "编号": ("题号", "linkId"), "题型": ("类型",), "题目": ("问题", "内容"), "选项": (), "说法": ("同义词",),
    "必答": (), "多选": (), "最小": ("最小值",), "最大": ("最大值",), "单位": (), "显示条件": ("条件",),
    "分数": ("分值",), "红旗": ("警示",), "维度": (), "最长": ("字数",), "所属": ("上级",),
}  # fmt: skip
"""The heads, and other ways of writing them."""
NEEDED = ("编号", "题型", "题目")
SETTING = "设置"
"""题型 of the rows that tell of the whole: 编号 says what, 题目 has it."""
SETTINGS = {
    "标题": "title",
    "网址": "url",
    "版本": "version",
    "英文名": "name",
    "目的": "purpose",
    "版权": "copyright",
}
BANDS = "分段"


@dataclass(frozen=True, slots=True)
class RowError:
    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """``raw`` is None where there are errors; ``unknown``: heads that nobody knows, left out."""

    raw: Json | None
    errors: tuple[RowError, ...]
    unknown: tuple[str, ...] = ()


@dataclass
class _Sheet:
    """What has been read so far."""

    told: Json
    extensions: list[Json] = field(default_factory=list)
    bands: list[Json] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)
    items: list[Json] = field(default_factory=list)
    by_id: dict[str, Json] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


def read(
    head: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], advice: Collection[str] | None = None
) -> Imported:
    """``rows`` carry the line number that the office sees; ``advice``: the keys of the approved texts."""
    places, errors, unknown = _places(head)
    sheet = _Sheet({"resourceType": "Questionnaire", "status": "active", "language": "zh-CN"}, errors=errors)
    for line, row in () if errors else rows:
        _row(sheet, line, {name: row[at].strip() if at < len(row) else "" for name, at in places.items()})
    raw = _whole(sheet)
    if not sheet.errors:
        sheet.errors += [
            RowError(*_place_of(sheet, finding.where), finding.what)
            for finding in lint(raw, advice)
            if finding.blocks
        ]
    return Imported(None if sheet.errors else raw, tuple(sheet.errors), unknown)


def _places(head: Sequence[str]) -> tuple[dict[str, int], list[RowError], tuple[str, ...]]:
    names = {_plain(name): key for key, others in HEADS.items() for name in (key, *others)}
    places: dict[str, int] = {}
    errors, unknown = [], []
    for at, name in enumerate(head):
        key = names.get(_plain(name))
        if key is None:
            unknown += [name] if name else []
        elif key in places:
            errors.append(RowError(1, name, "这一列出现了两次"))
        else:
            places[key] = at
    errors += [RowError(1, name, "缺少这一列") for name in NEEDED if name not in places]
    return places, errors, tuple(unknown)


def _plain(head: str) -> str:
    return re.sub(r"\(.*?\)|[\s*]", "", unicodedata.normalize("NFKC", head)).lower()


def _row(sheet: _Sheet, line: int, row: Mapping[str, str]) -> None:
    column = "题型"
    try:
        if row["题型"] == SETTING:
            column = "编号"
            _setting(sheet, row["编号"], row["题目"])
            return
        if row["题型"] not in cells.TYPES:
            raise BadCell(f"没有题型「{row['题型']}」；有：{'、'.join((SETTING, *cells.TYPES))}")
    except BadCell as error:
        sheet.errors.append(RowError(line, column, str(error)))
        return
    _Row(sheet, line, row).read()


def _setting(sheet: _Sheet, name: str, value: str) -> None:
    if name == BANDS:
        sheet.bands = cells.bands(value)
    elif name in SETTINGS:
        sheet.told[SETTINGS[name]] = value
    else:
        raise BadCell(f"没有设置「{name}」；有：{'、'.join((*SETTINGS, BANDS))}")


@dataclass
class _Row:
    """One question; a cell that cannot be read gives an error, and the next is read."""

    sheet: _Sheet
    line: int
    cells: Mapping[str, str]

    def read(self) -> None:
        kind, several = cells.TYPES[self.cells["题型"]]
        link_id = self.cells["编号"]
        item: Json = {"linkId": link_id, "type": kind, "text": self.cells["题目"]}
        if not link_id or link_id in self.sheet.by_id:
            self.fail("编号", f"编号「{link_id}」用过了" if link_id else "不能为空")
        if not item["text"]:
            self.fail("题目", "不能为空")
        if self.flag("必答"):
            item["required"] = True
        if self.flag("多选") or several:
            item["repeats"] = True
        self.scored(item)
        self.bounds(item)
        self.condition(item)
        self.put(item)
        self.red(item)

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def fail(self, column: str, reason: str) -> None:
        self.sheet.errors.append(RowError(self.line, column, reason))

    def flag(self, column: str) -> bool:
        try:
            return cells.truth(self.get(column).lower())
        except BadCell as error:
            self.fail(column, str(error))
            return False

    def scored(self, item: Json) -> None:
        """Options count what is written for them; a number or a yes counts itself (分数: 是)."""
        choice = item["type"] in ("choice", "open-choice")
        try:
            if choice:
                item["answerOption"] = cells.options(self.get("选项"), self.get("说法"), self.get("分数"))
            elif self.get("分数"):
                cells.truth(self.get("分数"))
        except BadCell as error:
            self.fail("选项" if choice else "分数", str(error))
        if self.get("选项") and not choice:
            self.fail("选项", "这种题没有选项")
        if self.get("分数") not in ("", "否"):
            self.sheet.scored.append(item["linkId"])

    def bounds(self, item: Json) -> None:
        made: list[Json] = []
        for column, name in (("最小", "minValue"), ("最大", "maxValue")):
            try:
                if said := self.get(column):
                    made.append({"url": HL7 + name, **_bound(item["type"], said)})
            except BadCell as error:
                self.fail(column, str(error))
        if unit := self.get("单位"):
            made.append({"url": f"{HL7}questionnaire-unit", "valueCoding": {"code": unit, "display": unit}})
        if dimension := self.get("维度"):
            made.append({"url": f"{OWN}dimension", "valueString": dimension})
        if made:
            item["extension"] = made
        if longest := self.get("最长"):
            try:
                item["maxLength"] = int(cells.number(longest))
            except BadCell as error:
                self.fail("最长", str(error))

    def condition(self, item: Json) -> None:
        if not self.get("显示条件"):
            return
        try:
            item["enableWhen"], behaviour = cells.when(self.get("显示条件"), self.sheet.by_id)
        except BadCell as error:
            self.fail("显示条件", str(error))
            return
        if len(item["enableWhen"]) > 1:
            item["enableBehavior"] = behaviour

    def put(self, item: Json) -> None:
        above = self.get("所属")
        if above and above not in self.sheet.by_id:
            self.fail("所属", f"前面没有编号是「{above}」的组或题")
        siblings = (
            self.sheet.by_id[above].setdefault("item", []) if above in self.sheet.by_id else self.sheet.items
        )
        siblings.append(item)
        self.sheet.by_id.setdefault(item["linkId"], item)
        self.sheet.lines.setdefault(item["linkId"], self.line)

    def red(self, item: Json) -> None:
        try:
            self.sheet.extensions += cells.flags(self.get("红旗"), item, self.sheet.by_id)
        except BadCell as error:
            self.fail("红旗", str(error))


def _bound(kind: str, said: str) -> Json:
    if kind == "date":
        return {"valueDate": said}
    value = cells.plain_number(cells.number(said))
    return {"valueInteger" if isinstance(value, int) else "valueDecimal": value}


def _whole(sheet: _Sheet) -> Json:
    extensions: list[Json] = []
    if sheet.scored:
        told: list[Json] = [
            {"url": "name", "valueString": "total"}, {"url": "title", "valueString": "总分"},
            {"url": "items", "valueString": " ".join(sheet.scored)},
        ]  # fmt: skip
        extensions.append({"url": f"{OWN}scale", "extension": [*told, *sheet.bands]})
    extensions += sheet.extensions
    whole: dict[str, Any] = {**sheet.told, "item": sheet.items}
    return {**whole, "extension": extensions} if extensions else whole


def _place_of(sheet: _Sheet, where: str) -> tuple[int, str]:
    """Row and column of a finding: a question's row, a flag's, or the settings."""
    if where in sheet.lines:
        return sheet.lines[where], "题目"
    owner = where.rpartition("-")[0]
    if owner in sheet.lines:
        return sheet.lines[owner], "红旗"
    setting = next((name for name, key in SETTINGS.items() if key == where), "")
    return 1, f"设置 {setting}" if setting else ("分数" if where == "total" else where)
