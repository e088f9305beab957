"""Alternatives to a wish without seats, nearest to it first (R5): the bot proposes, the patient picks (R1)."""

from collections.abc import Sequence
from datetime import date

from bot.domain.views import ClinicView, Period, SeatQuery

PERIODS = (Period.AM, Period.PM, Period.EVENING)
_SHARE = (2, 1, 1)
"""Of four alternatives: two of the same doctor, one of the same half-day, one that is soonest."""


def rank(clinics: Sequence[ClinicView], wish: SeatQuery, today: date, limit: int) -> tuple[ClinicView, ...]:
    """At most ``limit`` of ``clinics``, a few of each kind, so that no kind crowds the others out."""
    wanted = wish.days or (today,)

    def away(clinic: ClinicView) -> tuple[int, int, int, int]:
        gap = min(abs((clinic.day - day).days) for day in wanted)
        other_half = int(wish.period is not None and clinic.period is not wish.period)
        return gap, other_half, clinic.day.toordinal(), PERIODS.index(clinic.period)

    def soon(clinic: ClinicView) -> tuple[int, int, int]:
        return clinic.day.toordinal(), PERIODS.index(clinic.period), -clinic.free

    same_doctor = sorted((c for c in clinics if c.doctor.id in wish.doctor_ids), key=away)
    same_time = sorted((c for c in clinics if _same_time(c, wish)), key=lambda c: (*away(c), -c.free))
    groups = (same_doctor, same_time, sorted(clinics, key=soon))
    return _deal(groups, limit)


def _same_time(clinic: ClinicView, wish: SeatQuery) -> bool:
    on_day = not wish.days or clinic.day in wish.days
    return on_day and clinic.doctor.id not in wish.doctor_ids and wish.period in (None, clinic.period)


def _deal(groups: Sequence[Sequence[ClinicView]], limit: int) -> tuple[ClinicView, ...]:
    picked: dict[int, ClinicView] = {}
    order: dict[int, int] = {}
    for shares in (_SHARE, (limit,) * len(groups)):
        for rank_of_group, (group, share) in enumerate(zip(groups, shares, strict=True)):
            fresh = [clinic for clinic in group if clinic.id not in picked][:share]
            for clinic in fresh[: limit - len(picked)]:
                picked[clinic.id] = clinic
                order[clinic.id] = rank_of_group
    return tuple(sorted(picked.values(), key=lambda clinic: order[clinic.id]))
