"""`python -m bot broadcast` and `python -m bot pushes` as staff run them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import broadcast, pushes, templates
from bot.services.accounts import make
from bot.store.db import Database
from bot.store.outbox import put
from tests.conftest import MONDAY
from tests.integration.services.town import Town


@pytest.fixture
def house(town: Town, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    return town


def run(*arguments: str) -> Result:
    group = {"broadcast": broadcast.broadcast, "pushes": pushes.pushes, "templates": templates.templates}
    return CliRunner().invoke(group[arguments[0]], arguments[1:])


def test_nobody_and_nothing_are_said_in_words(house: Town) -> None:
    create = ("broadcast", "create", "--title", "通知", "--text", "请留意", "--staff", "0012")
    assert "请写明发给谁" in run(*create).stderr
    assert "还没有病区的资料" in run(*create, "--ward", "三病区").stderr
    assert "没有编号是 7 的群发" in run("broadcast", "confirm", "7", "--staff", "0012").stderr
    assert run("broadcast", "status", "7").exit_code == 1
    tried = run(*create, "--department", "内科", "--dry-run")
    assert (tried.exit_code, tried.stdout.splitlines()[0]) == (0, "共 0 人")
    assert "试运行，没有写入" in tried.stdout


def test_words_are_checked_before_anything_is_written(house: Town) -> None:
    result = run(
        "broadcast",
        "create",
        "--title",
        "通知",
        "--text",
        "看 http://a.cn",
        "--department",
        "内科",
        "--staff",
        "1",
    )
    assert result.exit_code == 1
    assert "不能发：不要放网址" in result.stderr


def test_pushes_tells_what_is_stuck_by_exit_code(house: Town, db: Database) -> None:
    assert run("pushes", "--stuck").stdout == "没有卡住的\n"
    assert run("pushes", "--dead").stdout == "没有发送失败的\n"
    with db.write() as uow:
        make(uow, "wechat", "wx1", "o1", MONDAY, True)
        put(uow, key="m", kind="care", account_id=1, replies=(),
            due_at=MONDAY.replace(year=2020), expires_at=MONDAY.replace(year=2099))  # fmt: skip
    told = run("pushes", "--stuck")
    assert told.exit_code == 1
    assert "该发没发（待发）\tcare\t1 条" in told.stdout
    assert run("pushes", "tasks").stdout == ""
    assert run("pushes", "tasks", "--done", "3", "--staff", "1").exit_code == 1
    assert run("pushes", "alerts").exit_code == 0
    assert run("pushes", "resend", "--staff", "1").exit_code == 2


def test_a_hospitals_broken_template_is_told_by_name(house: Town, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "care.yaml").write_text("custom: [", encoding="utf-8")
    assert "care.yaml" in run("templates", "lint").stderr
    (folder / "care.yaml").write_text("custom: 您的肿瘤复查", encoding="utf-8")
    told = run("templates", "lint")
    assert told.exit_code == 1
    assert "锁屏" in told.stdout
