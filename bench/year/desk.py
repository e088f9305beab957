"""Staff at their desks: red flags are taken and closed, tickets acted on and answered, once a day."""

from random import Random

from sqlalchemy import select

from bot.domain.flags import FlagState
from bot.domain.tickets import Moved, TicketState
from bot.services.context import Context
from bot.services.flags import acting as flags
from bot.services.hospital import Hospital
from bot.services.tables import Record, table
from bot.services.tickets import acting as tickets
from bot.store.care_models import RedFlag, Ticket
from bot.store.db import UnitOfWork

_R, _T = table(RedFlag), table(Ticket)
_WAITING = (TicketState.OPEN, TicketState.ASSIGNED)
_SLOW = 0.2
"""Of tickets: who does not get to them today."""


def work(hospital: Hospital, rng: Random) -> None:
    """What waits at this moment."""
    context = hospital.acting("staff:0100")
    outcome = next(iter(context.duty.outcomes))
    with hospital.db.read() as uow:
        open_flags = (
            uow.connection.execute(select(_R.c.id).where(_R.c.state == FlagState.OPEN)).scalars().all()
        )
        query = select(_T).where(_T.c.state.in_(_WAITING)).order_by(_T.c.id)
        waiting = uow.connection.execute(query).fetchall()
    with hospital.db.write() as uow:
        for flag_id in open_flags:
            flags.acknowledge(uow, context, flag_id)
            flags.close(uow, context, flag_id, outcome)
        for row in waiting:
            if rng.random() >= _SLOW:
                _answer(uow, context, row)


def _answer(uow: UnitOfWork, context: Context, row: Record) -> None:
    """First a person says what it is and whose, then what was done."""
    whose = row.department if tickets.known_department(context, row.department) else "客服中心"
    seen = tickets.Seen(row.id, row.version)
    done = tickets.confirm(uow, context, seen, kind=row.kind, category=row.category, department=whose)
    if isinstance(done, Moved):
        seen = tickets.Seen(row.id, done.version)
        done = tickets.act(uow, context, seen, measure="与有关科室沟通", answer="已经改进，谢谢您的意见。")
    if not isinstance(done, Moved):
        raise AssertionError(f"ticket {row.id} was not answered: {done}")
