"""`python -m bot import discharges`, `plan` and `export followups` as an operator runs them."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli.data import commands as data
from bot.cli.plan import commands as plans
from tests.integration.services.town import id_number
from tests.unit.his.test_fhir import bundle

BY_NAME = {command.name: command for command in (*data, *plans)}
FILE = (
    "姓名,性别,身份证号,住院号,病历号,科室,病区,经管医生,入院诊断,出院诊断,手术,入院日期,出院日期,离院方式,联系电话,家庭地址,医保\n"
    f"王小明,男,{id_number(1)},Z1001,B77,心血管内科,心内一病区,王建国,胸闷,高血压病,无,2026-11-10,2026-11-20,医嘱离院,"
    "13800000001,幸福路1号,职工\n"
)


def run(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(BY_NAME[name], arguments)


def test_import_preview_load_and_export(house: Path) -> None:
    file = house / "出院.csv"
    file.write_bytes(FILE.encode("gbk"))
    tried = run("import", "discharges", str(file), "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert tried.stdout == (
        "试运行，没有写入：新增 1，修改 0，未变 0\n随访：新排 3 次，停止 0 次，邀请消息 0 条\n"
    )
    assert "其他列（随病历保存）：医保" in tried.stderr
    assert run("plan", "preview", "Z1001").exit_code == 1
    assert "新增 1" in run("import", "discharges", str(file)).stdout
    assert "未变 1" in run("import", "discharges", str(file)).stdout

    shown = run("plan", "preview", "Z1001").stdout
    assert shown.splitlines()[0] == (
        "王*明 心内一病区：2026-11-10 入院，2026-11-20 医嘱离院，没有在公众号登记"
    )
    assert run("plan", "preview", id_number(1)).stdout == shown
    assert "2026-11-27（2026-11-25 至 2026-11-30） 高血压出院后 第 1 版·出院一周：未到期" in shown
    assert run("plan", "load", "--days", "7").stdout == "2026-11-27（周五）1：副主任医师以上 1\n共 1 次随访\n"
    assert run("plan", "load", "--discharged", "30").stdout.endswith("共 3 次随访\n")

    rows = [json.loads(line) for line in run("export", "followups", "--jsonl").stdout.splitlines()]
    assert [(row["step"], row["state"], row["due_on"]) for row in rows] == [
        ("week1", "planned", "2026-11-27"), ("month1", "planned", "2026-12-20"), ("month3", "planned", "2027-02-20"),
    ]  # fmt: skip
    assert rows[0]["patient"]["name"] == "王*明"
    assert rows[0]["patient"]["id_number"].startswith("1101**")
    assert "高血压病" not in json.dumps(rows, ensure_ascii=False)
    revealed = json.loads(run("export", "followups", "--reveal").stdout.splitlines()[0])
    assert revealed["patient"]["id_number"] == id_number(1)


def test_what_is_late_is_told_apart(house: Path) -> None:
    file = house / "出院.csv"
    file.write_text(FILE.replace("2026-11-20", "2026-11-12"), encoding="utf-8")
    run("import", "discharges", str(file))
    assert run("plan", "load", "--days", "7").stdout == "以前到期还没联系上：1\n共 0 次随访\n"


def test_a_fhir_bundle_is_imported_by_the_same_rules(house: Path) -> None:
    raw = bundle()
    raw["entry"][0]["resource"]["identifier"][1]["value"] = id_number(1)
    file = house / "出院.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    assert "新增 1" in run("import", "discharges", str(file)).stdout
    assert "手术后 第 1 版·术后一周：到期" in run("plan", "preview", "Z1001").stdout
    raw["entry"][0]["resource"] |= {"gender": "female", "deceasedDateTime": "2026-11-22"}
    file.write_text(json.dumps(raw), encoding="utf-8")
    assert "第 2 行「性别」：与身份证号不一致" in run("import", "discharges", str(file)).stderr
    raw["entry"][0]["resource"]["gender"] = "male"
    file.write_text(json.dumps(raw), encoding="utf-8")
    assert "停止 5 次" in run("import", "discharges", str(file)).stdout


def test_mistakes_stop_the_import(house: Path) -> None:
    file = house / "出院.csv"
    file.write_text(FILE.replace("医嘱离院", "走了"), encoding="utf-8")
    done = run("import", "discharges", str(file))
    assert done.exit_code == 1
    assert "第 2 行「离院方式」：「走了」应为" in done.stderr
    assert "1 处错误，没有写入任何数据" in done.stderr
    file.write_text("{}")
    assert run("import", "discharges", str(file.rename(house / "a.json"))).exit_code == 1


def test_the_hospitals_own_plans_win(house: Path) -> None:
    own = house / "data" / "plans"
    own.mkdir()
    step = "{name: first, title: 出院三天, earliest: 1d, due: 3d, overdue: 7d, questionnaire: discharge-week}"
    (own / "hypertension.yaml").write_text(
        f"title: 我院高血压\npriority: 1\nsteps:\n  - {step}\n", encoding="utf-8"
    )
    listed = run("plan", "list").stdout
    assert listed.splitlines()[0] == "  1 hypertension 我院高血压"
    assert "within_30_days 出院后 30 天内（停用）" in listed
    file = house / "出院.csv"
    file.write_text(FILE, encoding="utf-8")
    assert "新排 1 次" in run("import", "discharges", str(file)).stdout
    (own / "hypertension.yaml").write_text("title: 我院高血压\nsteps: []\n", encoding="utf-8")
    broken = run("plan", "list")
    assert broken.exit_code != 0
    assert "plan hypertension" in str(broken.exception)
