"""Dates and times as patients say them.  ``find`` is the way in; the conventions are in docs/nlu.md."""

from nlu.dates.find import Anchors, find
from nlu.dates.found import Found

__all__ = ["Anchors", "Found", "find"]
