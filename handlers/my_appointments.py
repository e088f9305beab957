"""我的预约：先列出来，点一个看凭证（R7），凭证下面可以改时间、退号。"""

from bot.dialog.frame import Frame, Said, Slot, Values, opens
from bot.dialog.speech import Option, Reply
from bot.domain.outcomes import Outcome
from bot.domain.states import AppointmentState
from bot.domain.world import World
from handlers import visits
from handlers.texts import booking, refusals
from handlers.texts import visits as texts


def _which(world: World, values: Values) -> Reply:
    return visits.listed(texts.WHICH, world, values)


class MyAppointments(Frame, id="my_appointments", version=1, title="我的预约", intents=("my_appointments",)):
    """The list; with one appointment it is the voucher at once."""

    page = Slot()
    appointment = Slot(
        ask=_which, hear=visits.heard, auto=visits.only_one, when=visits.some, title="预约", hint="1"
    )

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        seen = values.get("appointment")
        if seen is None:
            return visits.nothing(world, texts.NONE)
        return Said(Reply(""), then=("voucher", {"appointment": seen}))


class Voucher(Frame, id="voucher", version=1, title="预约凭证"):
    """One appointment's voucher, and what can be done about it."""

    appointment = Slot()

    def said(self, outcome: Outcome | None, world: World, values: Values) -> Said:
        seen = visits.chosen(world, values)
        if seen is None:
            return Said(Reply(refusals.GONE))
        if seen.state is not AppointmentState.BOOKED:
            return Said(Reply(booking.voucher(seen) + texts.over(seen)))
        known = {"appointment": seen.id}
        change = Option(texts.CHANGE, opens("change", dict(known)), words=("改约", "改时间", "改期"))
        cancel = Option(texts.CANCEL, opens("cancel", dict(known)), words=("取消", "不去了"))
        ways = [
            *((change,) if world.now <= seen.changeable_until else ()),
            *((cancel,) if world.now <= seen.cancellable_until else ()),
        ]
        text = f"{booking.voucher(seen)}\n\n{texts.until(seen, world.now)}"
        return Said(Reply(text, tuple(ways)), holds=bool(ways))
