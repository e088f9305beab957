"""What the console has published, for commands that show what is in force: files alone would tell half."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.services.content.editions import Edition
    from bot.store.db import UnitOfWork

Read = Callable[["UnitOfWork", str], Mapping[str, "Edition"]]


def published(kind: str, read: Read) -> Mapping[str, "Edition"]:
    """By name; nothing where there is no database yet: files can be looked at before the first start."""
    from bot.cli.data import hospital_database, house_settings

    settings = house_settings()
    if not settings.database_url and not (settings.data_dir / "suizhen.db").exists():
        return {}
    with hospital_database() as (db, _), db.read() as uow:
        return read(uow, kind)
