"""The editions of the plans: an edited file is a new edition; what was planned by an older one goes on by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bot.domain.followup import Plan
from bot.services.followup.plans import read_plan
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.followup_models import FollowupPlan

E = table(FollowupPlan)


@dataclass(frozen=True, slots=True)
class Editions:
    """Every edition by its id, and which are today's."""

    by_id: Mapping[int, Plan]
    current: Mapping[str, int]

    @property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(self.by_id[edition] for edition in self.current.values())


def keep_editions(uow: UnitOfWork, files: Mapping[str, Mapping[str, Any]], now: datetime) -> Editions:
    """What the files say today, written down where it is new."""
    stored = uow.connection.execute(select(E).order_by(E.c.version)).fetchall()
    newest = {row.name: row for row in stored}
    by_id = {row.id: read_plan(row.name, row.data) for row in stored}
    current: dict[str, int] = {}
    for name, data in files.items():
        last = newest.get(name)
        if last is not None and last.data == data:
            current[name] = last.id
            continue
        version = 1 if last is None else last.version + 1
        values = {"name": name, "version": version, "data": data, "created_at": now}
        edition: int = uow.connection.execute(insert(E).values(values).returning(E.c.id)).scalar_one()
        by_id[edition] = read_plan(name, data)
        current[name] = edition
    return Editions(by_id, current)
