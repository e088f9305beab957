"""Answers of the desk in the patient's chat: 客服消息 within 48 hours of the patient's last message (45015)."""

from dataclasses import dataclass

from bot.domain.speech import Reply
from bot.domain.states import HandoffState
from bot.pushes.desk_words import GOODBYE
from bot.services import phone_tasks
from bot.services.context import Context, audit
from bot.services.desk import queue
from bot.services.desk.queue import Busy, Done, Over, Place
from bot.services.people import patients_of
from bot.store import outbox
from bot.store.db import UnitOfWork

REPLY, BYE = "desk_reply", "desk_over"
OURS = (REPLY, BYE)
"""Kinds of what the desk says, in the outbox."""
LENGTH = 500
"""Characters of an answer: one message of the chat, 「工号9003：」 included."""
_CHAT = 1
"""The outbox's priority of what is said in a chat: in the lane that is never kept waiting by reminders."""


@dataclass(frozen=True, slots=True)
class NoWay:
    """The platform would refuse it."""

    why: str
    """window | unfollowed | empty | too_long | no_phone"""


Answered = Done | Busy | Over | NoWay


def answer(uow: UnitOfWork, context: Context, handoff_id: int, words: str, once: str) -> Answered:
    """Have it sent; who answers looks after the patient.  The same ``once`` again sends nothing more.

    The patient reads a 工号, never a name (R45).
    """
    words = words.strip()
    if not words or len(words) > LENGTH:
        return NoWay("too_long" if words else "empty")
    place = queue.one(uow, handoff_id)
    if place is None or place.state is HandoffState.CLOSED:
        return Over()
    if why := closed_to(place, context):
        return NoWay(why)
    taken = queue.take(uow, context, handoff_id)
    if not isinstance(taken, Done):
        return taken
    if _put(uow, place, f"desk:{handoff_id}:{once}", REPLY, f"工号{queue.number(context)}：{words}"):
        audit(uow, context, "handoff.answered", f"handoff:{handoff_id}")
    return Done()


def hand_back(uow: UnitOfWork, context: Context, handoff_id: int) -> Answered:
    """交回机器人: the bot says so, where the platform still lets it, and answers again from now on."""
    row = queue.locked(uow, handoff_id)
    place = queue.one(uow, handoff_id)
    if row is None or place is None or row.state == HandoffState.CLOSED:
        return Over()
    if row.state == HandoffState.TAKEN and row.staff_no != queue.number(context):
        return Busy(row.staff_no)
    if row.state == HandoffState.WAITING:
        queue.take(uow, context, handoff_id)
        row = queue.locked(uow, handoff_id)
        assert row is not None  # locked above
    queue.close(uow, context, row)
    if not closed_to(place, context):
        _put(uow, place, f"desk:{handoff_id}:over", BYE, GOODBYE)
    return Done()


def have_called(uow: UnitOfWork, context: Context, handoff_id: int) -> Answered:
    """Nothing can be sent any more: the patient is to be phoned instead; once for one conversation."""
    place = queue.one(uow, handoff_id)
    if place is None or place.state is HandoffState.CLOSED:
        return Over()
    patients = patients_of(uow, place.account_id, context.today)
    if not patients:
        return NoWay("no_phone")
    made = phone_tasks.open_task(
        uow, key=f"desk_call:{handoff_id}", kind="desk_call", scope=f"handoff:{handoff_id}",
        patient_id=patients[0].id, account_id=place.account_id, reason="no_window",
        due_at=context.now,
    )  # fmt: skip
    if made:
        audit(uow, context, "handoff.to_call", f"handoff:{handoff_id}")
    return Done()


def closed_to(place: Place, context: Context) -> str:
    """Why the platform would take nothing now; empty where it would."""
    if not place.following:
        return "unfollowed"
    ends = place.window_ends
    return "window" if ends is None or context.now >= ends else ""


def _put(uow: UnitOfWork, place: Place, key: str, kind: str, words: str) -> bool:
    return outbox.put(
        uow, key=key, kind=kind, account_id=place.account_id, replies=(Reply(words),), priority=_CHAT,
        expires_at=place.window_ends,
    )  # fmt: skip
