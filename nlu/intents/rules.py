"""What the context and plain words decide, over the model's guess.

The model sees the sentence; it does not see which question is open, nor that 「好」 is nothing but yes.
Every rule here either is certain by itself or breaks a tie that the mentions decide.
"""

import re
from dataclasses import dataclass
from functools import cache

from nlu.data import load_yaml
from nlu.entities.sounds import sounds
from nlu.intents import patterns as p
from nlu.intents.model import Scores
from nlu.intents.sounding import spelt
from nlu.reading import Reading

CERTAIN = 0.97
LIKELY = 0.75
BARE = 0.5
"""A bare 「心内科」: probably a booking, but an open question has the first right to it."""
FLOOR = 0.3
"""Below this the guess is no guess."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The intent, how sure, and what else it may be."""

    intent: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    gives_up: bool = False


@cache
def _phrases() -> dict[str, str]:
    """Phrase → intent, from phrases.yaml."""
    return {
        str(phrase): intent for intent, phrases in load_yaml("phrases.yaml").items() for phrase in phrases
    }


def exact(text: str) -> str | None:
    """Intent of a message that is nothing but a known phrase."""
    if len(text) > 16:
        return None
    plain = p.TAIL.sub("", text)
    phrases = _phrases()
    found = phrases.get(text) or phrases.get(plain)
    if found is None and (led := phrases.get(p.LEAD.sub("", plain))) in (
        "give_up",
        "back",
        "restart",
        "human",
    ):
        return led
    if found is None and p.ACCEPTS.match(plain):
        return "confirm"
    return found or _misspelt(plain)


@cache
def _phrases_by_sound() -> dict[tuple[str, ...], dict[str, str]]:
    """Sounds → the phrases that sound so, with their intents."""
    table: dict[tuple[str, ...], dict[str, str]] = {}
    for phrase, intent in _phrases().items():
        if len(phrase) > 1 and not phrase.isascii():
            table.setdefault(sounds(phrase), {})[phrase] = intent
    return table


def _misspelt(plain: str) -> str | None:
    """缺认, 帮住: sounds like a phrase and shares a character with it; none where two intents sound alike."""
    if not 2 <= len(plain) <= 8 or plain.isascii():
        return None
    alike = _phrases_by_sound().get(sounds(plain), {})
    intents = {
        intent for phrase, intent in alike.items() if any(a == b for a, b in zip(plain, phrase, strict=True))
    }
    return intents.pop() if len(intents) == 1 else None


def decide(reading: Reading, scores: Scores, expecting: tuple[str, ...]) -> Verdict:
    """The last word on the intent."""
    text = reading.normal.text
    begs = "别" in text and "confirm" not in expecting
    if p.KEEPS_DATA.search(text) and (begs or not expecting):
        return Verdict("privacy", CERTAIN)
    if not expecting and p.TAKES_BACK.search(text):
        return Verdict("privacy", CERTAIN)
    intent = exact(text)
    if intent == "give_up":
        bare_cancel = text.startswith("取消") and not expecting
        if bare_cancel:
            return Verdict("cancel", LIKELY, (("deny", 0.2),))
        return Verdict("deny", CERTAIN, gives_up=True)
    if intent == "thanks" and "confirm" in expecting and exact(re.split(r"[,。! ]|谢", text)[0]) == "confirm":
        return Verdict("confirm", CERTAIN)  # 好的,谢谢: the yes that was asked for, said politely
    if intent is not None:
        return Verdict(intent, CERTAIN)
    if not p.SAYS.search(text) or _foreign(text):
        return Verdict("unknown", 0.0)
    if reading.named.said and any("name" in slot for slot in expecting) and p.NAME_LIKE.match(text):
        return Verdict("unknown", 0.2)
    if p.EMERGENCY.match(text):
        return Verdict("emergency", CERTAIN)
    if p.ANIMAL.search(text):
        return Verdict("unknown", 0.9)
    if p.TRADE.search(text) and not _medical(reading) and not p.HOUSE.search(text):
        return Verdict("unknown", 0.9)
    if len(text) <= 20 and p.WHO.search(text):
        return Verdict("faq", 0.9)
    if p.STOPS.search(text):
        return Verdict("unsubscribe", 0.9, (("complaint", 0.1),))
    if p.COMPLAINS.search(text):
        return Verdict("complaint", 0.9)
    if p.HUMAN.search(text):
        return Verdict("human", 0.9)
    if p.SAFE_DATA.search(text) or p.OWN_RECORD.search(text):
        return Verdict("faq", 0.9)
    if p.PRIVACY.search(text) and not p.NOT_PRIVACY.search(text):
        return Verdict("deny" if p.KEEPS_DATA.search(text) else "privacy", CERTAIN)
    if not expecting and p.MISTAKEN.search(text):
        return Verdict("register_patient", CERTAIN)
    if expecting and p.OTHERWISE.match(text):
        return Verdict("unknown", 0.2, (("change", 0.2),))
    if (bare := _bare(reading, expecting)) is not None:
        return bare
    if p.IS_CALLED.search(reading.shape) and not set("DMSTPK") & set(reading.shape):
        return Verdict("unknown", 0.2, (("register_patient", 0.2),))
    if p.INSTEAD.match(reading.shape):
        return Verdict("unknown", 0.2, (("book", 0.2),)) if expecting else Verdict("book", 0.7)
    return _weigh(reading, scores, expecting)


def _foreign(text: str) -> bool:
    """I want to see a doctor: words that are neither Chinese nor pinyin."""
    return text.isascii() and text.count(" ") >= 3 and len(p.WORD.findall(spelt(text))) >= 2


def complains(text: str) -> bool:
    """A complaint in so many words, which is kept whatever else is asked for."""
    return bool(p.COMPLAINS.search(text))


