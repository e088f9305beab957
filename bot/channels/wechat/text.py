"""Text that WeChat can carry: legal in XML, harmless as markup, cut under 2,048 bytes between sentences."""

import re
import unicodedata

LIMIT = 2047
"""UTF-8 bytes in one text message; the platform refuses 2,048 and more (45002)."""

_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(?=#|[A-Za-z]+;)")
_SENTENCE = re.compile(r"[。！？!?；;…]+[”’」』）)]*|\n+|\.(?=\s)")
_CLAUSE = re.compile(r"[，,、：:]|\s")
_JOINER = "\u200d"


def clean(text: str) -> str:
    """``text`` as XML 1.0 can hold it.  Emoji and rare characters (䶮, 𠮷) stay; control characters and lone
    surrogates go; ``<`` and entity-like ``&`` become full-width, so that no text can forge a link in the chat."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if "<" in text:
        text = text.replace("<", "＜")
    return _ENTITY.sub("＆", text) if "&" in text else text


def size(text: str) -> int:
    """Bytes on the wire."""
    return len(text.encode())


def cdata(text: str) -> str:
    """``text`` as character data; a ``]]>`` in it is carried over two sections and closes nothing."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Parts of at most ``limit`` bytes that joined give ``text`` again."""
    parts = []
    while size(text) > limit:
        at = _cut(text, limit)
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text] if text else parts


def _cut(text: str, room: int) -> int:
    """Where to cut: after the last sentence or line that fits, else after a clause, else between characters."""
    fits = len(text.encode()[:room].decode(errors="ignore"))
    for boundary in (_SENTENCE, _CLAUSE):
        ends = [match.end() for match in boundary.finditer(text, 0, fits + 1) if match.end() <= fits]
        if ends and ends[-1] * 3 > fits:  # a part of a few words helps nobody
            return ends[-1]
    return _between_characters(text, fits)


def _between_characters(text: str, at: int) -> int:
    """Back from ``at`` until what follows does not belong to the character before (joined emoji, accents)."""
    for back in range(at, max(at - 16, 1), -1):
        if not _extends(text[back]) and text[back - 1] != _JOINER:
            return back
    return at


def _extends(char: str) -> bool:
    return (
        char == _JOINER
        or "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or unicodedata.combining(char) != 0
    )
