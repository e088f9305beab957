"""The demo hospital's discharged patients: one or more for every plan that is on, by days before the first start."""

from datetime import timedelta

from sqlalchemy import exists, select

from bot.domain.clock import local
from bot.domain.identity import check_digit
from bot.services.demo import SEEDED
from bot.services.followup.discharges import D
from bot.services.followup.importing import import_discharges
from bot.services.followup.plans import FOLDER, load_plans
from bot.services.hospital import Hospital
from bot.services.sheets import Sheet
from bot.services.tables import table
from bot.store.models import AuditEntry

HEAD = (
    "住院号", "姓名", "身份证号", "科室", "经管医生", "入院诊断", "出院诊断", "手术", "离院方式", "入院日期",
    "出院日期", "病区", "病历号", "联系电话", "家庭地址",
)  # fmt: skip
_STAYS = (
    # name, identity number less its last digit, department, doctor, diagnosis, surgery, 离院方式, days ago in, out
    ("王小明", "11010119900307109", "心血管内科", "王建国", "急性上呼吸道感染", "", "1", 9, 2),
    ("李建军", "11010119580412131", "心血管内科", "王建国", "高血压病3级 I10.x00", "", "1", 13, 5),
    ("周玉兰", "11010119620923248", "内分泌科", "王丽", "2型糖尿病 E11.900", "", "1", 11, 3),
    ("赵国强", "11010119510705517", "心血管内科", "王建国", "冠心病 I25.100", "", "1", 20, 9),
    ("孙桂英", "11010119550118626", "骨科", "张伟", "股骨颈骨折", "人工股骨头置换术", "1", 15, 4),
    ("陈大伟", "11010119830630735", "普外科", "", "急性阑尾炎", "阑尾切除术", "1", 6, 1),
    ("吴秀珍", "11010119470811844", "神经内科", "陈志强", "脑梗死 I63.900", "", "3", 25, 12),
    ("郑海燕", "11010119910226926", "产科", "孙丽华", "孕39周 顺产", "", "1", 5, 2),
    ("马志刚", "11010119650519033", "消化内科", "周明", "腹痛待查", "", "2", 8, 3),
    ("黄文斌", "11010119721204151", "呼吸内科", "吴涛", "肺部感染", "", "4", 10, 4),
    ("何长福", "11010119380316277", "呼吸内科", "吴涛", "呼吸衰竭", "", "5", 14, 6),
)


def discharge(hospital: Hospital) -> int:
    """Once, and only in a database that holds the demo; how many."""
    audits = table(AuditEntry)
    with hospital.db.read() as uow:
        ours = uow.connection.execute(select(exists().where(audits.c.action == SEEDED))).scalar_one()
        there = uow.connection.execute(select(exists().where(D.c.id.is_not(None)))).scalar_one()
    if there or not ours:
        return 0
    context = hospital.acting("system:demo")
    plans = load_plans(hospital.settings.data_dir / FOLDER)
    return import_discharges(hospital.db, context, _sheet(hospital), plans).report.added


def _sheet(hospital: Hospital) -> Sheet:
    today = local(hospital.clock.now()).date()
    rows = []
    for n, (name, body, department, doctor, diagnosis, surgery, way, came, left) in enumerate(
        _STAYS, start=1
    ):
        days = (str(today - timedelta(days=ago)) for ago in (came, left))
        rows.append((n, (
            f"ZY26{n:04d}", name, body + check_digit(body), department, doctor, diagnosis, diagnosis, surgery, way,
            *days, f"{department}一病区", f"B26{n:04d}", f"1390000{n:04d}", "示例市幸福路1号",
        )))  # fmt: skip
    return Sheet(HEAD, tuple(rows))
