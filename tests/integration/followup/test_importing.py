"""The office's discharges: all rows or none, every mistake with its row, again is once, personal data sealed."""

import json
from contextlib import closing
from datetime import date

from sqlalchemy import func, select

from bot.domain.discharge import WayOut
from bot.domain.followup import FollowupState
from bot.services.followup.discharges import D, opened
from bot.services.importing import Report
from bot.services.sheets import RowError, Sheet
from bot.store.db import Database
from bot.store.followup_models import SEALED, Discharge, Followup, FollowupPlan
from bot.store.keys import KeyRing
from bot.store.rotate import reencrypt
from tests.integration.followup.discharged import GOOD, Ward
from tests.integration.services.town import id_number


def count(ward: Ward, model: type) -> int:
    with ward.town.db.read() as uow:
        return uow.session.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_discharge_is_kept_sealed_with_every_column(ward: Ward) -> None:
    done = ward.run({"手术": "2026-11-12 胆囊切除术", "医保类型": "职工医保", "年龄": "36"})
    assert done.report == Report(1, added=1)
    assert done.kept == ("医保类型", "年龄")
    row = ward.discharge()
    assert (row.way, row.admitted_on, row.discharged_on) == (
        WayOut.HOME,
        date(2026, 11, 10),
        date(2026, 11, 20),
    )
    assert (row.sex, row.birth_date, row.surgery_on) == ("male", date(1990, 3, 7), date(2026, 11, 12))
    with ward.town.db.read() as uow:
        stored = uow.connection.execute(select(D)).one()
        told = opened(uow.keys, stored)
    assert told["name"] == "王小明"
    assert (told["surgery"], told["address"]) == ("胆囊切除术", "示例市幸福路1号")
    assert json.loads(told["extra"]) == {"医保类型": "职工医保", "年龄": "36"}
    assert not any("王小明".encode() in value for value in stored if isinstance(value, bytes))


def test_the_same_file_again_changes_nothing_and_a_correction_is_counted(ward: Ward) -> None:
    rows = [{}, {"住院号": "Z1002", "姓名": "李四光", "身份证号": id_number(2), "性别": "女"}]
    assert ward.run(*rows).report == Report(2, added=2)
    before = (count(ward, Discharge), count(ward, Followup), count(ward, FollowupPlan))
    again = ward.run(*rows)
    assert (again.report, again.settled.planned) == (Report(2), 0)
    assert (count(ward, Discharge), count(ward, Followup), count(ward, FollowupPlan)) == before
    assert ward.run({"联系电话": "13900000009"}, rows[1]).report == Report(2, changed=1)


def test_a_column_that_is_not_in_the_file_leaves_its_values_alone(ward: Ward) -> None:
    ward.run({"手术": "阑尾切除术", "手术日期": "2026-11-11"})
    short = {k: v for k, v in GOOD.items() if k not in ("手术", "病区", "家庭地址")} | {
        "联系电话": "010-65550101"
    }
    done = ward.sheet(Sheet(tuple(short), ((2, tuple(short.values())),)))
    assert done.report == Report(1, changed=1)
    row = ward.discharge()
    assert (row.ward, row.surgery_on) == ("心内一病区", date(2026, 11, 11))


