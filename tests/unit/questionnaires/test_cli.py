"""`python -m bot questionnaires` as staff run it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from bot.cli.questionnaires import questionnaires
from bot.questionnaires.catalogue import Catalogue
from bot.questionnaires.preview import preview
from tests.unit.questionnaires.sample import sample
from tests.unit.questionnaires.test_sheet import EXAMPLE, rows


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    (tmp_path / "questionnaires").mkdir()
    return tmp_path / "questionnaires"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(questionnaires, [str(each) for each in arguments])


def write(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps(sample(**changes), ensure_ascii=False), encoding="utf-8")
    return path


def test_the_shipped_ones_are_listed(house: Path) -> None:
    listed = run("list")
    assert listed.exit_code == 0
    assert "phq-9\t1.0.0\tactive\t10 题\tPHQ-9 情绪评估" in listed.stdout.splitlines()


def test_a_file_that_was_refused_is_told_and_the_rest_is_listed(house: Path) -> None:
    write(house / "own.json")
    listed = run("list")
    assert listed.exit_code == 1
    assert "own.json\tfever\t没有审定的话" in listed.stderr
    assert "phq-9" in listed.stdout


def test_a_file_is_checked_before_it_is_put_into_the_folder(house: Path, tmp_path: Path) -> None:
    (house / "advice.yaml").write_text("call: 请来电\ncome_in: 请来院\n", encoding="utf-8")
    assert run("lint", write(tmp_path / "a.json", copyright="")).exit_code == 1
    noted = run("lint", write(tmp_path / "b.json"))
    assert (noted.exit_code, noted.stdout.partition("\t")[0]) == (0, "注意")
    found = json.loads(
        (Path(__file__).parents[3] / "bot/questionnaires/forms/nrs.json").read_text(encoding="utf-8")
    )
    (tmp_path / "c.json").write_text(json.dumps(found), encoding="utf-8")
    assert run("lint", tmp_path / "c.json").stdout == "没有问题\n"


def test_a_preview_shows_questions_conditions_and_red_flags(house: Path) -> None:
    shown = run("preview", "discharge-week").stdout
    assert "1. 总的来说，出院后恢复得怎么样？\n   1 好\n   2 一般\n   3 不好" in shown
    assert "是「发烧」 时才问" in shown
    assert "红旗　紧急 15 分钟　胸痛或胸闷" in shown
    assert "0–10" in shown
    assert "没有 nobody；有：" in run("preview", "nobody").stderr


@pytest.mark.parametrize("name", sorted(Catalogue.load().forms))
def test_every_form_can_be_shown(name: str) -> None:
    forms = Catalogue.load()
    form = forms.forms[name]
    shown = "\n".join(preview(form, forms.advice))
    assert all(item.text in shown for item in form.walk())
    assert all(option.display in shown for item in form.walk() for option in item.options)
    assert form.copyright in shown
    assert all(forms.advice[rule.advice].replace("{phone}", "医院电话") in shown for rule in form.rules)


def test_a_table_becomes_a_file_that_is_used(house: Path, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in rows():
        book.active.append(row)
    book.save(tmp_path / "膝关节.xlsx")
    for file in (tmp_path / "膝关节.xlsx", EXAMPLE):
        done = run("import", file, "-o", house / "knee.json")
        assert done.exit_code == 0, done.output
        assert "膝关节置换术后一月 1.0" in done.stdout
        assert "knee\t1.0\tactive\t7 题" in run("list").stdout
        assert "没有问题" in run("lint", house / "knee.json").stdout


def test_a_table_with_a_mistake_writes_nothing(house: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,题型,题目,颜色\nq,选择,好吗？,红\n", encoding="utf-8")
    failed = run("import", tmp_path / "a.csv", "-o", house / "a.json")
    assert failed.exit_code == 1
    assert "第 2 行\t题型\t没有题型「选择」" in failed.stderr
    assert "没有用到的列：颜色" in failed.stderr
    assert not (house / "a.json").exists()
    assert "找不到文件" in run("import", tmp_path / "b.csv", "-o", house / "a.json").stderr
