"""`python -m bot import|export|demo` as an operator runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.data import commands
from bot.store.migrate import upgrade

BY_NAME = {command.name: command for command in commands}
ROW = "日期,午别,医生,号数,费用\n2099-01-05,上午,王建国,20,50\n"


@pytest.fixture
def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated database of either kind, named by the environment."""
    upgrade(database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    return tmp_path


def run(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(BY_NAME[name], arguments)


def test_seed_import_export(house: Path) -> None:
    seeded = run("demo")
    assert seeded.exit_code == 0, seeded.output
    assert run("demo").stdout == "0 clinics added\n"
    file = house / "排班.csv"
    file.write_bytes(ROW.encode("gbk"))
    tried = run("import", "clinics", str(file), "--dry-run")
    assert tried.stdout == "试运行，没有写入：新增 1，修改 0，未变 0\n"
    assert run("import", "clinics", str(file)).stdout == "共 1 行：新增 1，修改 0，未变 0\n"
    assert run("import", "clinics", str(file)).stdout == "共 1 行：新增 0，修改 0，未变 1\n"
    seats = [json.loads(line) for line in run("export", "seats", "--jsonl").stdout.splitlines()]
    assert sum(seat["day"] == "2099-01-05" for seat in seats) == 20
    assert run("export", "appointments", "--jsonl").stdout == ""


def test_mistakes_are_told_by_row_and_the_exit_code(house: Path) -> None:
    run("demo")
    file = house / "a.csv"
    file.write_text(ROW.replace("王建国", "李四"), encoding="utf-8")
    result = run("import", "clinics", str(file))
    assert result.exit_code == 1
    assert "第 2 行「医生」：没有医生「李四」" in result.stderr
    assert "1 处错误，没有写入任何数据" in result.stderr
    assert run("import", "clinics", str(house / "no.csv")).exit_code == 1


def test_kinds_of_later_are_empty_and_say_so(house: Path) -> None:
    result = run("export", "payments", "--jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no payments are recorded yet" in result.stderr


def test_a_database_without_schema_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    result = run("export", "appointments")
    assert result.exit_code == 1
    assert "python -m bot migrate" in result.stderr
