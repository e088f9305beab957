"""A stay that ends today, and the code at its bed."""

from datetime import date

from bot.services.bedside_codes import Code, NoCode, make
from bot.services.hospital import Hospital
from tests.dialogs import care
from tests.dialogs.stage import resident_id

NUMBER = resident_id(date(1958, 3, 8), 1, 7)
"""Ends with 9716."""
FORM = "discharge-week"
STAY = f"ZY{FORM}-{NUMBER[-4:]}-0".upper()


def printed(hospital: Hospital, name: str) -> str:
    """The scene of a code for somebody who is not registered; asked again, a new one for the same stay."""
    made = _made(hospital)
    if made is NoCode.UNKNOWN:
        care.discharge(hospital, name, NUMBER, 0, FORM, "心血管内科")
        made = _made(hospital)
    assert isinstance(made, Code)
    return made.scene


def _made(hospital: Hospital) -> Code | NoCode:
    context = hospital.acting("staff:0012")
    return hospital.db.run(lambda uow: make(uow, context, STAY))
