"""The office that answers complaints, for dialogs: (答复 …) writes an answer, (改答复 …) another one."""

from sqlalchemy import select

from bot.domain.tickets import Moved, TicketKind
from bot.services.hospital import Hospital
from bot.services.tickets import acting, overdue, rows
from bot.services.tickets.acting import Seen
from bot.store.db import UnitOfWork

STAFF = "staff:0012"


def answer(hospital: Hospital, number: str, text: str, *, again: bool = False) -> bool:
    """As staff do it: confirmed, (given back,) answered; False where that was refused."""

    def work(uow: UnitOfWork) -> bool:
        context = hospital.acting(STAFF)
        row = uow.connection.execute(select(rows.T).where(rows.T.c.number == number)).one()
        seen = Seen(row.id, row.version)
        if again:
            before = acting.assign(uow, context, seen, to=row.department)
        else:
            before = acting.confirm(
                uow,
                context,
                seen,
                kind=TicketKind(row.kind),
                category=row.category,
                department=row.department,
            )
        assert isinstance(before, Moved), before
        done = acting.act(uow, context, Seen(row.id, before.version), measure="已整改", answer=text)
        return isinstance(done, Moved)

    return hospital.db.run(work)


def tick(hospital: Hospital) -> int:
    """What time does to tickets."""
    return hospital.db.run(lambda uow: overdue.tick(uow, hospital.acting("system:scheduler")))
