"""A broadcast as staff make it: written, confirmed, its audience frozen; the planner does the rest."""

import random
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.clock import local
from bot.services.broadcast.audience import Audience
from bot.services.broadcast.campaigns import Words, confirm, create
from bot.services.broadcast.progress import Progress, progress
from bot.services.hospital import Hospital
from tests.faults.stage import Stage
from tests.faults.visits import booked

AT_ANY_HOUR = "kinds: {broadcast: {quiet: none, cap: false}}\n"
WORDS = Words("门诊安排", "我院十二月起周六全天开诊。")
TEMPLATE = '{"broadcast": "TM0001"}'


def open_hospital(stage: Stage) -> Hospital:
    """One whose broadcasts may go out now, over its template."""
    (stage.folder / "kinds.yaml").write_text(AT_ANY_HOUR)
    stage.environment["WECHAT_TEMPLATES"] = TEMPLATE
    return Hospital(stage.db, clock=stage.clock, rng=random.Random(1), settings=stage.settings)


def drafted(stage: Stage, hospital: Hospital, audience: Audience) -> int:
    context = hospital.acting("cli")
    return stage.db.run(lambda uow: create(uow, context, key="proof", words=WORDS, audience=audience))


def to_visitors(stage: Stage, accounts: Sequence[int]) -> int:
    """Confirmed for whoever has a visit in the days that these fill; the campaign's number."""
    hospital = open_hospital(stage)
    days = booked(stage.db, accounts)
    first, last = local(days.starts_at).date(), local(days.ends_at - timedelta(days=1)).date()
    campaign = drafted(stage, hospital, Audience(first=first, last=last))
    context = hospital.acting("cli")
    stage.db.run(lambda uow: confirm(uow, context, campaign, approval_above=len(accounts)))
    return campaign


def standing(stage: Stage, campaign: int) -> Progress:
    with stage.db.read() as uow:
        return progress(uow, campaign)
