"""For the wizard: an example of what patients will read."""

from datetime import timedelta

from bot.pushes import suspension_ways
from bot.pushes.vocabulary import EXAMPLES
from bot.pushes.wording import day, full, moment, span, yuan
from bot.services.context import Context
from bot.services.suspension.affected import Person


def facts(context: Context, person: Person | None, reason: str) -> dict[str, str]:
    """The facts of one affected visit, with a seat kept for it as there may be one."""
    known = EXAMPLES | {
        "hospital": context.settings.hospital_name,
        "phone": context.settings.hospital_phone,
        "reason": reason,
    }
    if person is None:
        return known
    later = person.starts_at + timedelta(days=7)
    doctor = f"{person.doctor.name} {person.doctor.title}"
    times = span(person.starts_at, person.ends_at)
    return known | {
        "patient": person.name,
        "department": person.doctor.department,
        "doctor": doctor,
        "date": day(person.starts_at.date()),
        "time": times,
        "begins": full(person.starts_at),
        "offer": f"{day(later.date())}{times} {doctor}",
        "deadline": moment(context.now + timedelta(days=1)),
        "refund": yuan(person.fee_fen),
    }


def options(person: Person | None) -> tuple[str, ...]:
    """What stands under the notice in the chat."""
    fee = 1 if person is None else person.fee_fen
    return tuple(option.label for option in suspension_ways.options(kept=True, fee_fen=fee))
