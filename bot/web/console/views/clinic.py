"""号源: one clinic and its numbers; keeping numbers from patients, and who did not come."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.services.desk_booking import missed, week
from bot.services.desk_booking.visiting import NotNow
from bot.services.scheduling import seating
from bot.web.console import asked, booking_words, picking, schedule_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere
from bot.web.console.render import render
from bot.web.console.whose import departments

_P = Permission


def install(console: Console) -> None:
    @console.page("/clinics/<int:clinic_id>", _P.SCHEDULE_SEE, title="号源", parent="schedule")
    def clinic(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            cell = week.clinic(uow, context, me.scope(_P.SCHEDULE_SEE), clinic_id)
            seats = [] if cell is None else week.seats(uow, clinic_id)
            absent = None if cell is None else missed.missing(uow, context, clinic_id)
        if cell is None:
            raise NotThere
        edits = cell.doctor.department_id in departments(me, _P.SCHEDULE_EDIT, context)
        return render(
            "schedule/clinic.html", cell=cell, seats=seats, absent=absent, words=booking_words,
            reasons=seating.REASONS, edits=edits and absent is None,
        )  # fmt: skip

    @console.act("/clinics/<int:clinic_id>/seats", _P.SCHEDULE_EDIT)
    def clinic_seats(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        context, reason = console.hospital.acting(me.actor), request.form.get("reason", "")
        seats = (asked.whole(each) for each in request.form.getlist("seat")[:1000])
        numbers = {each for each in seats if each is not None}
        where = url_for("console.clinic", clinic_id=clinic_id)
        if reason not in seating.REASONS:
            return console.go(where, "bad", "请先选理由。")
        if not numbers:
            return console.go(where, "bad", "请先勾选要锁或要放的号。")
        work = seating.unlock if request.form.get("do") == "unlock" else seating.lock
        among = departments(me, _P.SCHEDULE_EDIT, context)
        done = console.db.run(lambda uow: work(uow, context, among, clinic_id, numbers, reason))
        if done is None:
            raise NotThere
        if isinstance(done, seating.NotOpen):
            raise Conflict(schedule_words.CANNOT["closed"])
        left = len(numbers) - done.seats
        told = f"{'放出' if work is seating.unlock else '锁住'}了 {done.seats} 个号。"
        if left:
            told += f"另外 {left} 个现在的状态不能这样办，没有动。"
        return console.go(where, "warn" if left else "good", told)

    @console.act("/clinics/<int:clinic_id>/no-shows", _P.APPOINTMENTS_BOOK)
    def clinic_no_shows(me: Viewer, clinic_id: int) -> ResponseReturnValue:
        context, scope = console.hospital.acting(me.actor), me.scope(_P.APPOINTMENTS_BOOK)
        agreed = picking.number("agreed") or 0
        done = console.db.run(lambda uow: missed.all_no_shows(uow, context, scope, clinic_id, agreed))
        match done:
            case None:
                raise NotThere
            case missed.Missed(visits=visits):
                where = url_for("console.clinic", clinic_id=clinic_id)
                return console.go(where, "good", f"已把 {visits} 位没报到的记为爽约。")
            case NotNow():
                raise Conflict("这次出诊还没有结束，先不要记爽约。")
        raise Conflict("没报到的人数变了，没有记。请回到页面看看，再决定。")
