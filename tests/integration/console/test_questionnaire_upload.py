"""问卷 out of a file: checked, kept as a draft, looked at, published, retired; a published version never changes."""

import csv
import json
import re
import zipfile
from importlib.resources import files
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from bot.domain.roles import Role
from bot.services.hospital import Hospital
from tests.integration.console.stand import Stand, Visitor
from tests.integration.console.test_cost import counted

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "questionnaire.csv"


def form(version: str = "2.0.0", **more: Any) -> dict[str, Any]:
    """A shipped one as the hospital has changed it."""
    raw = json.loads(
        files("bot.questionnaires").joinpath("forms", "discharge-week.json").read_text(encoding="utf-8")
    )
    return dict(raw) | {"version": version} | more


def upload(
    visitor: Visitor, raw: Any, name: str = "a.json", where: str = "/questionnaires/upload", **more: str
) -> Any:
    data = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return visitor.post(where, file=(BytesIO(data), name), **more)


def version(page: str) -> str:
    return str(re.findall(r'name="version" value="(\d+)"', page)[-1])


@pytest.fixture
def office(stand: Stand) -> Visitor:
    return stand.signed_in(Role.OFFICE)


def drafted(office: Visitor, raw: Any, name: str = "a.json") -> str:
    sent = upload(office, raw, name)
    assert sent.status_code == 303, re.findall(r"<li>(.*?)</li>", sent.text)
    return str(sent.headers["Location"]).removeprefix("/console")


def published(office: Visitor, raw: Any) -> None:
    where = drafted(office, raw)
    assert office.post(f"{where}/publish", version=version(office.get(where).text)).status_code == 303


def test_from_a_file_to_the_patients(both: Stand) -> None:
    office = both.signed_in(Role.OFFICE)
    other = Hospital(
        both.db, clock=both.clock, rng=both.console.hospital.rng, settings=both.settings, recheck=0
    )  # another process
    before = other.forms.newest("discharge-week")
    assert before is not None
    where = drafted(office, form(title="出院一周（本院）"))
    page = office.get(where).text
    assert "出院一周（本院）" in page
    assert "公众号里怎么问" in page
    assert other.forms.newest("discharge-week") == before, "a draft is asked by nobody"
    assert office.post(f"{where}/publish", version=version(page)).status_code == 303
    assert office.post(f"{where}/publish", version=version(page)).status_code == 303, "the same button twice"
    newest = other.forms.newest("discharge-week")
    assert newest is not None
    assert newest.version == "2.0.0"
    assert other.forms.get(before.canonical) == before, "who has begun goes on by theirs"
    changed = upload(office, form(title="偷偷改"))
    assert changed.status_code == 422
    assert "已经发布过" in changed.text
    page = office.get("/questionnaires/discharge-week/2.0.0").text
    assert (
        office.post("/questionnaires/discharge-week/2.0.0/retire", version=version(page)).status_code == 303
    )
    again = other.forms.newest("discharge-week")
    assert again == before
    kept = other.forms.get(newest.canonical)
    assert kept is not None, "an answer given once can always be read"
    assert kept.status == "retired"
    office.get("/questionnaires/discharge-week/2.0.0")
    assert office.post("/questionnaires/discharge-week/2.0.0/reinstate").status_code == 303
    assert other.forms.newest("discharge-week") == newest


def test_a_table_of_the_office(stand: Stand, office: Visitor) -> None:
    book, text = Workbook(), EXAMPLE.read_text(encoding="utf-8-sig")
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(StringIO(text)):
        sheet.append(row)
    made = BytesIO()
    book.save(made)
    where = drafted(office, made.getvalue(), "问卷.xlsx")
    assert "草稿" in office.get(where).text
    again = upload(office, EXAMPLE.read_bytes(), "问卷.csv")
    assert str(again.headers["Location"]).endswith(where), "the same version: one draft"
    told = upload(office, text.replace("单选", "单选题", 1).encode(), "问卷.csv")
    assert told.status_code == 422
    assert re.search(r"<li>第 \d+ 行，题型：没有题型", told.text)


