"""``python -m bot wechat``: the menu and the QR codes, and refusals in one line."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.wechat import wechat as command
from bot.domain.clock import local
from bot.store.db import Database
from bot.store.keys import KeyRing
from tests import wechat
from tests.conftest import FixedClock
from tests.integration.followup.discharged import Ward
from tests.integration.services.town import Town
from tests.integration.wechat.stub_api import Stub


@pytest.fixture
def account(api: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hospital's environment."""
    monkeypatch.delenv("SUIZHEN_DEMO", raising=False)
    for name, value in {
        "WECHAT_APP_ID": wechat.APP_ID, "WECHAT_SECRET": "secret", "WECHAT_TOKEN": wechat.TOKEN,
        "WECHAT_API_BASE": api.url, "SUIZHEN_DATA_DIR": str(tmp_path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


@pytest.mark.usefixtures("account")
def test_the_menu_is_shown_and_published(api: Stub) -> None:
    result = run("menu")
    assert result.exit_code == 0
    assert "我的挂号 (intent:my_appointments)" in result.output
    assert result.output.endswith("published\n")
    assert api.calls[-1].path == "/cgi-bin/menu/create"
    assert len(api.calls[-1].body["button"]) == 3


@pytest.mark.usefixtures("account")
def test_a_dry_run_publishes_nothing(api: Stub) -> None:
    assert run("menu", "--dry-run").exit_code == 0
    assert api.calls == []


@pytest.mark.usefixtures("account")
def test_a_qr_code(api: Stub) -> None:
    api.answer = lambda call: {"ticket": "gQH+/=", "url": "http://weixin.qq.com/q/x"}
    result = run("qrcode", "--scene", "book:doctor:王建国", "--days", "7")
    assert result.exit_code == 0
    address, image = result.output.splitlines()
    assert address == "http://weixin.qq.com/q/x"
    assert image.endswith("showqrcode?ticket=gQH%2B%2F%3D")
    assert api.calls[-1].body["expire_seconds"] == 7 * 86_400


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("scene", ["", "x" * 65])
def test_a_scene_has_its_length(scene: str) -> None:
    assert run("qrcode", "--scene", scene).exit_code == 2


@pytest.fixture
def ward(sqlite_url: str, keys: KeyRing, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one stay that ended today."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setattr(KeyRing, "load", classmethod(lambda cls, settings: keys))
    now = datetime.now(UTC)
    with closing(Database(sqlite_url, FixedClock(now), keys)) as db:
        found = Ward(Town.found(db, FixedClock(now)))
        day = f"{local(now).date()}"
        found.run({"入院日期": day, "出院日期": day})
    return sqlite_url


@pytest.mark.usefixtures("account", "ward")
def test_a_code_for_a_bed(api: Stub) -> None:
    api.answer = lambda call: {"ticket": "gQH", "url": "http://weixin.qq.com/q/x"}
    result = run("bedside", "Z1001", "--staff", "0012")
    assert result.exit_code == 0, result.output
    assert "showqrcode?ticket=gQH" in result.output
    body = api.calls[-1].body
    scene = body["action_info"]["scene"]["scene_str"]
    assert scene.startswith("bed:")
    assert scene in result.output
    assert 3 * 86_400 < body["expire_seconds"] <= 4 * 86_400


@pytest.mark.usefixtures("account", "ward")
def test_no_code_for_a_stay_that_is_not_there(api: Stub) -> None:
    result = run("bedside", "Z9999", "--staff", "0012")
    assert (result.exit_code, "没有住院号 Z9999" in result.output) == (1, True)
    assert api.calls == []


@pytest.mark.usefixtures("account")
def test_a_refusal_is_one_line_with_what_to_do(api: Stub) -> None:
    api.fetch = lambda call: {"errcode": 40164, "errmsg": "invalid ip"}
    result = run("menu")
    assert result.exit_code == 1
    assert "Error: the platform refused: 40164" in result.output
    assert "IP whitelist" in result.output


def test_without_an_account_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("WECHAT_APP_ID", "SUIZHEN_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    result = run("menu")
    assert (result.exit_code, "WECHAT_APP_ID" in result.output) == (1, True)
