"""`python -m bot flags` and `export flags` as the night shift runs them."""

import json
import random
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli.data import commands as data
from bot.cli.data import hospital_database, house_settings
from bot.cli.flags import commands as flags
from bot.cli.pushes import commands as pushes
from bot.domain.commands import ReportDanger
from bot.services.flags.duty_file import FILE
from bot.services.hospital import Hospital
from tests.integration.flags.conftest import DUTY, NURSE, WARD, WORDS
from tests.integration.followup.conftest import house
from tests.integration.followup.test_cli import FILE as DISCHARGES

__all__ = ["house"]
BY_NAME = {command.name: command for command in (*data, *flags, *pushes)}


def run(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(BY_NAME[name], arguments)


@pytest.fixture
def danger(house: Path) -> Path:
    """王小明's danger, said in the chat by somebody who is nobody's patient."""
    (house / "data" / FILE).write_text(yaml.safe_dump(DUTY, allow_unicode=True), encoding="utf-8")
    with hospital_database() as (db, clock):
        hospital = Hospital(db, clock=clock, rng=random.Random(1), settings=house_settings())
        account = hospital.account("wechat", "wx1", "o-1")
        hospital.execute(ReportDanger("turn-1", "胸痛", WORDS), account)
    return house


def test_from_the_list_to_its_end(danger: Path) -> None:
    listed = run("flags", "list")
    assert listed.exit_code == 0
    assert listed.output.split("\t")[:6] == ["F1", "紧急", "服务台", "聊天里说到：胸痛", "聊天", "没人接"]
    assert "还剩" in listed.output and WORDS not in listed.output
    assert WORDS in run("flags", "show", "F1", "--staff", "0012").output
    assert run("flags", "ack", "F1", "--staff", "0012").output == "好的\n"
    second = run("flags", "ack", "f1", "--staff", "0099")
    assert second.exit_code == 1 and "已由工号 0012" in second.output
    assert run("flags", "give-back", "1", "--staff", "0012").exit_code == 0
    assert run("flags", "give-back", "1", "--staff", "0012").exit_code == 1
    wrong = run("flags", "close", "F1", "--outcome", "fine", "--staff", "0012")
    assert wrong.exit_code == 1 and "came" in wrong.output
    assert (
        run("flags", "close", "F1", "--outcome", "came", "--note", "已到急诊", "--staff", "0012").exit_code
        == 0
    )
    assert run("flags", "list").output == "没有\n"
    assert "处理：已到急诊" in run("flags", "show", "F1", "--staff", "0012").output
    assert run("flags", "show", "F9", "--staff", "0012").exit_code == 1
    assert run("flags", "ack", "twelve", "--staff", "0012").exit_code == 1


def test_who_is_on_duty_and_who_is_missing(danger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("flags", "duty")
    assert WARD in told.output and NURSE not in told.output
    assert told.exit_code == 0 and "缺" not in told.output
    file = danger / "d.csv"
    file.write_text(DISCHARGES.replace(WARD, "新开的病区"), encoding="utf-8")
    assert run("import", "discharges", str(file)).exit_code == 0
    told = run("flags", "duty")
    assert told.exit_code == 1 and "缺：新开的病区：没有写值班电话" in told.output
    monkeypatch.setenv("SMS_TEMPLATES", '{"red_flag": "SMS_1"}')
    told = run("flags", "duty")
    assert "短信模板 red_flag_late 没有开通" in told.output and "短信模板 red_flag 没" not in told.output


def test_the_export_has_neither_words_nor_names(danger: Path) -> None:
    (row,) = [json.loads(line) for line in run("export", "flags").output.splitlines()]
    assert (row["rule"], row["state"], row["patient"]) == ("胸痛", "open", None)
    assert not {"key", "detail", "note"} & set(row)


def test_what_nobody_closes_is_stuck(danger: Path) -> None:
    from datetime import timedelta

    from bot.clock import DemoClock

    assert "红旗" not in run("pushes", "--stuck").output
    clock = DemoClock(danger / "data" / "clock.json")
    clock.set(clock.now() + timedelta(minutes=11))
    told = run("pushes", "--stuck")
    assert told.exit_code == 1 and "红旗警报超时\turgent\t1 条" in told.output
