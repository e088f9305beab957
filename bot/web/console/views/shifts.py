"""值班日记: write, hand over, take over (R46); which shifts of a place were not handed over."""

from datetime import date

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.shifts import Turn
from bot.domain.staff import Viewer
from bot.services.shifts import diary, hours, overview
from bot.services.shifts.diary import Done, Outcome, Stale
from bot.store.db import UnitOfWork
from bot.web.console import asked, shift_words
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render

_P = Permission
_PAGE = 21


def install(console: Console) -> None:
    rota = hours.load(console.settings.data_dir)

    @console.page("/shifts", _P.SHIFTS_SEE, title="值班日记", section="", position=5)
    def shifts(me: Viewer) -> ResponseReturnValue:
        number, place, now = asked.page_number(), asked.word("place"), console.clock.now()
        with console.db.read() as uow:
            places = overview.sees(uow, me)
            if place and place not in places:
                raise NotThere
            place = place or next(iter((*overview.writes(me), *places)), "")
            lines = overview.lines(uow, rota, place, now, (number - 1) * _PAGE, _PAGE + 1) if place else ()
            last = overview.waiting(uow, rota, places, now)
        missing = [line for line in last if line.state in shift_words.NOT_HANDED]
        return render(
            "shifts.html", part="shifts/_rows.html", places=places, place=place, lines=lines[:_PAGE], number=number,
            more=len(lines) > _PAGE, missing=missing, words=shift_words, current=rota.now(now),
            mine=overview.writes(me),
        )  # fmt: skip

    @console.page("/shifts/<path:place>/<day>/<code>", _P.SHIFTS_SEE, title="一班日记", parent="shifts")
    def shift(me: Viewer, place: str, day: str, code: str) -> ResponseReturnValue:
        return _show(me, place, _turn(day, code))

    @console.act("/shifts/<path:place>/<day>/<code>/save", _P.SHIFTS_WRITE)
    def shift_save(me: Viewer, place: str, day: str, code: str) -> ResponseReturnValue:
        turn, version, text = _own(me, place, day, code), asked.version(), _text("text", diary.WORDS_LENGTH)
        context = console.hospital.acting(me.actor)
        done = console.hospital.carry(lambda uow: diary.save(uow, context, place, turn, version, text))
        return _answered(me, place, turn, done, "已保存。")

    @console.act("/shifts/<path:place>/<day>/<code>/hand", _P.SHIFTS_WRITE)
    def shift_hand(me: Viewer, place: str, day: str, code: str) -> ResponseReturnValue:
        """What stands in the form is saved first: nobody hands over something else than they see."""
        turn, version, text = _own(me, place, day, code), asked.version(), _text("text", diary.WORDS_LENGTH)
        context = console.hospital.acting(me.actor)

        def work(uow: UnitOfWork) -> Outcome:
            saved = diary.save(uow, context, place, turn, version, text)
            if not isinstance(saved, Done):
                return saved
            return diary.hand_over(uow, context, place, turn, version + 1, overview.figures(uow, place))

        return _answered(me, place, turn, console.hospital.carry(work), "已签出，等下一班签字。")

    @console.act("/shifts/<path:place>/<day>/<code>/take", _P.SHIFTS_WRITE)
    def shift_take(me: Viewer, place: str, day: str, code: str) -> ResponseReturnValue:
        turn, version = _own(me, place, day, code), asked.version()
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: diary.take(uow, context, place, turn, version))
        return _answered(me, place, turn, done, "已接班。这份日记不再改动，可以补记。")

    @console.act("/shifts/<path:place>/<day>/<code>/add", _P.SHIFTS_WRITE)
    def shift_add(me: Viewer, place: str, day: str, code: str) -> ResponseReturnValue:
        turn, version, text = _own(me, place, day, code), asked.version(), _text("added", diary.ADDED_LENGTH)
        context = console.hospital.acting(me.actor)
        done = console.db.run(lambda uow: diary.add(uow, context, place, turn, version, text))
        return _answered(me, place, turn, done, "已补记。")

    def _turn(day: str, code: str) -> Turn:
        try:
            found = rota.find(date.fromisoformat(day), code)
        except (ValueError, OverflowError):  # the last day there is has no end
            found = None
        if found is None or found.begins > console.clock.now():
            raise NotThere
        return found

    def _own(me: Viewer, place: str, day: str, code: str) -> Turn:
        if place not in overview.writes(me):
            raise NotThere
        return _turn(day, code)

    def _answered(me: Viewer, place: str, turn: Turn, done: Outcome, words: str) -> ResponseReturnValue:
        if isinstance(done, Done):
            where = url_for("console.shift", place=place, day=turn.day, code=turn.shift.code)
            return console.go(where, "good", words)
        if isinstance(done, Stale):
            return _show(me, place, turn, shift_words.FASTER, 409)
        return _show(me, place, turn, shift_words.CANNOT[done.why], 422)

    def _show(me: Viewer, place: str, turn: Turn, wrong: str = "", status: int = 200) -> ResponseReturnValue:
        """With whatever has been typed, so that nothing of it is lost."""
        with console.db.read() as uow:
            if place not in overview.sees(uow, me):
                raise NotThere
            found = diary.find(uow, place, turn)
            handed = found is not None and found.state != "writing"
            figures = found.figures if found is not None and handed else overview.figures(uow, place)
        own = found is not None and me.staff_no in (found.written_by, *found.authors)
        return render(
            "shifts/one.html", place=place, turn=turn, diary=found, figures=figures, wrong=wrong, given=request.form,
            words=shift_words, writes=place in overview.writes(me), own=own, following=rota.next(turn),
            most=diary.WORDS_LENGTH, most_added=diary.ADDED_LENGTH, status=status,
        )  # fmt: skip


def _text(name: str, longest: int) -> str:
    return asked.written(name, longest).replace("\r\n", "\n")
