"""红旗: a danger somebody answered or said, until a nurse has acted."""

from collections.abc import Mapping
from enum import StrEnum


class FlagLevel(StrEnum):
    URGENT = "urgent"
    SOON = "soon"


class FlagState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody is at it: no longer escalated, still to be closed with what was done."""
    CLOSED = "closed"


FLAG: Mapping[FlagState, frozenset[FlagState]] = {
    FlagState.OPEN: frozenset({FlagState.ACKNOWLEDGED, FlagState.CLOSED}),
    FlagState.ACKNOWLEDGED: frozenset({FlagState.OPEN, FlagState.CLOSED}),  # open again: given back
    FlagState.CLOSED: frozenset(),
}
