"""The transition tables are closed, and say no."""

from enum import StrEnum

import pytest

from bot.domain import states
from bot.domain.states import APPOINTMENT, SEAT, AppointmentState, IllegalTransition, SeatState, step


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (states.SEAT, states.SeatState),
        (states.APPOINTMENT, states.AppointmentState),
        (states.CLINIC, states.ClinicState),
        (states.OUTBOX, states.OutboxState),
        (states.HANDOFF, states.HandoffState),
    ],
)
def test_every_state_has_a_row_and_leads_only_to_states(
    table: dict[StrEnum, frozenset[StrEnum]], kind: type[StrEnum]
) -> None:
    assert set(table) == set(kind)
    assert all(after in kind and after is not before for before, row in table.items() for after in row)


def test_what_is_over_stays_over() -> None:
    for over in (AppointmentState.CANCELLED, AppointmentState.DONE, AppointmentState.EXPIRED):
        assert APPOINTMENT[over] == frozenset()
    assert APPOINTMENT[AppointmentState.NO_SHOW] == {AppointmentState.BOOKED}, "it was marked by mistake"


def test_a_cooling_seat_is_not_sold_before_it_is_free() -> None:
    assert step(SEAT, SeatState.COOLING, SeatState.FREE) is SeatState.FREE
    with pytest.raises(IllegalTransition, match="SeatState: cooling cannot become booked"):
        step(SEAT, SeatState.COOLING, SeatState.BOOKED)
