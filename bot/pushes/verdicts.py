"""What may come of looking at the facts once more, right before a push is sent."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Void:
    """It is no longer true, or no longer wanted: it is not sent."""

    reason: str
    """changed | cancelled | deceased | unsubscribed | withdrawn …"""


@dataclass(frozen=True, slots=True)
class Later:
    """Still true, but not now (quiet hours): due again then, and no try is used up."""

    until: datetime


Verdict = Void | Later
