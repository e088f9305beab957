"""Whether somebody can be registered with what they gave: checked again behind every dialog (R14)."""

from datetime import date

from bot.domain.commands import Guardian, RegisterPatient
from bot.domain.identity import (
    BadIdentity,
    Identity,
    age_on,
    normalise_name,
    normalise_phone,
    read_identity,
    valid_name,
    valid_phone,
)
from bot.domain.outcomes import InvalidField

ADULT = 18
REQUIRED_CONSENTS = ("privacy", "health_data")
"""个人信息保护法: health data need a consent of their own (第二十九条)."""


def check(command: RegisterPatient, today: date, guardian_under_years: int) -> Identity | InvalidField:
    """The identity with sex and birth date known, or the first field that cannot be."""
    identity = read_identity(command.id_kind, command.id_number, today)
    if isinstance(identity, BadIdentity):
        return InvalidField("id_number")
    if not valid_name(normalise_name(command.name)):
        return InvalidField("name")
    if not valid_phone(normalise_phone(command.phone)):
        return InvalidField("phone")
    birth = identity.birth_date or command.birth_date
    if birth is None or not date(1900, 1, 1) <= birth <= today:
        return InvalidField("birth_date")
    sex = identity.sex or command.sex
    if sex is None:
        return InvalidField("sex")
    if age_on(today, birth) < guardian_under_years and not _can_answer(command.guardian, today):
        return InvalidField("guardian")
    return Identity(identity.kind, identity.number, sex, birth)


def _can_answer(guardian: Guardian | None, today: date) -> bool:
    """A guardian is an adult, known by identity number and phone."""
    if guardian is None:
        return False
    identity = read_identity("resident_id", guardian.id_number, today)
    if isinstance(identity, BadIdentity) or identity.birth_date is None:
        return False
    reachable = valid_name(normalise_name(guardian.name)) and valid_phone(normalise_phone(guardian.phone))
    return reachable and age_on(today, identity.birth_date) >= ADULT
