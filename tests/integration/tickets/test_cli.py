"""The office's command line, from the first word to the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import data
from bot.cli.tickets import tickets
from bot.domain.clock import Clock
from bot.store.db import Database
from tests.integration.services.town import Town
from tests.integration.tickets.desk import Desk

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


class Office:
    """`python -m bot tickets`, on the test's database."""

    def __call__(self, *words: str, code: int = 0) -> str:
        done: Result = CliRunner().invoke(tickets, list(words))
        assert done.exit_code == code, done.output
        return str(done.output)


@pytest.fixture
def office(town: Town, monkeypatch: pytest.MonkeyPatch) -> Office:
    @contextmanager
    def database() -> Iterator[tuple[Database, Clock]]:
        yield town.db, town.clock

    monkeypatch.setattr(data, "hospital_database", database)
    return Office()


def test_from_the_first_word_to_the_answer(office: Office, tmp_path: Path) -> None:
    proof = tmp_path / "整改.png"
    proof.write_bytes(PNG)
    number, *_ = office("open", "消化内科的护士态度太差了", "--staff", "0012").split()
    assert "待确认" in office("list") and "没人接手" in office("list")
    assert "待处理" in office("take", number, "--staff", "0012")
    assert "首问负责人是 0012" in office("take", number, "--staff", "0034", code=1)
    assert "请先确认分类" in office("act", number, "--answer", "好", "--staff", "0012", code=1)
    office("confirm", number, "--kind", "complaint", "--staff", "0012")
    assert "已转办" in office("assign", number, "护理部", "--staff", "0012")
    office("attach", number, str(proof), "--staff", "0012")
    assert "已答复" in office("act", number, "--measure", "培训", "--answer", "已道歉", "--staff", "0012")
    shown = office("show", number, "--staff", "0012")
    for words in ("消化内科的护士态度太差了", "改进措施：培训", "答复：已道歉", "整改.png", "附材料"):
        assert words in shown
    assert "已办结" in office("close", number, "--reason", "told", "--staff", "0012")
    assert "共 0 件" in office("list")
    assert "没解决" in office("reopen", number, "--words", "没有人来道歉", "--staff", "0034")
    assert "没有人来道歉" in office("show", number, "--staff", "0012") and "首问 0012" in office("list")
    assert "不能这样办" in office("reopen", number, "--words", "又来", "--staff", "0034", code=1)
    assert number in office("list", "--all")


def test_a_second_editor_is_told_to_look_first(desk: Desk, office: Office) -> None:
    number = desk.open().number
    desk.take(1)
    said = office("assign", number, "护理部", "--version", "1", "--staff", "0034", code=1)
    assert "别人刚改过（现在是版本 2）" in said


def test_what_does_not_exist(office: Office) -> None:
    assert "没有编号 T9" in office("take", "T9", "--staff", "0012", code=1)
    assert "没有编号 7" in office("show", "7", "--staff", "0012", code=1)


def test_the_same_key_opens_one(office: Office) -> None:
    first = office("open", "厕所太脏", "--staff", "0012", "--key", "k")
    assert office("open", "厕所太脏", "--staff", "0012", "--key", "k") == first


def test_an_executable_called_picture_is_refused(desk: Desk, office: Office, tmp_path: Path) -> None:
    fake = tmp_path / "照片.png"
    fake.write_bytes(b"MZ")
    assert "只收图片和 PDF" in office("attach", desk.open().number, str(fake), "--staff", "0012", code=1)
