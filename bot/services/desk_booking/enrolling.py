"""建档 at the window (R14, R40): the person is there or calls, and who registers them answers for the consent."""

from dataclasses import replace

from sqlalchemy import select

from bot.domain.commands import RegisterPatient
from bot.domain.outcomes import InvalidField
from bot.domain.registration import REQUIRED_CONSENTS, check
from bot.services.accounts import find as find_account
from bot.services.accounts import make
from bot.services.consents import give
from bot.services.context import Context, audit
from bot.services.followup.linking import link_patient
from bot.services.people import SURVIVOR, P
from bot.services.register import insert_patient, number_index
from bot.store.db import UnitOfWork

WAYS = ("paper", "phone")
"""How the consent was given."""
_LEDGER = ("desk", "counter", "consents")
"""The account under which consents given at the window are kept: it follows nothing and looks after nobody."""


def enrol(
    uow: UnitOfWork, context: Context, command: RegisterPatient, way: str
) -> tuple[str, bool] | InvalidField:
    """The patient's id, and whether they are new: who is registered already is found, and nothing is changed."""
    policy = context.directory.policy(context.today)
    person = check(command, context.today, policy.guardian_under_years)
    if isinstance(person, InvalidField):
        return person
    if way not in WAYS or set(REQUIRED_CONSENTS) - set(command.consents):
        return InvalidField("consents")
    number = number_index(uow, person)
    known = uow.connection.execute(
        select(SURVIVOR).where(P.c.id_kind == person.kind, P.c.id_number_index == number)
    ).scalar()
    if known is not None:
        return str(known), False
    patient_id = insert_patient(command, person, number, uow, context)
    evidence = f"{way}:{context.actor}:{command.key}"
    give(uow, _ledger(uow, context), command.consents, patient_id=patient_id, evidence=evidence)
    audit(uow, context, "patient.registered", f"patient:{patient_id}", key=command.key, consent=way)
    link_patient(uow, context, patient_id, number, command.name)
    return patient_id, True


def _ledger(uow: UnitOfWork, context: Context) -> Context:
    account = find_account(uow, *_LEDGER)
    if account is None:
        make(uow, *_LEDGER, context.now, False)
        account = find_account(uow, *_LEDGER)
    return replace(context, account=account)
