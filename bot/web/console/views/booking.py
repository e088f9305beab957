"""代预约: for a caller or a walk-in (R3): who, then department, clinic, slot, and the voucher."""

from secrets import token_hex
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.commands import Book, Guardian, RegisterPatient
from bot.domain.demand import Wanted
from bot.domain.outcomes import Booked, InvalidField, Refused, Taken
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.views import PatientView, Relation, Sex
from bot.services.desk_booking import enrolling, whom, wishing
from bot.web.console import asked, booking_words, picking
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere, Problem
from bot.web.console.render import render

_P = Permission


def install(console: Console) -> None:
    @console.page("/book", _P.APPOINTMENTS_BOOK, title="代预约", section="门诊", position=20)
    def book(me: Viewer) -> ResponseReturnValue:
        return render("booking/who.html", found=None, words=booking_words, **_unmet())

    @console.act("/book/find", _P.APPOINTMENTS_BOOK)
    def book_find(me: Viewer) -> ResponseReturnValue:
        context, text = console.hospital.acting(me.actor), asked.written("text", 60)
        with console.db.read() as uow:
            sought = whom.read(uow, context, text)
            found = whom.patients(uow, context, me.scope(_P.APPOINTMENTS_BOOK), sought)
        if len(found) == 1 and sought.numbers:
            return console.go(url_for("console.book_for", patient_id=found[0].id))
        return render("booking/who.html", found=found, text=text, words=booking_words, **_unmet())

    @console.page("/book/new", _P.APPOINTMENTS_BOOK, title="登记就诊人", parent="book")
    def book_new(me: Viewer) -> ResponseReturnValue:
        return _form(console)

    @console.act("/book/new", _P.APPOINTMENTS_BOOK)
    def book_enrol(me: Viewer) -> ResponseReturnValue:
        context, command = console.hospital.acting(me.actor), _command(me)
        way = asked.written("way", 8)
        done = console.hospital.carry(lambda uow: enrolling.enrol(uow, context, command, way))
        if isinstance(done, InvalidField):
            return _form(console, booking_words.FIELDS.get(done.field, "有一项信息不对，请核对。"))
        patient_id, new = done
        told = (
            ("good", "已登记。")
            if new
            else ("warn", "这个证件以前登记过，没有重复登记。请核对姓名和手机号。")
        )
        return console.go(url_for("console.book_for", patient_id=patient_id), *told)

    @console.page("/book/<patient_id>", _P.APPOINTMENTS_BOOK, title="选号", parent="book")
    def book_for(me: Viewer, patient_id: str) -> ResponseReturnValue:
        return _page(me, patient_id)

    @console.act("/book/<patient_id>", _P.APPOINTMENTS_BOOK)
    def book_confirm(me: Viewer, patient_id: str) -> ResponseReturnValue:
        slot, patient_id = picking.number("slot"), _patient(me, patient_id).id
        if slot is None:
            raise Problem(400, "请先选时段。")
        key = f"desk:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        outcome = console.hospital.execute(Book(key, slot, patient_id), None, actor=me.actor)
        context, way = console.hospital.acting(me.actor), asked.written("way", 8)
        wishing.tried(console.db, context, key, way, slot, patient_id, outcome)
        match outcome:
            case Booked(appointment=made):
                where = url_for("console.appointment", appointment_id=made.id)
                return console.go(where, "good", f"挂号成功，凭证 {made.code}。请打印凭证，或念给来电人听。")
            case Taken(slots=slots):
                left = (
                    {"clinic": picking.number("clinic")}
                    if slots
                    else {"department": picking.number("department")}
                )
                where = url_for("console.book_for", patient_id=patient_id, **left)  # type: ignore[arg-type]
                return console.go(where, "bad", "这个时段刚刚约满了。下面是还能约的。")
            case Refused(why=why):
                return _page(me, patient_id, booking_words.reason(why))
        raise Conflict

    @console.act("/book/unmet", _P.APPOINTMENTS_BOOK)
    def book_unmet(me: Viewer) -> ResponseReturnValue:
        """Somebody called or came, and could not be booked: counted with its reason (R21)."""
        context, patient_id = console.hospital.acting(me.actor), asked.written("patient", 32)
        if patient_id:
            patient_id = _patient(me, patient_id).id
        department, reason, way = (
            picking.number("department"),
            asked.written("reason", 24),
            asked.written("way", 8),
        )
        mine = whom.department_ids(me.scope(_P.APPOINTMENTS_BOOK), context.directory)
        if department not in mine or reason not in wishing.STATED or way not in wishing.WAYS:
            raise Problem(400, "请选来电还是到窗口、想看的科室和没约上的原因。")
        key = f"unmet:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        wanted = Wanted(department, None, patient_id or None)
        console.db.run(lambda uow: wishing.unmet(uow, context, key, way, wanted, reason))
        return console.go(url_for("console.book"), "good", "已记下没约上的原因。")

    def _patient(me: Viewer, patient_id: str) -> PatientView:
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            found = whom.patient(uow, context, me.scope(_P.APPOINTMENTS_BOOK), patient_id)
        if found is None:
            raise NotThere
        return found

    def _page(me: Viewer, patient_id: str, refused: str = "") -> ResponseReturnValue:
        patient, context = _patient(me, patient_id), console.hospital.acting(me.actor)
        with console.db.read() as uow:
            picked = picking.pick(uow, context, patient_id)
        return render(
            "booking/slot.html", patient=patient, picked=picked, words=booking_words, refused=refused,
            base="console.book_for", ids={"patient_id": patient_id}, status=409 if refused else 200, **_unmet(),
        )  # fmt: skip

    def _unmet() -> dict[str, Any]:
        """For the form that says why nobody was booked."""
        listed = console.hospital.acting("").directory.listed_departments
        return {"reasons": wishing.STATED, "listed": listed, "once": token_hex(16)}


def _form(console: Console, refused: str = "") -> ResponseReturnValue:
    """What was typed stays."""
    context = console.hospital.acting("")
    under = context.directory.policy(context.today).guardian_under_years
    return render(
        "booking/new.html", words=booking_words, refused=refused, given=request.form, guardian_under=under,
        once=asked.written("once", 32) or token_hex(16), status=422 if refused else 200,
    )  # fmt: skip


def _command(me: Viewer) -> RegisterPatient:
    sex = asked.written("sex", 8)
    given = [asked.written(f"guardian_{part}", 60) for part in ("name", "id_number", "phone")]
    return RegisterPatient(
        key=f"desk:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}",
        relation=Relation.SELF,
        name=asked.written("name", 60),
        id_kind=asked.written("id_kind", 24) or "resident_id",
        id_number=asked.written("id_number", 40),
        phone=asked.written("phone", 20),
        consents=tuple(request.form.getlist("consents")[:5]),
        sex=Sex(sex) if sex in (Sex.MALE, Sex.FEMALE) else None,
        birth_date=asked.written_day("birth_date"),
        guardian=Guardian(*given) if any(given) else None,
    )
