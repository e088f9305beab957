"""Proof 10: the same broadcast is planned by two at once, and two schedulers turn it into messages: no row is doubled."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import select, update

from bot.domain.states import CampaignState, PushState
from bot.services.broadcast.audience import Audience
from bot.services.broadcast.campaigns import KIND
from bot.services.hospital import Hospital
from bot.services.pushes import Planned, plan_many
from bot.store.models import OutboxMessage
from bot.store.push_models import Campaign, Push
from tests.faults.campaign import drafted, open_hospital
from tests.faults.report import Proof, command, seconds
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
CONTROL = "each is planned once"
"""The claim that the control breaks."""
CHUNK = 500


def prove(stage: Stage, *, alike: bool = True) -> Proof:
    """``alike``: the two make the same dedupe keys, as they should."""
    number = stage.scale(700, 20_000)
    proof = Proof(
        "10 two planners, two schedulers", f"{number} pushes planned by two at once, queued by two schedulers"
    )
    hospital = open_hospital(stage)
    campaign = _campaign(stage, hospital)
    accounts = stage.accounts(number)
    schedulers = [stage.start("scheduler") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        salts = ["", "" if alike else secrets.token_hex(4)]
        planned = list(pool.map(partial(_plan, stage, hospital, campaign, accounts), salts))
    took = stage.until(lambda: _left(stage) == 0, 200, "queued")
    pushes, messages = _rows(stage)
    proof.figures |= {
        "planned by each": " + ".join(map(str, planned)), "push rows": pushes.total(),
        "messages": messages.total(), "doubled": messages.total() - number, "all queued after": seconds(took),
    }  # fmt: skip
    proof.claim("each is planned once", sum(planned) == number)
    proof.claim("each is one push", pushes.total() == len(pushes) == number)
    proof.claim("each push is one message", messages.total() == len(messages) == number)
    proof.claim("both schedulers are still there", not any(each.gone() for each in schedulers))
    return proof


def control(stage: Stage) -> Proof:
    """With dedupe keys by chance everybody gets two."""
    return prove(stage, alike=False)


def _campaign(stage: Stage, hospital: Hospital) -> int:
    made = drafted(stage, hospital, Audience())
    with stage.db.write() as uow:
        uow.connection.execute(update(Campaign).values(state=CampaignState.RUNNING))
    return made


def _plan(stage: Stage, hospital: Hospital, campaign: int, accounts: list[int], salt: str) -> int:
    """As one of them does it; how many were new."""
    new = 0
    for at in range(0, len(accounts), CHUNK):
        with stage.db.write() as uow:
            new += plan_many(uow, hospital.kinds, uow.now, [
                Planned(KIND, f"campaign:{campaign}", 1, None, account, uow.now, campaign_id=campaign,
                        extra_key=f"{account}{salt}")
                for account in accounts[at : at + CHUNK]
            ])  # fmt: skip
    return new


def _left(stage: Stage) -> int:
    with stage.db.read() as uow:
        return len(uow.session.scalars(select(Push.id).where(Push.state == PushState.PLANNED).limit(1)).all())


def _rows(stage: Stage) -> tuple[Counter[int | None], Counter[int | None]]:
    """Pushes and messages, by recipient."""
    with stage.db.read() as uow:
        pushes = Counter(uow.session.scalars(select(Push.account_id).where(Push.state == PushState.QUEUED)))
        messages = Counter(uow.session.scalars(select(OutboxMessage.account_id)))
    return pushes, messages


if __name__ == "__main__":
    command("tests.faults.two_planners", DATABASES, prove)
