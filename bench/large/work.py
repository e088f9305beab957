"""What is under way: a department suspended for a week, a broadcast in draft, somebody who asked for a human."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from bot.domain.clock import HOSPITAL_TZ
from bot.domain.commands import CallHuman
from bot.domain.suspension import Scope, Started
from bot.services.broadcast.audience import Audience
from bot.services.broadcast.campaigns import Words, create
from bot.services.hospital import Hospital
from bot.services.suspension.saga import Suspensions
from bot.services.tables import table
from bot.store.models import Department

BUSY = "心血管内科"


def begun(hospital: Hospital) -> dict[str, str]:
    """The ids, as pages ask for them."""
    department, first = (
        _department(hospital),
        hospital.clock.now().astimezone(HOSPITAL_TZ).date() + timedelta(days=1),
    )
    begins = datetime.combine(first, time(), HOSPITAL_TZ)
    saga = Suspensions(hospital)
    scope = Scope(begins, begins + timedelta(days=7), department_id=department)
    started = saga.start(scope, key="large", reason="停电检修", actor="staff:8001")
    assert isinstance(started, Started)
    saga.work()
    context = hospital.acting("staff:8001")
    words = Words("出诊调整", "下周起门诊开诊时间改为八点")
    with hospital.db.write() as uow:
        campaign = create(uow, context, key="large", words=words, audience=Audience(departments=(BUSY,)))
    account = hospital.account("wechat", "wx-large", "o-1")
    hospital.execute(CallHuman("large", "想问问床位"), account)
    until = first + timedelta(days=6)
    return {
        "suspension_id": str(started.suspension_id), "campaign_id": str(campaign), "department_id": str(department),
        "since": first.isoformat(), "until": until.isoformat(),
    }  # fmt: skip


def _department(hospital: Hospital) -> int:
    with hospital.db.read() as uow:
        column = table(Department).c
        found: int = uow.connection.execute(select(column.id).where(column.name == BUSY)).scalar_one()
        return found
