"""The plans that hold today, the console's over the files'; and each as it was used: what was planned by an older one
goes on by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bot.domain.followup import Plan
from bot.services.content import editions as content
from bot.services.content.editions import Edition
from bot.services.followup.plans import read_plan
from bot.services.tables import table
from bot.store.db import UnitOfWork
from bot.store.followup_models import FollowupPlan

E = table(FollowupPlan)
KIND = "plan"
"""Of the editions that the console writes."""


@dataclass(frozen=True, slots=True)
class Editions:
    """Every edition by its id, and which are today's."""

    by_id: Mapping[int, Plan]
    current: Mapping[str, int]

    @property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(self.by_id[edition] for edition in self.current.values())


def in_force(uow: UnitOfWork, files: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """By name, as this transaction sees it."""
    return over(files, content.active(uow, KIND))


def over(
    files: Mapping[str, Mapping[str, Any]], published: Mapping[str, Edition]
) -> dict[str, Mapping[str, Any]]:
    """What the console has published, over the file of that name."""
    bodies = {name: edition.body for name, edition in published.items()}
    return dict(sorted({**files, **bodies}.items()))


def keep_editions(uow: UnitOfWork, files: Mapping[str, Mapping[str, Any]], now: datetime) -> Editions:
    """What holds today, written down where it is new."""
    stored = uow.connection.execute(select(E).order_by(E.c.version)).fetchall()
    newest = {row.name: row for row in stored}
    by_id = {row.id: read_plan(row.name, row.data) for row in stored}
    current: dict[str, int] = {}
    for name, data in in_force(uow, files).items():
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
