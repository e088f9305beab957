"""What the pushes about a visit say, in the words that the templates may use (`bot.pushes.vocabulary`)."""

from datetime import date

from bot.domain.speech import Option
from bot.domain.views import AppointmentView
from bot.pushes.wording import day, full, near, span, yuan
from bot.services.facts import Facts

_REMIND = ("voucher", "change", "cancel")
_WAYS = {
    "booked_card": ("voucher",),
    "changed": ("voucher",),
    "visit_tomorrow": _REMIND,
    "visit_soon": ("voucher",),
}
_LABELS = {"voucher": "看凭证", "change": "改时间", "cancel": "退号"}


def of_visit(kind: str, seen: AppointmentView, today: date, more: dict[str, str]) -> Facts:
    """A visit as a push of ``kind`` tells it; ``more`` is what only that kind knows."""
    return Facts(fields_of(seen, today) | more, _options(kind, seen), order=f"A{seen.id}")


def fields_of(seen: AppointmentView, today: date) -> dict[str, str]:
    return {
        "department": seen.doctor.department,
        "doctor": f"{seen.doctor.name} {seen.doctor.title}",
        "date": day(seen.day),
        "day": near(seen.day, today),
        "time": span(seen.starts_at, seen.ends_at),
        "begins": full(seen.starts_at),
        "place": seen.location,
        "code": seen.code,
        "number": str(seen.number),
        "fee": yuan(seen.fee_fen),
        "notes": seen.notes.rstrip("。"),  # the templates set the stop
    }


def _options(kind: str, seen: AppointmentView) -> tuple[Option, ...]:
    """Taps that work days later: they name the appointment, not an offer that a session holds."""
    match kind:
        case "cancelled":
            return (Option("重新挂号", "open:booking"),)
        case "revisit_due":
            return (Option("预约复诊", f"book:doctor:{seen.doctor.name}"),)
        case _:
            ways = _WAYS.get(kind, ())
            return tuple(Option(_LABELS[way], f"open:{way}:appointment:{seen.id}") for way in ways)
