"""Menu taps, QR scenes and follows as meanings, so that a dialog cannot tell them from words.

A menu key or scene reads ``intent:NAME``, ``book:department:NAME``, ``book:doctor:NAME`` or ``bed:CODE`` (the code at a
bed); WeChat puts ``qrscene_`` before the scene of a new follower.
"""

from nlu.understood import INTENTS, Slots, Understood

EVENTS = frozenset({"menu", "scan", "follow"})
"""Kinds (``bot.channels.base.Kind``) whose meaning is complete without words."""


def understood(kind: str, key: str = "") -> Understood | None:
    """The meaning of an event; None for a message, whose words have to be parsed."""
    if kind not in EVENTS:
        return None
    intent, slots = _meaning(key.removeprefix("qrscene_"))
    if intent == "unknown" and kind == "follow":
        intent = "greet"
    return Understood(text="", normalized="", intent=intent, confidence=1.0, slots=slots)


def tapped(tap: str) -> Understood | None:
    """The meaning of a tap below a push: what a menu's key of that name means.  It may come days later."""
    found = understood("menu", tap)
    return found if found is not None and found.intent != "unknown" else None


def _meaning(key: str) -> tuple[str, Slots]:
    match key.split(":", 2):
        case ["intent", intent] if intent in INTENTS:
            return intent, Slots()
        case ["book", "department", name] if name:
            return "book", Slots(department=name)
        case ["book", "doctor", name] if name:
            return "book", Slots(doctor=name, doctors=(name,))
        case ["bed", code] if code:
            return "bedside", Slots(scene=key)
        case _:
            return "unknown", Slots()
