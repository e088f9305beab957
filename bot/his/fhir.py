"""FHIR R4 bundles of discharges (Encounter, Patient, Condition, Procedure) as the table they would have been: the
same columns, so the same rules and the same errors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.clock import local
from bot.his.tables import MAX_BYTES, UnreadableFile
from bot.services.sheets import Sheet

HEAD = (
    "姓名", "身份证号", "住院号", "科室", "入院日期", "出院日期", "离院方式", "性别", "证件类型", "病历号", "病区",
    "经管医生", "入院诊断", "出院诊断", "手术", "手术日期", "死亡日期", "联系电话", "家庭地址",
)  # fmt: skip
_ALWAYS = 7
"""The first so many columns have to be there; another one that no stay fills is not told."""
_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC", "SS"})
_OVER = frozenset({"finished", "completed"})
_IGNORED = frozenset({"cancelled", "entered-in-error", "planned", "arrived", "triaged", "unknown"})
_WAYS = {
    "home": "医嘱离院", "alt-home": "医嘱离院", "other-hcf": "转院", "hosp": "转院", "long": "转社区", "snf": "转社区",
    "rehab": "转院", "psy": "转院", "aadvice": "非医嘱离院", "exp": "死亡", "oth": "其他",
}  # fmt: skip
"""encounter-discharge-disposition; a code of our own front page (1–5, 9) goes through as it is."""
_SEXES = {"male": "男", "female": "女"}
_KINDS = {"PPN": "护照", "NI": "身份证", "NNCHN": "身份证", "NNCN": "身份证"}
Resource = Mapping[str, Any]


def read_bundle(path: Path) -> Sheet:
    """A row for each stay in the wards; its number is the Encounter's place in the bundle."""
    if not path.is_file():
        raise UnreadableFile(f"找不到文件 {path}")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(f"文件 {path.name} 超过 {MAX_BYTES // 1024 // 1024} MB")
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnreadableFile(f"文件 {path.name} 不是合法的 JSON（UTF-8）") from None
    if not isinstance(raw, dict) or raw.get("resourceType") != "Bundle":
        raise UnreadableFile(f"文件 {path.name} 不是 FHIR Bundle")
    try:
        rows = tuple(_rows(raw))
    except (AttributeError, TypeError, KeyError, ValueError, IndexError):
        raise UnreadableFile(f"文件 {path.name} 不是合法的 FHIR R4 资源") from None
    if not rows:
        raise UnreadableFile(f"文件 {path.name} 里没有住院的 Encounter")
    told = [n for n in range(len(HEAD)) if n < _ALWAYS or any(cells[n] for _, cells in rows)]
    kept = tuple((number, tuple(cells[n] for n in told)) for number, cells in rows)
    return Sheet(tuple(HEAD[n] for n in told), kept)


