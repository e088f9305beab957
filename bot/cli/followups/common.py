"""What the commands share: options and words."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    pass

REFUSED = {
    "unknown": "没有这个编号", "ended": "已经结束了", "early": "还没到能联系的日子", "theirs": "在别人手里：工号",
    "note": "选「其他」要写明情况（--note）", "number": "号码不对，或者还有别的号码没打",
    "moment": "约好的时间要在现在以后，最远一年", "unreached": "还没有联系上", "own": "自己打的电话要由别人复核",
    "twice": "已经做过了", "running": "这个月还没有过完", "ward": "没有这个病区",
}  # fmt: skip
STAFF = click.option("--staff", required=True, metavar="工号", help="who does it")
STEP = click.argument("followup_id", metavar="编号", type=int)


def who(staff_no: str | None) -> str:
    return f"工号 {staff_no}" if staff_no else "没有人"


def at(moment: datetime) -> str:
    from bot.domain.clock import local

    return local(moment).strftime("%m-%d %H:%M")
