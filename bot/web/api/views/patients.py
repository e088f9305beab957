"""就诊人: register, find, their appointments.  Whom somebody looks for is in the body: no address knows it (R15)."""

from bot.domain.api_clients import Caller
from bot.domain.commands import Guardian, RegisterPatient
from bot.domain.outcomes import InvalidField
from bot.domain.roles import Permission
from bot.domain.views import PatientView, Relation, Sex
from bot.services.desk_booking import enrolling, listing, revealing, whom
from bot.web.api import pages, told
from bot.web.api.api import Api
from bot.web.api.problems import Problem
from bot.web.api.shapes import people
from bot.web.api.shapes.common import LARGEST_ID, Listed
from bot.web.api.shapes.people import InFull

_P = Permission
TAG = "就诊人"


def install(api: Api) -> None:
    @api.post(
        "/patients", _P.APPOINTMENTS_BOOK, people.PatientMade, "建档，或按证件找到已有的档案", TAG,
        body=people.PatientGiven, problems=("invalid-person",),
    )  # fmt: skip
    def patient_enrol(by: Caller, sent: people.PatientGiven) -> people.PatientMade:
        """同一个证件发几次，都是同一份档案。"""
        context = api.acting(by)
        command = _command(by, sent)
        done = api.hospital.carry(lambda uow: enrolling.enrol(uow, context, command, sent.consent_way))
        if isinstance(done, InvalidField):
            raise told.refused(done)
        patient_id, created = done
        return people.PatientMade(patient=people.patient(_patient(by, patient_id)), created=created)

    @api.post(
        "/patients/search", _P.PATIENTS_SEE, Listed[people.Patient], "找就诊人", TAG, body=people.PatientSought,
        also=_P.PATIENTS_REVEAL,
    )  # fmt: skip
    def patient_search(by: Caller, sent: people.PatientSought) -> Listed[people.Patient]:
        """最多 30 位；同名的人更多时请用证件号或手机号。写 reveal_reason 要另有 patients.reveal 权限。"""
        if sent.reveal_reason is not None and not by.may(_P.PATIENTS_REVEAL):
            raise Problem("no-permission", "不遮盖的身份信息要另有 patients.reveal 权限。")
        context = api.acting(by)
        with api.db.read() as uow:
            found = whom.patients(uow, context, by.scope(), whom.read(uow, context, sent.text))
        return Listed(
            items=[people.patient(view, _in_full(by, view.id, sent.reveal_reason)) for view in found]
        )

    @api.get(
        "/patients/<patient_id>/appointments", _P.APPOINTMENTS_SEE, Listed[people.Appointment],
        "就诊人的预约，新的在前", TAG, query=people.OfPatient,
    )  # fmt: skip
    def patient_appointments(
        by: Caller, patient_id: str, asked: people.OfPatient
    ) -> Listed[people.Appointment]:
        context, whose = api.acting(by), _patient(by, patient_id)
        before = pages.after_id(asked.after) or LARGEST_ID
        with api.db.read() as uow:
            found = listing.older(uow, context, whose.id, before, asked.limit + 1)
        return pages.page(found, asked.limit, lambda view: view.id, people.appointment)

    def _patient(by: Caller, patient_id: str) -> PatientView:
        context = api.acting(by)
        with api.db.read() as uow:
            found = whom.patient(uow, context, by.scope(), patient_id)
        if found is None:
            raise Problem("not-found", "没有这位就诊人。")
        return found

    def _in_full(by: Caller, patient_id: str, reason: str | None) -> InFull | None:
        if reason is None:
            return None
        context = api.acting(by)
        found = api.db.run(lambda uow: revealing.reveal(uow, context, patient_id, reason))
        return (
            None if found is None else InFull(name=found.name, id_number=found.id_number, phone=found.phone)
        )


def _command(by: Caller, sent: people.PatientGiven) -> RegisterPatient:
    guardian = sent.guardian
    return RegisterPatient(
        key=by.actor,
        relation=Relation.SELF,
        name=sent.name,
        id_kind=sent.id_kind,
        id_number=sent.id_number,
        phone=sent.phone,
        consents=tuple(dict.fromkeys(sent.consents)),
        sex=None if sent.sex is None else Sex(sent.sex),
        birth_date=sent.birth_date,
        guardian=None if guardian is None else Guardian(guardian.name, guardian.id_number, guardian.phone),
    )
