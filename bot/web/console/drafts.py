"""What the editors of the hospital's own texts share: an open draft, thrown away, and an older edition brought back."""

from dataclasses import dataclass

from flask import request

from bot.domain.staff import Viewer
from bot.services.content import editions
from bot.services.content.editions import Drafted, Edition, Exists, Stale
from bot.store.db import UnitOfWork
from bot.web.console import asked
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form was opened on: the draft's version, and the edition in force, which a new draft would follow;
    0: none."""

    version: int
    over: int

    @classmethod
    def of(cls, draft: Edition | None, active: Edition | None) -> "Seen":
        return cls(draft.version if draft else 0, active.id if active else 0)

    @classmethod
    def sent(cls) -> "Seen":
        return cls(asked.version(), asked.whole(request.form.get("over", "0")) or 0)


def opened(console: Console, kind: str, edition_id: int) -> Edition:
    """The draft of this address."""
    with console.db.read() as uow:
        found = editions.one(uow, edition_id)
    if found is None or found.kind != kind or found.state != "draft":
        raise NotThere("这份草稿已经发布或放弃了。")
    return found


def thrown_away(console: Console, me: Viewer, kind: str, edition_id: int) -> None:
    """As the page showed it."""
    opened(console, kind, edition_id)
    version = asked.version()
    done = console.db.run(lambda uow: editions.discard(uow, me.actor, edition_id, version))
    if isinstance(done, Stale):
        raise Conflict


def brought_back(
    console: Console, me: Viewer, kind: str, name: str, edition_id: int, note: str
) -> Drafted | Exists:
    """An older edition's words as a new draft; ``note`` names its number: 恢复第 {} 版."""

    def work(uow: UnitOfWork) -> Drafted | Exists:
        old = editions.one(uow, edition_id)
        if old is None or (old.kind, old.name) != (kind, name):
            raise NotThere
        return editions.draft(uow, me.actor, kind, name, old.body, note.format(old.number))

    return console.hospital.carry(work)