@pytest.mark.parametrize(("more", "told"), [
    ({"copyright": ""}, "没有写版权"),
    ({"purpose": ""}, "没有写为什么问"),
    ({"version": "1 0"}, "版本只能用"),
    ({"url": "https://other.example/discharge-week"}, "已经是另一份问卷的"),
    ({"url": "https://other.example/<script>"}, "最后一段"),
    ({"item": []}, "没有问题"),
])  # fmt: skip
def test_findings_line_by_line(office: Visitor, more: dict[str, Any], told: str) -> None:
    sent = upload(office, form() | more)
    assert sent.status_code == 422
    assert any(told in line for line in re.findall(r"<li>(.*?)</li>", sent.text)), sent.text
    assert "<script>" not in sent.text.split("<main")[1]


def bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 1024 * 1024))
    return packed.getvalue()


def entities() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    return packed.getvalue()


@pytest.mark.parametrize(("data", "name", "told"), [
    (b"x" * (1024 * 1024 + 1), "a.json", "超过 1 MB"),
    (b"{}", "a.exe", "只收"),
    (b"\xff\xfe\x00", "a.json", "UTF-8"),
    (b"{", "a.json", "不是合法的 JSON"),
    (b"[" * 100_000, "a.json", "不是合法的 JSON"),
    (b"[]", "a.json", "JSON 对象"),
    (b"MZ not a workbook", "a.xlsx", "不是一个 Excel"),
    (b"PK\x03\x04 cut off", "a.xlsx", "不是一个 Excel"),
    (bomb(), "a.xlsx", "展开后太大"),
    (entities(), "a.xlsx", "不该有的内容"),
    (b"", "a.csv", "空的"),
    (b"", "", "先选一个文件"),
], ids=["large", "kind", "bytes", "cut", "deep", "list", "exe", "zip", "bomb", "entities", "empty", "none"])  # fmt: skip
def test_hostile_files_are_refused_in_words(office: Visitor, data: bytes, name: str, told: str) -> None:
    sent = upload(office, data, name)
    assert sent.status_code == 422
    assert told in sent.text


def test_a_draft_is_replaced_and_two_notice_each_other(stand: Stand, office: Visitor) -> None:
    where = drafted(office, form(title="甲"))
    other = stand.signed_in(Role.ADMIN, staff_no="8002")
    seen = version(office.get(where).text)
    other.get(where)
    assert upload(other, form(title="乙"), where=f"{where}/file", version=seen).status_code == 303
    assert upload(office, form(title="丙"), where=f"{where}/file", version=seen).status_code == 409
    assert office.post(f"{where}/publish", version=seen).status_code == 409
    assert "乙" in office.get(where).text
    assert upload(office, form("3.0.0"), where=f"{where}/file", version=seen).status_code == 422
    assert upload(office, form(title="丁")).status_code == 303, "one draft a version: led to it"
    assert "乙" in office.get(where).text
    assert office.post(f"{where}/discard", version=version(office.get(where).text)).status_code == 303
    assert office.get(where).status_code == 404


def test_what_a_plan_asks_for_is_not_retired(stand: Stand, office: Visitor) -> None:
    published(office, form("1.0", url="https://hospital.example/knee", name="Knee"))
    begun = str(office.post("/plans/after_discharge/draft").headers["Location"]).removeprefix("/console")
    text = re.search(r"<textarea name=\"text\".*?>(.*?)</textarea>", office.get(begun).text, re.S)
    assert text is not None
    knee = text[1].replace("&#39;", "'").replace("questionnaire: discharge-week", "questionnaire: knee")
    assert office.post(f"{begun}/text", version="1", text=knee).status_code == 303
    assert office.post(f"{begun}/publish", version="2").status_code == 303
    page = office.get("/questionnaires/knee/1.0").text
    told = office.post("/questionnaires/knee/1.0/retire", version=version(page))
    assert told.status_code == 409
    assert "这些计划还在用它" in told.text
    published(office, form("1.1", url="https://hospital.example/knee", name="Knee"))
    office.get("/questionnaires/knee/1.0")
    assert office.post("/questionnaires/knee/1.0/retire", version=version(page)).status_code == 303


def test_who_may(stand: Stand, office: Visitor) -> None:
    where = drafted(office, form())
    nurse = stand.signed_in(Role.NURSE, staff_no="8002", wards=["一病区"])
    assert "上传问卷" not in nurse.get("/questionnaires").text
    assert upload(nurse, form()).status_code == 403
    assert nurse.get(where).status_code == 403
    for path, most in (("/questionnaires", 5), (where, 5), ("/questionnaires/wound/1.0.0", 5)):
        with counted(stand) as asked:
            office.get(path)
        assert len(asked) <= most, (path, "\n".join(asked))
