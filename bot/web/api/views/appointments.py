"""预约: book, look, change, cancel, check in, done: what the window does, for the HIS and the phone centre."""

from bot.domain.api_clients import Caller
from bot.domain.commands import Book, Cancel, Change
from bot.domain.outcomes import Booked, Changed, GivenUp, NotYours, Outcome, Refused, Taken
from bot.domain.outcomes import Cancelled as Done
from bot.domain.roles import Permission
from bot.domain.states import AppointmentState
from bot.domain.views import AppointmentView
from bot.services.desk_booking import listing, missed, visiting, whom, wishing
from bot.services.desk_booking.visiting import NotNow, Stale
from bot.services.people import survivor_id
from bot.web.api import told
from bot.web.api.api import Api
from bot.web.api.problems import Problem
from bot.web.api.shapes import people
from bot.web.api.shapes.common import Listed

_P = Permission
_S = AppointmentState
TAG = "预约"
_NOT_NOW = {
    "day": "只有就诊当天可以报到。",
    "state": "这个预约现在的状态不能这样办，请重新读取。",
    "going_on": "这个时段还没有过，不能记为爽约。",
    "revisit": "复诊日期要在明天到一年之内。",
}


def install(api: Api) -> None:
    @api.post(
        "/appointments", _P.APPOINTMENTS_BOOK, people.Appointment, "挂号", TAG, body=people.BookingWanted, keyed=True,
        status=201, problems=told.BOOKING,
    )  # fmt: skip
    def appointment_book(by: Caller, sent: people.BookingWanted, key: str) -> people.Appointment:
        """同一个 Idempotency-Key 再发一次，得到第一次的答复。号刚被约走时（409 seat-taken），答复里有还能约的。"""
        with api.db.read() as uow:  # a merged record's id still names the person
            patient_id = survivor_id(uow, sent.patient_id)
        command = Book(key, sent.slot_id, patient_id, sent.channel)
        outcome = api.hospital.execute(command, None, actor=by.actor)
        if outcome != Refused(NotYours()):  # R21: who asked, and what came of it; nobody is no one who asked
            context = api.acting(by)
            wishing.tried(api.db, context, key, sent.channel, sent.slot_id, patient_id, outcome)
        match outcome:
            case Booked(appointment=made):
                return people.appointment(made)
            case other:
                raise _problem(other)

    @api.post(
        "/appointments/search", _P.APPOINTMENTS_SEE, Listed[people.Appointment], "按预约凭证找", TAG,
        body=people.AppointmentSought,
    )  # fmt: skip
    def appointment_search(by: Caller, sent: people.AppointmentSought) -> Listed[people.Appointment]:
        context = api.acting(by)
        with api.db.read() as uow:
            code = whom.read(uow, context, sent.code).code
            sought = whom.Sought(code, (), None, None)
            found = listing.found(uow, context, by.scope(), sought)
        return Listed(items=[people.appointment(view) for view in found])

    @api.get("/appointments/<appointment_id>", _P.APPOINTMENTS_SEE, people.Appointment, "一个预约", TAG)
    def appointment(by: Caller, appointment_id: int) -> people.Appointment:
        return people.appointment(_view(by, appointment_id))

    @api.post(
        "/appointments/<appointment_id>/change", _P.APPOINTMENTS_BOOK, people.Appointment, "改约", TAG,
        body=people.ChangeWanted, keyed=True, problems=told.MOVING,
    )  # fmt: skip
    def appointment_change(
        by: Caller, appointment_id: int, sent: people.ChangeWanted, key: str
    ) -> people.Appointment:
        """先占新号，再退旧号；占不到时旧号还在。"""
        match _settled(by, Change(key, appointment_id, sent.slot_id), sent.version):
            case Changed(appointment=after):
                return people.appointment(after)
            case other:
                raise _problem(other)

    @api.post(
        "/appointments/<appointment_id>/cancel", _P.APPOINTMENTS_BOOK, people.Cancelled, "退号", TAG,
        body=people.CancelWanted, keyed=True, problems=("stale", "wrong-state", "deadline-passed"),
    )  # fmt: skip
    def appointment_cancel(
        by: Caller, appointment_id: int, sent: people.CancelWanted, key: str
    ) -> people.Cancelled:
        match _settled(by, Cancel(key, appointment_id, sent.reason), sent.version):
            case Done(appointment=view, refund_fen=refund) | GivenUp(before=view, refund_fen=refund):
                return people.Cancelled(appointment=people.appointment(view), refund_fen=refund)
            case other:
                raise _problem(other)

    @api.post(
        "/appointments/<appointment_id>/check-in", _P.APPOINTMENTS_BOOK, people.Appointment, "报到", TAG,
        body=people.Seen, problems=("stale", "wrong-state"),
    )  # fmt: skip
    def appointment_check_in(by: Caller, appointment_id: int, sent: people.Seen) -> people.Appointment:
        """只在就诊当天。已经报到的，再报一次也是 200。"""
        context, _ = api.acting(by), _view(by, appointment_id)
        done = api.db.run(lambda uow: visiting.check_in(uow, context, appointment_id, sent.version))
        return _written(by, appointment_id, done, _S.CHECKED_IN)

    @api.post(
        "/appointments/<appointment_id>/done", _P.APPOINTMENTS_BOOK, people.Appointment, "就诊结束", TAG,
        body=people.DoneWanted, problems=("stale", "wrong-state", "invalid-act"),
    )  # fmt: skip
    def appointment_done(by: Caller, appointment_id: int, sent: people.DoneWanted) -> people.Appointment:
        """报到之后。就诊后的关怀消息随之安排；写了复诊日期，到时会提醒。"""
        context, _ = api.acting(by), _view(by, appointment_id)
        done = api.db.run(
            lambda uow: visiting.finish(uow, context, appointment_id, sent.version, sent.revisit_on)
        )
        return _written(by, appointment_id, done, _S.DONE)

    @api.post(
        "/appointments/<appointment_id>/no-show", _P.APPOINTMENTS_BOOK, people.Appointment, "爽约", TAG,
        body=people.Seen, problems=("stale", "wrong-state"),
    )  # fmt: skip
    def appointment_no_show(by: Caller, appointment_id: int, sent: people.Seen) -> people.Appointment:
        """时段过了还没来。已经记为爽约的，再记一次也是 200。"""
        context, _ = api.acting(by), _view(by, appointment_id)
        done = api.db.run(lambda uow: missed.no_show(uow, context, appointment_id, sent.version))
        return _written(by, appointment_id, done, _S.NO_SHOW)

    def _view(by: Caller, appointment_id: int) -> AppointmentView:
        context = api.acting(by)
        with api.db.read() as uow:
            found = listing.one(uow, context, by.scope(), appointment_id)
        if found is None:
            raise Problem("not-found", "没有这个预约。")
        return found.view

    def _settled(by: Caller, command: Change | Cancel, version: int) -> Outcome:
        context, _ = api.acting(by), _view(by, command.appointment_id)
        done = api.hospital.carry(lambda uow: visiting.settle(uow, context, command, version))
        if isinstance(done, Stale):
            raise Problem("stale")
        return done

    def _written(
        by: Caller, appointment_id: int, done: visiting.Done | Stale | NotNow, wanted: AppointmentState
    ) -> people.Appointment:
        """What is so already is no mistake: a system that lost our answer asks again."""
        if isinstance(done, Stale):
            raise Problem("stale")
        now = _view(by, appointment_id)
        if isinstance(done, NotNow) and now.state is not wanted:
            raise Problem("invalid-act" if done.why == "revisit" else "wrong-state", _NOT_NOW[done.why])
        return people.appointment(now)


def _problem(outcome: Outcome) -> Problem:
    match outcome:
        case Taken():
            return told.taken(outcome)
        case Refused(why=why):
            return told.refused(why)
        case other:
            raise TypeError(f"no outcome of a booking: {type(other).__name__}")