class _Bundle:
    """Its resources, by every way of referring to them."""

    def __init__(self, raw: Resource) -> None:
        self.entries: list[Resource] = [entry.get("resource") or {} for entry in raw.get("entry") or ()]
        self._by: dict[str, Resource] = {}
        for entry, resource in zip(raw.get("entry") or (), self.entries, strict=True):
            self._by[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource
            self._by[str(entry.get("fullUrl"))] = resource

    def find(self, reference: Resource | None) -> Resource:
        told = str((reference or {}).get("reference") or "")
        return self._by.get(told) or self._by.get("/".join(told.split("/")[-2:])) or {}

    def of(self, kind: str, encounter: Resource) -> Iterator[Resource]:
        for resource in self.entries:
            if resource.get("resourceType") == kind and self.find(resource.get("encounter")) is encounter:
                yield resource


def _rows(raw: Resource) -> Iterator[tuple[int, tuple[str, ...]]]:
    bundle = _Bundle(raw)
    for number, resource in enumerate(bundle.entries, start=1):
        if resource.get("resourceType") != "Encounter" or resource.get("status") in _IGNORED:
            continue
        if (resource.get("class") or {}).get("code") in _INPATIENT:
            yield number, _row(bundle, resource)


def _row(bundle: _Bundle, encounter: Resource) -> tuple[str, ...]:
    patient = bundle.find(encounter.get("subject"))
    kind, number, record = _identifiers(patient)
    period = encounter.get("period") or {}
    over = encounter.get("status") in _OVER
    surgery, operated = _surgery(bundle, encounter)
    cells = {
        "姓名": _name(patient),
        "性别": _SEXES.get(str(patient.get("gender")), ""),
        "证件类型": kind,
        "身份证号": number,
        "住院号": str(_first(encounter.get("identifier")).get("value") or ""),
        "病历号": record,
        "科室": str((encounter.get("serviceProvider") or {}).get("display") or _text(encounter.get("serviceType"))),
        "病区": _ward(bundle, encounter),
        "经管医生": _doctor(encounter),
        "入院诊断": _diagnosis(bundle, encounter, ("AD",)),
        "出院诊断": _diagnosis(bundle, encounter, ("DD", "")),
        "手术": surgery,
        "手术日期": operated,
        "入院日期": _day(period.get("start")),
        "出院日期": _day(period.get("end")) if over else "",
        "离院方式": _way(encounter) if over else "在院",
        "死亡日期": _died(patient, period),
        "联系电话": _phone(patient),
        "家庭地址": _address(patient),
    }  # fmt: skip
    return tuple(cells[head] for head in HEAD)


def _identifiers(patient: Resource) -> tuple[str, str, str]:
    """证件类型, its number, 病历号.  Without a type, 18 characters are an identity number."""
    kind = number = record = ""
    for identifier in patient.get("identifier") or ():
        codes = _codes(identifier.get("type"))
        value = str(identifier.get("value") or "")
        known = next((_KINDS[code] for code in codes if code in _KINDS), "")
        if "MR" in codes:
            record = value
        elif known or (not number and len(value) == 18):
            kind, number = known, value
    return kind, number, record


def _name(patient: Resource) -> str:
    names = patient.get("name") or ()
    name: Resource = next((n for n in names if n.get("use") == "official"), _first(names))
    return str(name.get("text") or name.get("family", "") + "".join(name.get("given") or ()))


def _ward(bundle: _Bundle, encounter: Resource) -> str:
    places = encounter.get("location") or ()
    if not places:
        return ""
    place = places[-1].get("location") or {}  # the last is where they left from
    return str(place.get("display") or bundle.find(place).get("name") or "")


def _doctor(encounter: Resource) -> str:
    people = encounter.get("participant") or ()
    attending = [p for p in people if "ATND" in {code for t in p.get("type") or () for code in _codes(t)}]
    return str(
        next((p["individual"].get("display") for p in attending or people if p.get("individual")), "") or ""
    )


def _diagnosis(bundle: _Bundle, encounter: Resource, uses: Sequence[str]) -> str:
    found = [
        _text(bundle.find(each.get("condition")).get("code"))
        for each in encounter.get("diagnosis") or ()
        if (_codes(each.get("use")) or [""])[0] in uses
    ]
    if not encounter.get("diagnosis") and "DD" in uses:
        found = [_text(condition.get("code")) for condition in bundle.of("Condition", encounter)]
    return "；".join(filter(None, found))


def _surgery(bundle: _Bundle, encounter: Resource) -> tuple[str, str]:
    done = [p for p in bundle.of("Procedure", encounter) if p.get("status", "completed") == "completed"]
    days = [_day(p.get("performedDateTime") or (p.get("performedPeriod") or {}).get("start")) for p in done]
    return "；".join(_text(p.get("code")) or "手术" for p in done), max(days, default="")


def _way(encounter: Resource) -> str:
    disposition = (encounter.get("hospitalization") or {}).get("dischargeDisposition") or {}
    codes = _codes(disposition)
    known = next((_WAYS.get(code, code) for code in codes), "")
    return known or str(disposition.get("text") or "")


def _address(patient: Resource) -> str:
    address = _first(patient.get("address"))
    parts = [
        *(address.get(name) or "" for name in ("state", "city", "district")),
        *(address.get("line") or ()),
    ]
    return str(address.get("text") or "".join(parts))


def _phone(patient: Resource) -> str:
    numbers = (t["value"] for t in patient.get("telecom") or () if t.get("system") in ("phone", "sms"))
    return str(next(numbers, ""))


def _died(patient: Resource, period: Resource) -> str:
    """Without a date the end of the stay: what counts is that nobody writes to them (R30)."""
    if patient.get("deceasedBoolean"):
        return _day(period.get("end") or period.get("start"))
    return _day(patient.get("deceasedDateTime"))


def _first(several: Sequence[Resource] | None) -> Resource:
    return next(iter(several or ()), {})


def _codes(concept: Resource | None) -> list[str]:
    return [str(coding.get("code") or "") for coding in (concept or {}).get("coding") or ()]


def _text(concept: Resource | None) -> str:
    """高血压 I10: words and code, for both may choose a plan."""
    coding = _first((concept or {}).get("coding"))
    words = str((concept or {}).get("text") or coding.get("display") or "")
    return " ".join(filter(None, (words, str(coding.get("code") or ""))))


def _day(moment: str | None) -> str:
    """The hospital's calendar day of a FHIR dateTime."""
    if not moment or "T" not in moment:
        return moment or ""
    there = datetime.fromisoformat(moment)
    return (local(there) if there.tzinfo is not None else there).date().isoformat()
