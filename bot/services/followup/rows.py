"""A discharge as the office's table has it (R28, R29): its columns, and what a row may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.domain.discharge import WayOut, read_way
from bot.domain.identity import (
    BadIdentity,
    Identity,
    normalise_name,
    normalise_phone,
    read_identity,
    valid_name,
    valid_phone,
)
from bot.domain.views import Sex
from bot.services.sheets import Column, Columns, Line

COLUMNS: Columns = {
    "name": Column("姓名", ("患者姓名", "病人姓名"), required=True),
    "sex": Column("性别"),
    "id_number": Column("身份证号", ("身份证", "证件号", "证件号码", "身份证号码"), required=True),
    "id_kind": Column("证件类型", ("证件类别",)),
    "admission_no": Column("住院号", ("住院号码",), required=True),
    "record_no": Column("病历号", ("病案号",)),
    "department": Column("科室", ("出院科室", "科室名称"), required=True),
    "ward": Column("病区", ("出院病区", "病房")),
    "doctor": Column("经管医生", ("主管医师", "主管医生", "经治医师", "主治医生")),
    "admission_diagnosis": Column("入院诊断"),
    "diagnosis": Column("出院诊断", ("诊断", "主要诊断")),
    "surgery": Column("手术", ("手术名称",)),
    "surgery_on": Column("手术日期"),
    "admitted_on": Column("入院日期", ("入院时间",), required=True),
    "discharged_on": Column("出院日期", ("出院时间",), required=True),
    "way": Column("离院方式", ("出院方式",), required=True),
    "died_on": Column("死亡日期"),
    "phone": Column("联系电话", ("电话", "手机", "手机号")),
    "address": Column("家庭地址", ("地址", "住址", "详细地址", "现住址")),
}
_SEXES = {
    "男": Sex.MALE,
    "女": Sex.FEMALE,
    "male": Sex.MALE,
    "female": Sex.FEMALE,
    "1": Sex.MALE,
    "2": Sex.FEMALE,
}
_ID_KINDS = {
    "": "resident_id", "身份证": "resident_id", "居民身份证": "resident_id", "护照": "passport",
    "港澳通行证": "hk_macao_permit", "港澳居民来往内地通行证": "hk_macao_permit",
    "台胞证": "taiwan_permit", "台湾居民来往大陆通行证": "taiwan_permit",
    "外国人永久居留身份证": "foreign_permanent_id", "出生医学证明": "birth_certificate",
}  # fmt: skip
_WRONG = {
    "shape": "不是 18 位身份证号", "checksum": "校验位不对（GB 11643）", "region": "开头不是省份代码",
    "birth_date": "里面的出生日期不对",
}  # fmt: skip
_NONE = frozenset({"", "无", "否", "未手术", "-", "—", "/"})
_DAY_IN = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_HOUR = re.compile(r"(?<=[0-9日])[ T]+\d{1,2}[:：时]\d{2}.*$")
LANDLINE = re.compile(r"(?:0\d{2,3}-?)?\d{7,8}(?:-\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Row:
    """One good row."""

    line: Line
    identity: Identity
    values: Mapping[str, Any]
    extra: Mapping[str, str]
    told: frozenset[str]
    """Which of the values the file itself has: an absent column leaves what is there alone."""

    @property
    def admission_no(self) -> str:
        number: str = self.values["admission_no"]
        return number


def read_row(line: Line, extra: Mapping[str, str], today: date) -> Row | None:
    """None: it has errors."""
    line = replace(line, cells={key: _without_hour(key, cell) for key, cell in line.cells.items()})
    identity = _identity(line, today)
    name = normalise_name(line.text("name"))
    if name and not valid_name(name):
        line.fail("name", f"「{name}」不像姓名")
    department = line.text("department")
    values: dict[str, Any] = {
        "name": name,
        "admission_no": line.text("admission_no", longest=32),
        "record_no": line.text("record_no", longest=32),
        "department": department,
        "ward": line.text("ward") or department,
        "doctor": line.text("doctor"),
        "admission_diagnosis": line.text("admission_diagnosis", longest=500),
        "diagnosis": line.text("diagnosis", longest=500),
        "phone": _phones(line),
        "address": line.text("address", longest=200),
        **_stay(line, today),
    }
    born = None if identity is None else identity.birth_date
    if born is not None and values["admitted_on"] is not None and values["admitted_on"] < born:
        line.fail("admitted_on", "早于出生日期")
    if line.errors or identity is None:
        return None
    values |= {"sex": str(identity.sex or _SEXES.get(line.cells.get("sex", ""), Sex.UNKNOWN))}
    values |= {"id_kind": identity.kind, "id_number": identity.number, "birth_date": identity.birth_date}
    told = set(line.cells) | {"id_kind", "sex", "birth_date"}
    if told & {"surgery", "surgery_on"}:
        told |= {"surgery", "surgery_on"}
    if values["died_on"] is None:  # an empty cell brings nobody back (R30); another 离院方式 does
        told.discard("died_on")
    else:
        told.add("died_on")
    return Row(line, identity, values, extra, frozenset(told & values.keys()))


def _without_hour(column: str, cell: str) -> str:
    """2026-11-20 14:30: the register counts days."""
    return _HOUR.sub("", cell) if column.endswith("_on") else cell


def _identity(line: Line, today: date) -> Identity | None:
    number = line.text("id_number", longest=32)
    kind = _ID_KINDS.get(line.text("id_kind", longest=32))
    if kind is None:
        line.fail("id_kind", f"「{line.cells['id_kind']}」应为 {'、'.join(list(_ID_KINDS)[2:])}")
        return None
    if not number:
        return None
    found = read_identity(kind, number, today)
    if isinstance(found, BadIdentity):  # never the number itself: a report is passed around (R15)
        line.fail("id_number", _WRONG.get(found.reason, "号码不对") if kind == "resident_id" else "号码不对")
        return None
    told = line.cells.get("sex", "")
    if told and told not in _SEXES:
        line.fail("sex", f"「{told}」应为 男 或 女")
    elif told and found.sex is not None and found.sex is not _SEXES[told]:
        line.fail("sex", "与身份证号不一致")
    return found


def _stay(line: Line, today: date) -> dict[str, Any]:
    """The days in their order: in ≤ operated ≤ out ≤ today."""
    told = line.text("way", longest=32)
    way = read_way(told)
    if told and way is None:
        line.fail(
            "way",
            f"「{told}」应为 医嘱离院、转院、转社区、非医嘱离院、死亡、其他（或代码 1–5、9），没出院的写 在院",
        )
    admitted = line.day("admitted_on")
    discharged = None
    if way is not WayOut.IN_HOSPITAL:
        discharged = line.day("discharged_on")
    elif line.cells.get("discharged_on"):
        line.fail("discharged_on", "在院的不填出院日期")
    surgery, operated = _surgery(line)
    died = line.day("died_on") if line.cells.get("died_on") else None
    if way is WayOut.DIED:
        died = died or discharged
    last = discharged or today
    for column, day in (("admitted_on", admitted), ("discharged_on", discharged), ("died_on", died)):
        if day is not None and day > today:
            line.fail(column, "在今天以后")
    if admitted is not None and discharged is not None and admitted > discharged:
        line.fail("discharged_on", "早于入院日期")
    if admitted is not None and died is not None and died < admitted:
        line.fail("died_on", "早于入院日期")
    if operated is not None and operated > last:
        line.fail("surgery_on" if line.cells.get("surgery_on") else "surgery", "手术日期在出院以后")
    return {
        "admitted_on": admitted,
        "discharged_on": discharged,
        "way": way,
        "died_on": died,
        "surgery": surgery,
        "surgery_on": operated,
    }


def _surgery(line: Line) -> tuple[str, date | None]:
    """胆囊切除术, and its day from its own column or from beside the name: 2026-11-10 胆囊切除术."""
    told = line.text("surgery", longest=200)
    name = "" if told in _NONE else told
    if line.cells.get("surgery_on"):
        return name or "手术", line.day("surgery_on")
    found = _DAY_IN.search(name)
    if found is None:
        return name, None
    dated = Line(line.number, {"surgery": found[0]}, line.columns, line.errors)
    rest = (name[: found.start()] + name[found.end() :]).strip(" ，,()（）")
    return rest or "手术", dated.day("surgery")


def _phones(line: Line) -> str:
    """Mobile or landline, perhaps several; none at all is a fact too (R38 电话不详)."""
    told = line.text("phone", longest=64)
    numbers = [normalise_phone(part) if part else "" for part in re.split(r"[、，,;；/\s]+", told)]
    for number in filter(None, numbers):
        if not valid_phone(number) and not LANDLINE.fullmatch(number):
            line.fail("phone", "不像电话号码")
    return "、".join(filter(None, numbers))
