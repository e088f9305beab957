"""How delivery asks whether what it is about to send is still true."""

from collections.abc import Callable, Mapping, Sequence

from bot.pushes.verdicts import Later, Verdict, Void
from bot.store.outbox import Leased

__all__ = ["Later", "Recheck", "Verdict", "Void", "all_true"]

Recheck = Callable[[Sequence[Leased]], Mapping[int, Verdict]]
"""Asked for each batch of claimed pushes: the rows, by id, that may not go now.  Who is not named may go."""


def all_true(batch: Sequence[Leased]) -> Mapping[int, Verdict]:
    """Nothing is looked at."""
    return {}
