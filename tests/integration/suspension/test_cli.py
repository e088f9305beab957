"""`python -m bot suspend` as an operator runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.suspend import suspend
from bot.store.db import Database
from bot.store.models import Doctor
from tests.integration.suspension.ward import Ward

DAY = ("--from", "2026-11-24", "--to", "2026-11-24")


@pytest.fixture
def house(tmp_path: Path, database_url: str, ward: Ward, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """The ward's database, named by the environment; its clock stands where the tests' does."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SUIZHEN_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("bot.domain.clock.SystemClock.now", lambda self: ward.town.clock.now())
    monkeypatch.setattr("bot.domain.clock.SystemClock.frozen", True, raising=False)
    monkeypatch.setattr(Database, "from_settings", classmethod(lambda cls, *a: _open(database_url, ward)))
    return ward


def _open(url: str, ward: Ward) -> Database:
    return Database(url, ward.town.clock, ward.town.db.keys)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(suspend, arguments)


def test_a_dry_run_previews(house: Ward) -> None:
    house.standard()
    done = run("--doctor", "王建国", *DAY, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "涉及 2 个预约（微信2）" in done.stdout
    assert "试运行，没有写入" in done.stdout
    assert house.states() == []


def test_start_status_and_withdraw(house: Ward) -> None:
    house.standard()
    started = run("--doctor", "王建国", *DAY, "--reason", "医生外出")
    assert started.exit_code == 0, started.output
    assert "停诊编号 1：1 次出诊，涉及 2 个预约" in started.stdout
    assert "已通知 2" in started.stdout
    assert "核对：2 个预约都对得上" in started.stdout
    again = run("--doctor", "王建国", *DAY, "--reason", "医生外出")
    assert "以前已经开始过" in again.stdout
    assert run("--reached", "1", "--outcome", "gave_up", "--staff", "0007").exit_code == 0
    assert "电话已联系 1" in run("--status", "1").stdout
    assert "已撤回，1 次出诊恢复" in run("--withdraw", "1").stdout
    assert "停诊撤回 1" in run("--list").stdout
    anew = run("--doctor", "王建国", *DAY, "--reason", "医生外出")
    assert "停诊编号 2" in anew.stdout


def test_the_whole_hospital_and_a_half_day(house: Ward) -> None:
    house.standard()
    done = run(
        "--whole-hospital", "--from", "2026-11-24T14:00", "--to", "2026-11-24T18:00", "--reason", "停电"
    )
    assert done.exit_code == 0, done.output
    assert "2 次出诊，涉及 2 个预约" in done.stdout


def test_two_doctors_of_one_name_are_listed(house: Ward) -> None:
    with house.town.db.write() as uow:
        uow.session.add(
            Doctor(
                staff_no="2001", name="王建国", title="主治医师", department_id=house.town.departments["儿科"]
            )
        )
    house.standard()
    done = run("--doctor", "王建国", *DAY, "--reason", "外出")
    assert done.exit_code == 2
    assert "工号 1001 王建国（心血管内科）；工号 2001 王建国（儿科）" in done.stderr
    assert run("--doctor", "王建国", "--staff-no", "1001", *DAY, "--reason", "外出").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--doctor", "李四", *DAY, "--reason", "x"), "没有找到医生「李四」"),
        (("--department", "外科", *DAY, "--reason", "x"), "没有找到科室「外科」"),
        (("--doctor", "王建国", "--from", "明天", "--reason", "x"), "看不懂的时间「明天」"),
        (("--doctor", "王建国", "--from", "2026-11-25", "--to", "2026-11-24"), "结束时间要晚于开始时间"),
        (("--doctor", "王建国", *DAY), "--reason 不能为空"),
        (("--from", "2026-11-24"), "三选一"),
        (("--status", "9"), "没有编号为 9 的停诊"),
        (("--withdraw", "9"), "没有编号为 9 的停诊"),
    ],
)
def test_what_is_wrong_is_said(house: Ward, arguments: tuple[str, ...], why: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert why in done.stderr
