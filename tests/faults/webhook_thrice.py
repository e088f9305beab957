"""Proof 5: the platform sends every message and event three times, at once, and all of them again later in any order.

Each has one effect, and every time it gets the same answer.
"""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from sqlalchemy import func, select

from bot.store.models import Account, Appointment, AuditEntry, InboxMessage, OutboxMessage, Patient
from tests.faults.chat import Correspondent, Post, Webhook, insist, one_each, open_hospital, visitors
from tests.faults.report import Proof, command
from tests.faults.stage import Stage

DATABASES = ("postgres", "sqlite")
CONTROL = "each is processed once"
"""The claim that the control breaks."""
SMALL = ("postgres",)
TIMES = 3
COUNTED = (InboxMessage, Account, Patient, Appointment, OutboxMessage, AuditEntry)


class Thrice(Correspondent):
    """Each of this patient's messages comes three times at once."""

    together = ThreadPoolExecutor(64, "thrice")

    def copies(self, post: Post) -> Sequence[Post]:
        return [post] * TIMES

    def deliver(self, post: Post) -> str:
        answers = set(self.together.map(self.webhook.deliver, self.copies(post)))
        self.answers = getattr(self, "answers", {}) | {post: answers}
        return next((answer for answer in answers if answer), "")


class Strangers(Thrice):
    """The three are three messages: each has a MsgId of its own."""

    def copies(self, post: Post) -> Sequence[Post]:
        words = post.xml.partition("<Content>")[2].partition("</Content>")[0]
        return [self.webhook.text(self.openid, words) for _ in range(TIMES)]


def prove(stage: Stage, who: type[Thrice] = Thrice, small: int = 3, patience: int = 60) -> Proof:
    number = stage.scale(small, 30)
    proof = Proof(
        "5 webhook ×3", f"{number} patients book, each message ×{TIMES} at once, then all again shuffled"
    )
    with closing(Webhook(open_hospital(stage, workers=stage.scale(1, 2)))) as webhook:
        people = visitors(stage, webhook, number, who)
        phones: list[Thrice] = [each.patient for each in people]  # type: ignore[misc]
        with ThreadPoolExecutor(number) as pool:
            for phone in phones:
                post = webhook.event(phone.openid, "subscribe")
                phone.posts.append(post)
                phone.deliver(post)
            proof.claim("everybody got an appointment", all(pool.map(partial(insist, most=patience), people)))
        before = _counts(stage)
        again = [(phone, post) for phone in phones for post in phone.posts]
        random.Random(7).shuffle(again)
        with ThreadPoolExecutor(16) as pool:
            replayed = list(pool.map(lambda one: webhook.deliver(one[1]), again))
        after = _counts(stage)
    posts = sum(len(phone.posts) for phone in phones)
    several = [answers for phone in phones for answers in phone.answers.values() if len(answers - {None}) > 1]
    differing = len(several)
    proof.figures |= {"for example": several[0]} if several else {}
    changed = sum(
        told not in phone.answers[post] | {None} for (phone, post), told in zip(again, replayed, strict=True)
    )
    proof.figures |= {
        "messages and events": posts, "requests": posts * (TIMES + 1), "processed": after["inbox"],
        "answered differently": differing, "replayed differently": changed,
    }  # fmt: skip
    proof.claim("each is processed once", after["inbox"] == posts)
    proof.claim("the three get one answer", differing == 0)
    proof.claim("a replay gets the same answer", changed == 0)
    proof.claim("a replay changes nothing", before == after)
    one_each(proof, stage, number)
    return proof


def control(stage: Stage) -> Proof:
    """Without what tells that they are the same: three effects."""
    return prove(stage, Strangers, small=1, patience=3)


def _counts(stage: Stage) -> dict[str, int]:
    with stage.db.read() as uow:
        return {
            model.__tablename__: uow.connection.execute(select(func.count()).select_from(model)).scalar_one()
            for model in COUNTED
        }


if __name__ == "__main__":
    command("tests.faults.webhook_thrice", DATABASES, prove)
