"""退号：听出是哪一个，说清截止时间和退费（R17），核对后再退。"""

from bot.dialog.frame import Confirm, Frame, Said, Slot, Values
from bot.dialog.speech import Reply
from bot.domain.commands import Cancel as CancelCommand
from bot.domain.commands import Command
from bot.domain.outcomes import Cancelled, DeadlinePassed, GivenUp, Outcome, Refused
from bot.domain.policy import Policy
from bot.domain.views import AppointmentView
from bot.domain.world import World
from handlers import visits
from handlers.texts import refusals, suspension
from handlers.texts import visits as texts


def _which(world: World, values: Values) -> Reply:
    return visits.listed(texts.WHICH_CANCEL, world, values)


def _open(world: World, values: Values) -> bool:
    seen = visits.chosen(world, values)
    return seen is not None and world.now <= seen.cancellable_until  # cancelled already: the retry says so


def _read_back(world: World, values: Values) -> Reply:
    seen = visits.chosen(world, values)
    return Reply(texts.read_back_cancel(seen) if seen else refusals.GONE)


class Cancel(Frame, id="cancel", version=1, title="退号", intents=("cancel",)):
    """One question at most, then the read-back."""

    page = Slot()
    appointment = Slot(ask=_which, hear=visits.heard, auto=visits.only_one, when=visits.some, hint="1")
    sure = Confirm(_read_back, after=("appointment",), when=_open, yes="确认退号", no="不退了")

    def commit(self, values: Values, key: str) -> Command | None:
        appointment = values.get("appointment")
        return (
            CancelCommand(key, appointment) if isinstance(appointment, int) and values.get("sure") else None
        )

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        match outcome:
            case Cancelled(appointment=seen, refund_fen=refund):
                return Said(Reply(texts.cancelled(seen, refund)))
            case GivenUp(before=before, refund_fen=refund):  # suspended a moment ago
                return Said(Reply(suspension.given_up(before, refund)))
            case Refused(why=why):
                return Said(Reply(refusals.reason(why, world.phone)))
            case _:
                return visits.why_not(world, values, _too_late)


def _too_late(seen: AppointmentView, policy: Policy) -> DeadlinePassed:
    return DeadlinePassed("cancel", seen.cancellable_until, policy.cancel_deadline_minutes)