def _medical(reading: Reading) -> bool:
    return bool(reading.named.spans or reading.complaints.points)


def _bare(reading: Reading, expecting: tuple[str, ...]) -> Verdict | None:
    """Nothing but names, days and people: an answer, or the beginning of a booking."""
    rest = re.sub(r"[DMTPKSR@#\d ]", "", reading.shape)
    shape = reading.shape
    if shape and p.SHIFTS.match(shape):
        return Verdict("unknown", 0.2, (("change", 0.2),)) if expecting else Verdict("change", 0.65)
    if (
        not shape
        or not p.FILLER.match(rest)
        or p.NO_BOOKING.search(shape)
        or p.LOOKS.search(shape)
        or p.HAS_ONE.search(shape)
    ):
        return None
    if "S" in shape and not (set("DM") & set(shape)) and not p.BOOKS.search(shape):
        return Verdict("triage", LIKELY)
    if p.BOOKS.search(shape) or ("号" in shape and set("DMTP") & set(shape)):
        return Verdict("book", 0.85)
    if set("DM") & set(shape):
        return Verdict("book", BARE, (("query_slots", 0.3),))
    if set("TPKR") & set(shape) or not rest.strip() or reading.found.asap:
        return Verdict("unknown", 0.2, (("book", 0.2),))
    return None


def _weigh(reading: Reading, scores: Scores, expecting: tuple[str, ...]) -> Verdict:
    """The model's guess, nudged by what was mentioned."""
    table = dict(scores)
    shape = reading.shape
    named = bool(set("DM") & set(shape))
    queues = bool(p.QUEUES.search(shape))
    if named and p.AVAILABLE.search(shape) and not p.CANCELS.search(shape) and not queues:
        table["query_slots"] = table.get("query_slots", 0.0) + 0.25
    if named and not p.QUESTION.search(shape) and not p.CANCELS.search(shape):
        table["unknown"] = table.get("unknown", 0.0) * 0.3
    if p.TAKES.search(shape) and not p.WAITS.search(shape) and set("DMTP") & set(shape):
        table["book"] = table.get("book", 0.0) + 0.6 * table.get("query_slots", 0.0) + 0.2
        table["query_slots"] = table.get("query_slots", 0.0) * 0.4
    if queues or p.CALLS_ME.search(shape):
        table["waitlist"] = table.get("waitlist", 0.0) + 0.6 + 0.5 * table.get("query_slots", 0.0)
        table["query_slots"] = table.get("query_slots", 0.0) * 0.2
    if p.NO_BOOKING.search(shape):
        table["book"] = table.get("book", 0.0) * 0.1
    if p.OWED.search(text := reading.normal.text) and not p.NOT_GOING.search(text):
        table["pay"] = table.get("pay", 0.0) + table.get("cancel", 0.0)
        table["cancel"] = table.get("cancel", 0.0) * 0.2
    if p.ELSEWHEN.search(shape) and not p.CANCELS.search(shape):
        table["change"] = table.get("change", 0.0) + 0.8 * table.get("cancel", 0.0)
        table["cancel"] = table.get("cancel", 0.0) * 0.2
    if "S" in shape:
        table["unknown"] = table.get("unknown", 0.0) * 0.3
        table["triage"] = table.get("triage", 0.0) + (0.05 if named else 0.15)
    if named and _wishes(reading):  # 闺女脸上过敏,礼拜六皮肤科: where and when is settled
        table["triage"] = table.get("triage", 0.0) * 0.2
    if not p.EMERGENCY.match(
        shape
    ):  # the danger signs decide (redflags.py); a likeness to them is a complaint
        likely = "triage" if "S" in shape else "unknown"
        table[likely] = table.get(likely, 0.0) + 0.5 * table.get("emergency", 0.0)
        table["emergency"] = table.get("emergency", 0.0) * 0.2
    if expecting:
        for intent in ("confirm", "deny"):
            if "confirm" in expecting:
                table[intent] = table.get(intent, 0.0) * 1.5
        table["greet"] = table.get("greet", 0.0) * 0.7
    if p.A_NOT_A.search(shape):
        table["unknown"] = table.get("unknown", 0.0) + table.get("deny", 0.0)
        table["deny"] = 0.0
    if p.STORY.search(shape):
        table["complaint"] = table.get("complaint", 0.0) + 1.0
    elif p.REQUESTS.search(shape):  # 什么破系统，老子要挂个号: rude, but a request
        table["complaint"] = table.get("complaint", 0.0) * 0.05
    total = sum(table.values()) or 1.0
    ranked = sorted(((n, share / total) for n, share in table.items()), key=lambda pair: -pair[1])
    best, confidence = ranked[0]
    runners = tuple((n, round(share, 3)) for n, share in ranked[1:4] if share >= 0.1 and n != "unknown")
    if best == "change" and not p.MOVES.search(shape):
        return Verdict("unknown", 0.2, (("change", 0.2),))
    doubtful = best == "unknown" or confidence < FLOOR
    if doubtful and named and _wishes(reading) and not p.QUESTION.search(shape):
        return Verdict("book", BARE, tuple(r for r in runners if r[0] != "book"))
    if best != "unknown" and confidence < FLOOR:
        return Verdict("unknown", round(1 - confidence, 3), ((best, round(confidence, 3)), *runners)[:3])
    gives_up = best == "deny" and bool(p.GIVES_UP.search(shape))
    return Verdict(best, round(confidence, 3), runners, gives_up)


def _wishes(reading: Reading) -> bool:
    """A day to come, a time or 尽快: with a department or doctor named that is a wish, whatever else is said."""
    found = reading.found
    return bool(found.days or found.time or found.asap)
