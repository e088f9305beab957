"""就诊人: found by number, phone or whole name; masked; read in full with a reason; corrected (R14, R15)."""

from secrets import token_hex

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.domain.commands import CorrectPatient
from bot.domain.outcomes import Corrected, Refused
from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.views import PatientView
from bot.services.desk_booking import listing, revealing, whom
from bot.services.merging import candidates
from bot.services.patients import newest_correction
from bot.web.console import asked, booking_words
from bot.web.console.console import Console
from bot.web.console.problems import Conflict, NotThere
from bot.web.console.render import render

_P = Permission


def install(console: Console) -> None:
    @console.page("/patients", _P.PATIENTS_SEE, title="就诊人", section="门诊", position=40)
    def patients(me: Viewer) -> ResponseReturnValue:
        return render("patients.html", found=None, words=booking_words)

    @console.search("/patients/find", _P.PATIENTS_SEE, title="查找就诊人", parent="patients")
    def patients_find(me: Viewer) -> ResponseReturnValue:
        """Whoever may see patients may search them: what is found is masked."""
        context, text = console.hospital.acting(me.actor), asked.written("text", 60)
        with console.db.read() as uow:
            sought = whom.read(uow, context, text)
            found = whom.patients(uow, context, me.scope(_P.PATIENTS_SEE), sought)
        return render("patients.html", found=found, text=text, words=booking_words)

    @console.page("/patients/<patient_id>", _P.PATIENTS_SEE, title="就诊人档案", parent="patients")
    def patient(me: Viewer, patient_id: str) -> ResponseReturnValue:
        seen = _patient(me, patient_id, _P.PATIENTS_SEE)
        if seen.id != patient_id:  # merged into another
            return redirect(url_for("console.patient", patient_id=seen.id), 303)
        return _page(me, seen)

    @console.act("/patients/<patient_id>/reveal", _P.PATIENTS_REVEAL)
    def patient_reveal(me: Viewer, patient_id: str) -> ResponseReturnValue:
        seen = _patient(me, patient_id, _P.PATIENTS_REVEAL)
        context, reason = console.hospital.acting(me.actor), asked.reason(revealing.REASONS)
        found = console.db.run(lambda uow: revealing.reveal(uow, context, seen.id, reason))
        return _page(me, seen, revealed=found, part="patients/_revealed.html")

    @console.act("/patients/<patient_id>/correct", _P.PATIENTS_EDIT)
    def patient_correct(me: Viewer, patient_id: str) -> ResponseReturnValue:
        seen = _patient(me, patient_id, _P.PATIENTS_EDIT)
        if seen.id != patient_id:  # merged into another since the form was opened
            raise Conflict
        key = f"desk:{me.staff_no}:{asked.written('once', 32) or token_hex(16)}"
        field, value = asked.written("field", 16), asked.written("value", 60)
        command = CorrectPatient(key, patient_id, field, value, asked.version())
        match console.hospital.execute(command, None, actor=me.actor):
            case Corrected():
                where = url_for("console.patient", patient_id=patient_id)
                return console.go(where, "good", "已更正，并记入更正记录。")
            case Refused(why=why):
                return _page(me, seen, refused=booking_words.reason(why))
        raise Conflict

    def _patient(me: Viewer, patient_id: str, permission: Permission) -> PatientView:
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            found = whom.patient(uow, context, me.scope(permission), patient_id)
        if found is None:
            raise NotThere
        return found

    def _page(
        me: Viewer, seen: PatientView, *, revealed: revealing.Revealed | None = None, refused: str = "", part: str = ""
    ) -> ResponseReturnValue:  # fmt: skip
        context = console.hospital.acting(me.actor)
        with console.db.read() as uow:
            visits, edits = me.scope(_P.APPOINTMENTS_SEE), me.scope(_P.PATIENTS_EDIT)
            views = listing.of_patient(uow, context, visits, seen.id) if me.may(_P.APPOINTMENTS_SEE) else ()
            newest = newest_correction(uow, seen.id)
            alike = candidates.of_patient(uow, context, edits, seen.id) if me.may(_P.PATIENTS_EDIT) else ()
        return render(
            "patients/one.html", part=part, patient=seen, views=views, alike=alike, revealed=revealed, refused=refused,
            given=request.form if refused else {}, reasons=revealing.REASONS, words=booking_words, once=token_hex(16),
            newest=newest, status=422 if refused else 200,
        )  # fmt: skip
