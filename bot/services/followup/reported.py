"""What was heard on the phone of the person, not of one step: they have died, they are in a hospital again; and that it
was a mistake (R30)."""

from datetime import date

from sqlalchemy import select, update

from bot.domain.contacts import REPORTED
from bot.domain.discharge import WayOut
from bot.domain.followup import FOLLOWUP, FollowupState
from bot.domain.states import step
from bot.services.context import Context, audit
from bot.services.followup.discharges import D, F
from bot.services.followup.editions import keep_editions
from bot.services.followup.inviting import scope_of
from bot.services.followup.plans import FOLDER, load_plans
from bot.services.followup.settling import Settled, settle
from bot.services.pushes import void_many
from bot.services.surveys.halting import follow_states
from bot.store.db import UnitOfWork


def died(uow: UnitOfWork, context: Context, discharge_id: str, day: date | None = None) -> Settled | None:
    """Everything stops: every step of every stay, every push; the registered patient is marked.  ``day``: today,
    where they cannot say.  None: it was known."""
    row = uow.connection.execute(
        update(D)
        .where(D.c.id == discharge_id, D.c.died_on.is_(None))
        .values(died_on=day or context.today, changed_at=context.now)
        .returning(D.c.id_number_index)
    ).first()
    if row is None:
        return None
    audit(uow, context, "discharge.died", f"discharge:{discharge_id}")
    return _settled(uow, context, row.id_number_index)


def not_dead(uow: UnitOfWork, context: Context, discharge_id: str) -> Settled | None:
    """It was a mistake: the mark is taken back, the steps begin again.  None: nobody said so, or the file does."""
    row = uow.connection.execute(
        update(D)
        .where(D.c.id == discharge_id, D.c.died_on.is_not(None), D.c.way != WayOut.DIED)
        .values(died_on=None, changed_at=context.now)
        .returning(D.c.id_number_index)
    ).first()
    if row is None:
        return None
    audit(uow, context, "discharge.not_dead", f"discharge:{discharge_id}")
    return _settled(uow, context, row.id_number_index, alive=True)


def readmitted(uow: UnitOfWork, context: Context, discharge_id: str) -> int:
    """In a hospital again, ours or another: the stay's steps stop until an import brings the next discharge, or
    `resume`; how many."""
    rows = uow.connection.execute(
        select(F.c.id, F.c.state)
        .where(F.c.discharge_id == discharge_id)
        .order_by(F.c.id)
        .with_for_update(key_share=True)
    ).fetchall()  # locked: who is answering at this moment is waited for
    mine = [row for row in rows if FollowupState.READMITTED in FOLLOWUP[row.state] and row.state in _STOPPED]
    for row in mine:
        after = step(FOLLOWUP, row.state, FollowupState.READMITTED)
        uow.connection.execute(
            update(F).where(F.c.id == row.id).values(state=after, reason=REPORTED, changed_at=context.now)
        )
    void_many(uow, [scope_of(row.id) for row in mine], reason="readmitted")
    follow_states(uow, context, (discharge_id,))
    audit(uow, context, "discharge.readmitted", f"discharge:{discharge_id}", steps=str(len(mine)))
    return len(mine)


def resume(uow: UnitOfWork, context: Context, discharge_id: str) -> Settled | None:
    """Home again, or never away: what `readmitted` stopped begins again, on its own days."""
    stopped = (
        F.c.discharge_id == discharge_id,
        F.c.state == FollowupState.READMITTED,
        F.c.reason == REPORTED,
    )
    if not uow.connection.execute(update(F).where(*stopped).values(reason="")).rowcount:
        return None
    audit(uow, context, "discharge.resumed", f"discharge:{discharge_id}")
    number = uow.connection.execute(select(D.c.id_number_index).where(D.c.id == discharge_id)).scalar_one()
    return _settled(uow, context, number)


_STOPPED = tuple(
    state
    for state in FollowupState
    if FollowupState.READMITTED in FOLLOWUP[state] and state is not FollowupState.DECEASED
)


def _settled(uow: UnitOfWork, context: Context, number: bytes, *, alive: bool = False) -> Settled:
    editions = keep_editions(uow, load_plans(context.settings.data_dir / FOLDER), context.now)
    return settle(uow, context, editions, (number,), alive=(number,) if alive else ())
