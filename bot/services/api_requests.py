"""What an Idempotency-Key of another system stands for.  The commands themselves happen once by their own keys; here
it is noticed when one key is used for two things."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.services.tables import table
from bot.store.db import Database, UnitOfWork
from bot.store.staff_models import ApiRequest

R = table(ApiRequest)
KEPT = timedelta(days=7)
_SWEPT = 100
"""Old ones taken away with each new one: more than come, so the table stays small."""


def is_same(db: Database, client_id: int, key: str, fingerprint: bytes) -> bool:
    """Whether the key is new or stands for this very request; False: for another one."""

    def work(uow: UnitOfWork) -> bool:
        put = (postgresql.insert if uow.dialect == "postgresql" else sqlite.insert)(R)
        row = {"client_id": client_id, "key": key, "fingerprint": fingerprint, "at": uow.now}
        uow.connection.execute(put.values(row).on_conflict_do_nothing())
        mine = select(R.c.fingerprint).where(R.c.client_id == client_id, R.c.key == key)
        first: bytes = uow.connection.execute(mine).scalar_one()
        _sweep(uow)
        return first == fingerprint

    return db.run(work)


def _sweep(uow: UnitOfWork) -> None:
    old = select(R.c.client_id, R.c.key).where(R.c.at < uow.now - KEPT).limit(_SWEPT)
    for row in uow.connection.execute(old).fetchall():
        uow.connection.execute(delete(R).where(R.c.client_id == row.client_id, R.c.key == row.key))
