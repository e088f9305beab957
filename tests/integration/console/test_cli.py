"""``python -m bot staff``, ``audit`` and what shows the console's editions, as an engineer types them."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.cli.data import hospital_database
from bot.services.content import editions
from bot.store.engine import open_sqlite
from bot.store.migrate import upgrade


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "REDIS_URL", "SUIZHEN_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    upgrade(f"sqlite:///{tmp_path / 'suizhen.db'}")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.mark.usefixtures("data")
def test_the_first_administrator() -> None:
    made = run("staff", "admin", "0001", "--name", "王主任")
    assert made.exit_code == 0, made.output
    assert re.search(r"0001: one-time password (\w{4}-){3}\w{4} ", made.output)
    again = run("staff", "admin", "0001")
    assert again.exit_code != 0
    assert "taken" in str(again.exception)
    assert run("staff", "list").output.split() == ["0001", "active", "admin"]
    assert "one-time password" in run("staff", "reset", "0001", "--codes").output
    assert run("staff", "reset", "0404").exit_code != 0


def test_verify_tells_and_fails(data: Path) -> None:
    run("staff", "admin", "0001")
    run("staff", "admin", "0002")
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    assert "2 rows linked, 0 waiting, 0 wrong" in whole.output
    head = re.search(r"head (\S+)", whole.output)
    assert head is not None
    assert run("audit", "verify", "--head", head[1]).exit_code == 0
    assert run("audit", "verify", "--head", f"2:{'0' * 64}").exit_code == 1
    with closing(open_sqlite(str(data / "suizhen.db"), durable=True)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE id = 1")
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "audit row 1: changed" in broken.output


@pytest.mark.usefixtures("data")
def test_templates_are_shown_as_the_console_has_published_them() -> None:
    assert "祝您早日康复，开心每一天" not in run("templates", "preview", "care").output
    with hospital_database() as (db, _), db.write() as uow:
        body = {"custom": "祝您早日康复，开心每一天", "sms": "祝{patient}早日康复。咨询{phone}"}
        made = editions.draft(uow, "staff:8001", "template", "care", body, "")
        assert isinstance(made, editions.Drafted)
        editions.publish(uow, "staff:8002", made.id, 1, four_eyes=True)
    assert "祝您早日康复，开心每一天" in run("templates", "preview", "care").output
