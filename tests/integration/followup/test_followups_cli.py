"""`python -m bot followups` as a nurse and her head run it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.data import commands as data
from bot.cli.followups import commands
from bot.clock import DemoClock
from tests.conftest import MONDAY
from tests.integration.services.town import id_number

HEAD = "姓名,身份证号,住院号,科室,病区,经管医生,出院诊断,入院日期,出院日期,离院方式,联系电话\n"
BY_NAME = {command.name: command for command in (*data, *commands)}


@pytest.fixture
def house(house: Path) -> Path:
    """Two who went home on the 16th and the 20th; it is Monday the 23rd, 10:00."""
    file = house / "出院.csv"
    rows = (
        f"王小明,{id_number(1)},Z1,心血管内科,心内一病区,王建国,肺炎,2026-11-01,2026-11-16,医嘱离院,13800000001\n",
        f"李四光,{id_number(2)},Z2,心血管内科,心内一病区,王建国,肺炎,2026-11-01,2026-11-20,医嘱离院,13800000002\n",
    )
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    assert run("import", "discharges", str(file)).exit_code == 0
    return house


def run(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(BY_NAME[name], arguments)


def follow(*arguments: str) -> str:
    done = run("followups", *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: str) -> str:
    done = run("followups", *arguments)
    assert done.exit_code == 1, done.output
    return done.output.removeprefix("Error: ")


def test_a_nurses_morning(house: Path) -> None:
    (line,) = follow("queue", "--ward", "心内一病区").splitlines()
    step = line.split("　")[0]
    assert (
        line == f"{step}　到期　王*明　Z1　心内一病区　出院 3–7 天，11-21 到期，到期　副主任医师以上　没有人"
    )
    assert follow("queue", "--counts", "ward") == "心内一病区：到期 1\n"
    assert follow("take", step, "--staff", "0012") == "归 工号 0012\n"
    assert refused("take", step, "--staff", "0034") == "已经在 工号 0012 手里\n"
    assert "您好，我是示例市人民医院心内一病区的工作人员，工号 0012。" in follow(
        "script", step, "--staff", "0012"
    )
    assert "王小明" in follow("reveal", step, "--staff", "0012", "--reason", "call")
    assert follow("call", step, "no_answer", "--staff", "0012") == "已记录：到期，11-23 15:00 再打\n"
    assert refused("call", step, "other", "--staff", "0012").startswith("没有记录：选「其他」要写明情况")
    assert refused("call", step, "reached", "--staff", "0034") == "没有记录：在别人手里：工号 0012\n"
    done = follow("call", step, "wrong_number", "--staff", "0012", "--note", "是一家饭店")
    assert done == "已记录：失访（号码错误）；没有能打通的号码，问到新号码后用 followups phone 更正\n"
    assert follow("queue") == "没有要做的\n"
    assert "失访" in follow("queue", "--show", "lost")
    follow("phone", "Z1", "13900000009", "--staff", "0012")
    follow("redial", step, "--staff", "0012")
    assert follow("call", step, "family", "--staff", "0012") == "已记录：联系中\n"
    told = follow("show", step).splitlines()
    assert [re.sub(r"^\s+\S+ \S+　", "", each) for each in told[1:]] == [
        "电话　无人接听　工号 0012", "电话　号码错误　工号 0012　是一家饭店", "电话　家属已接　工号 0012",
    ]  # fmt: skip


def test_a_death_and_that_it_was_a_mistake(house: Path) -> None:
    step = follow("queue").split("　")[0]
    assert follow("call", step, "deceased", "--staff", "0012") == "已记录：已故，停止\n"
    assert "不能看" in refused("reveal", step, "--staff", "0012", "--reason", "call")
    assert follow("mistaken", "Z1", "--staff", "0001") == "已更正，重新排了 1 次随访\n"
    assert "没有电话里报的" in refused("mistaken", "Z1", "--staff", "0001")
    assert follow("call", step, "readmitted", "--staff", "0012") == "已记录：再次入院，停止\n"
    assert follow("mistaken", "Z1", "--staff", "0001") == "已更正，重新排了 1 次随访\n"
    assert "没有住院号" in refused("mistaken", "Z9", "--staff", "0001")


def test_the_heads_month(house: Path) -> None:
    step = follow("queue").split("　")[0]
    follow("assign", step, "--to", "0012", "--staff", "0001")
    assert "0 个" in follow("assign", "--by-grade", "--staff", "0001")
    follow("call", step, "reached", "--staff", "0012")
    assert follow("sample", "心内一病区", "2026-11") == f"{step}　Z1　first　工号 0012　未复核\n"
    check = ("review", step, "--timely", "--inaccurate", "--staff")
    assert refused(*check, "0012") == "自己打的电话要由别人复核\n"
    assert follow(*check, "0001") == "已复核\n"
    assert follow("sample", "心内一病区", "2026-11").endswith("及时、不准确（工号 0001）\n")
    sign = ("signoff", "2026-11", "心内一病区", "--role", "director", "--staff", "0001")
    assert refused(*sign) == "这个月还没有过完\n"
    DemoClock(house / "data" / "clock.json").set(MONDAY.replace(month=12))
    assert follow(*sign) == "已签字\n"
    assert refused(*sign) == "已经做过了（工号 0001）\n"
    assert follow("signoff", "2026-11") == (
        "心内一病区　到期 2，没有结束 2，已复核 1，待签字：医务科、护理部\n"
    )
    assert follow("signoff", "2026-09") == "这个月没有到期的随访\n"


def test_a_revisit_needs_a_registered_patient(house: Path) -> None:
    assert "实名登记" in refused("revisit", "Z1", "--slot", "1", "--staff", "0012")


def test_what_is_not_there(house: Path) -> None:
    assert refused("show", "999") == "没有随访 999\n"
    assert "没有要问的" in refused("script", "999", "--staff", "0012")
    assert refused("call", "999", "reached", "--staff", "0012") == "没有记录：没有这个编号\n"
    assert "无人接听　换半天再打" in follow("outcomes")
