"""FHIR bundles become the table they would have been."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.his.fhir import read_bundle
from bot.his.tables import UnreadableFile

Json = dict[str, Any]


def concept(text: str = "", code: str = "") -> Json:
    return {"text": text, "coding": [{"code": code}] if code else []}


def bundle(**encounter: Any) -> Json:
    patient = {
        "resourceType": "Patient", "id": "p1", "gender": "male",
        "name": [{"use": "official", "family": "王", "given": ["小明"]}],
        "identifier": [
            {"type": concept(code="MR"), "value": "B77"},
            {"system": "http://example.org/id", "value": "110101199003071006"},
        ],
        "telecom": [{"system": "email", "value": "a@b"}, {"system": "phone", "value": "13800000001"}],
        "address": [{"city": "示例市", "line": ["幸福路1号"]}],
    }  # fmt: skip
    stay: Json = {
        "resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "IMP"},
        "identifier": [{"value": "Z1001"}], "subject": {"reference": "urn:uuid:p1"},
        "serviceProvider": {"display": "心血管内科"}, "location": [{"location": {"display": "心内一病区"}}],
        "participant": [
            {"type": [concept(code="PPRF")], "individual": {"display": "李四"}},
            {"type": [concept(code="ATND")], "individual": {"display": "王建国"}},
        ],
        "period": {"start": "2026-11-10T01:00:00Z", "end": "2026-11-19T17:00:00Z"},
        "diagnosis": [
            {"condition": {"reference": "Condition/c1"}, "use": concept(code="AD")},
            {"condition": {"reference": "Condition/c2"}, "use": concept(code="DD")},
        ],
        "hospitalization": {"dischargeDisposition": concept(code="home")},
    }  # fmt: skip
    resources = [
        ("urn:uuid:p1", patient),
        ("urn:uuid:e1", stay | encounter),
        ("urn:uuid:c1", {"resourceType": "Condition", "id": "c1", "code": concept("胸闷")}),
        ("urn:uuid:c2", {"resourceType": "Condition", "id": "c2", "code": concept("高血压病", "I10.x00")}),
        ("urn:uuid:o1", {
            "resourceType": "Procedure", "id": "o1", "status": "completed", "code": concept("支架植入术"),
            "encounter": {"reference": "Encounter/e1"}, "performedDateTime": "2026-11-12",
        }),
    ]  # fmt: skip
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": u, "resource": r} for u, r in resources],
    }


def rows(path: Path, raw: object) -> list[tuple[int, dict[str, str]]]:
    file = path / "discharges.json"
    file.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    sheet = read_bundle(file)
    return [(number, dict(zip(sheet.head, cells, strict=True))) for number, cells in sheet.rows]


def test_a_stay_is_a_row(tmp_path: Path) -> None:
    assert rows(tmp_path, bundle()) == [
        (2, {
            "姓名": "王小明", "身份证号": "110101199003071006", "住院号": "Z1001", "科室": "心血管内科",
            "入院日期": "2026-11-10", "出院日期": "2026-11-20", "离院方式": "医嘱离院", "性别": "男", "病历号": "B77",
            "病区": "心内一病区", "经管医生": "王建国", "入院诊断": "胸闷", "出院诊断": "高血压病 I10.x00",
            "手术": "支架植入术", "手术日期": "2026-11-12", "联系电话": "13800000001", "家庭地址": "示例市幸福路1号",
        })
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("disposition", "way"),
    [
        (concept(code="exp"), "死亡"),
        (concept(code="other-hcf"), "转院"),
        (concept(code="5"), "5"),
        (concept("自动出院"), "自动出院"),
    ],
)
def test_ways_out(tmp_path: Path, disposition: Json, way: str) -> None:
    ((_, row),) = rows(tmp_path, bundle(hospitalization={"dischargeDisposition": disposition}))
    assert row["离院方式"] == way


def test_who_is_in_the_ward_has_no_day_of_discharge(tmp_path: Path) -> None:
    ((_, row),) = rows(tmp_path, bundle(status="in-progress", period={"start": "2026-11-10"}))
    assert (row["离院方式"], row["出院日期"]) == ("在院", "")


def test_a_death_after_the_stay_is_told(tmp_path: Path) -> None:
    raw = bundle()
    raw["entry"][0]["resource"]["deceasedDateTime"] = "2026-11-22T03:00:00+08:00"
    assert rows(tmp_path, raw)[0][1]["死亡日期"] == "2026-11-22"
    raw["entry"][0]["resource"] |= {"deceasedDateTime": None, "deceasedBoolean": True}
    assert rows(tmp_path, raw)[0][1]["死亡日期"] == "2026-11-20"


@pytest.mark.parametrize("raw", [[], {}, {"resourceType": "Patient"}, {"resourceType": "Bundle"}, bundle(**{"class": {"code": "AMB"}}),
                                 {"resourceType": "Bundle", "entry": ["x"]}, bundle(period="x"), bundle(diagnosis=7),
                                 bundle(period={"start": "2026-13-45T99:00"})])  # fmt: skip
def test_what_is_no_bundle_of_stays_is_refused(tmp_path: Path, raw: object) -> None:
    with pytest.raises(UnreadableFile):
        rows(tmp_path, raw)


def test_no_json_at_all(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"\xff\xfe{")
    with pytest.raises(UnreadableFile, match="JSON"):
        read_bundle(file)
