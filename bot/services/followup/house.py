"""The hospital's plans as the console edits them: what holds, from where; drafts; off and on; back to the file's."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.domain.followup import Plan
from bot.services.content import editions as content
from bot.services.content.editions import Drafted, Edition, Exists, Published, Stale
from bot.services.followup.editions import KIND, over
from bot.services.followup.plans import FOLDER, load_plans, read_plan
from bot.store.db import UnitOfWork

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class House:
    """All plans at one moment."""

    files: Mapping[str, Body]
    plans: Mapping[str, Plan]
    """In force, switched-off ones included, by name."""
    editions: Mapping[str, Edition]
    """Those that the console has published."""
    drafts: Mapping[str, Edition]

    def body(self, name: str) -> Body:
        edition = self.editions.get(name)
        return self.files[name] if edition is None else edition.body

    @property
    def ordered(self) -> list[Plan]:
        """As they are tried."""
        return sorted(self.plans.values(), key=lambda plan: (not plan.enabled, plan.priority, plan.name))


def look(uow: UnitOfWork, data_dir: Path) -> House:
    """Raises `PlanError` where a file cannot be read."""
    files = load_plans(data_dir / FOLDER)
    published = content.active(uow, KIND)
    plans = {name: read_plan(name, body) for name, body in over(files, published).items()}
    return House(files, plans, published, content.drafts(uow, KIND))


def begin(uow: UnitOfWork, actor: str, body: Body, name: str) -> Drafted | Exists:
    """A draft of a plan."""
    return content.draft(uow, actor, KIND, name, body, "")


def begin_new(uow: UnitOfWork, actor: str, key: str) -> Drafted | Exists:
    """A draft of a plan that is nowhere yet; the same key again gives what the first press began."""
    name = f"own_{sha256(key.encode()).hexdigest()[:12]}"  # nobody reads it
    begun = content.history(uow, KIND, name, most=1)
    return Exists(begun[0].id) if begun else begin(uow, actor, empty(), name)


def switch(uow: UnitOfWork, actor: str, house: House, name: str, *, on: bool) -> Published | Exists | Stale:
    """Off: it takes nobody any more; what it laid out goes on.  An edition as every other."""
    body = {**house.body(name), "enabled": on}
    made = content.draft(uow, actor, KIND, name, body, "启用" if on else "停用")
    if isinstance(made, Exists):
        return made
    done = content.publish(uow, actor, made.id, 1)
    return done if isinstance(done, Published) else Stale()


def empty() -> Body:
    """What a new plan begins with."""
    step = {
        "name": "first", "title": "", "anchor": "discharge", "earliest": "3d", "due": "1w", "overdue": "10d",
        "questionnaire": "", "audience": "patient", "owner": "nurse", "kind": "followup_due", "retries": 2,
    }  # fmt: skip
    return {"title": "", "priority": 40, "enabled": True, "cohort": {}, "steps": [step]}