def test_every_mistake_is_told_with_its_row_and_nothing_is_written(ward: Ward) -> None:
    done = ward.run(
        {},
        {"住院号": "Z2", "身份证号": "11010119900307109" + "1"},
        {"住院号": "Z3", "身份证号": id_number(3), "性别": "女"},
        {"住院号": "Z4", "入院日期": "2026-11-21"},
        {"住院号": "Z5", "出院日期": "2026-11-24"},
        {"住院号": "Z6", "离院方式": "回家"},
        {"住院号": "Z1001", "姓名": "王大明", "身份证号": id_number(5)},
        {"住院号": "", "联系电话": "12345"},
        {"住院号": "Z9", "离院方式": "在院"},
        {"住院号": "Z11", "入院日期": "1980-01-01"},
        {"住院号": "Z10", "手术": "切除术", "手术日期": "2026-11-22"},
        {"住院号": "Z12", "科室": "", "病区": ""},
    )  # fmt: skip
    errors = done.report.errors
    assert len(errors) == len(set(errors)), "one mistake is told once"
    assert set(errors) == {
        RowError(3, "身份证号", "校验位不对（GB 11643）"),
        RowError(4, "性别", "与身份证号不一致"),
        RowError(5, "出院日期", "早于入院日期"),
        RowError(6, "出院日期", "在今天以后"),
        RowError(
            7,
            "离院方式",
            "「回家」应为 医嘱离院、转院、转社区、非医嘱离院、死亡、其他（或代码 1–5、9），没出院的写 在院",
        ),
        RowError(8, "住院号", "与第 2 行重复"),
        RowError(9, "住院号", "不能为空"),
        RowError(9, "联系电话", "不像电话号码"),
        RowError(10, "出院日期", "在院的不填出院日期"),
        RowError(11, "入院日期", "早于出生日期"),
        RowError(12, "手术日期", "手术日期在出院以后"),
        RowError(13, "科室", "不能为空"),
    }
    assert count(ward, Discharge) == count(ward, FollowupPlan) == 0


def test_missing_columns_are_told_at_once(ward: Ward) -> None:
    done = ward.sheet(Sheet(("姓名", "住院号"), ((2, ("王小明", "Z1")),)))
    assert RowError(1, "身份证号", "缺少这一列") in done.report.errors
    assert RowError(1, "离院方式", "缺少这一列") in done.report.errors


def test_a_dry_run_counts_and_writes_nothing(ward: Ward) -> None:
    done = ward.run({}, dry_run=True)
    assert (done.report.added, done.settled.planned) == (1, 1)
    assert count(ward, Discharge) == count(ward, Followup) == count(ward, FollowupPlan) == 0


def test_somebody_elses_number_is_refused(ward: Ward) -> None:
    ward.run({})
    done = ward.run({"姓名": "赵六六", "身份证号": id_number(7)})
    assert done.report.errors == (RowError(2, "住院号", "这个住院号以前导入的是另一位患者"),)
    assert ward.run({"身份证号": id_number(7)}).report == Report(1, changed=1)  # a number mistyped before


def test_codes_of_the_front_page(ward: Ward) -> None:
    ways = {"1": WayOut.HOME, "2": WayOut.TRANSFER, "3": WayOut.COMMUNITY, "4": WayOut.AGAINST_ADVICE,
            "5": WayOut.DIED, "9": WayOut.OTHER}  # fmt: skip
    ward.run(
        *(
            {"住院号": f"Z{code}", "身份证号": id_number(int(code)), "性别": "", "离院方式": code}
            for code in ways
        )
    )
    assert {code: ward.discharge(f"Z{code}").way for code in ways} == ways
    assert ward.states("Z5") == []
    assert ward.states("Z1") == [FollowupState.PLANNED]


def test_a_day_may_have_its_hour(ward: Ward) -> None:
    ward.run(
        {"入院日期": "2026-11-10 08:30", "出院日期": "2026-11-20T14:05:59"},
        {"住院号": "Z2", "出院日期": "2026年11月20日 9时05分"},
    )
    assert (ward.discharge().admitted_on, ward.discharge().discharged_on) == (
        date(2026, 11, 10),
        date(2026, 11, 20),
    )
    assert ward.discharge("Z2").discharged_on == date(2026, 11, 20)


def test_a_rotated_key_opens_discharges_too(ward: Ward, database_url: str) -> None:
    old, new, index = b"o" * 32, b"n" * 32, b"i" * 32
    ward.town.db.keys = KeyRing({1: old}, index)
    ward.run({})
    with closing(Database(database_url, ward.town.clock, KeyRing({2: new, 1: old}, index))) as db:
        assert reencrypt(db) == len(SEALED)
        with db.read() as uow:
            stored = uow.connection.execute(select(D)).one()
    assert opened(KeyRing({2: new}, index), stored)["name"] == "王小明"
