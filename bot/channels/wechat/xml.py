"""The platform's flat XML, read strictly: no DTD, no entities, no field twice."""

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

from bot.channels.base import Refusal

_START = re.compile(r"\s*(?:<\?xml\s[^<>]{0,100}\?>\s*)?<xml[\s>]")
"""A document type can only stand before the root element; with nothing but an XML declaration allowed there,
neither external entities nor expanding ones can be declared, whatever the patient types further down."""


def read(body: bytes | str) -> Element:
    """The ``<xml>`` element; `Refusal` for anything that is not one."""
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
        if _START.match(text) is None:
            raise Refusal("xml", 400)
        return fromstring(text)
    except (ParseError, ValueError):  # malformed, not UTF-8, lone surrogates
        raise Refusal("xml", 400) from None


def fields(root: Element) -> dict[str, str]:
    """The children with text, by name; a name given twice has two meanings and is refused."""
    found = {child.tag: child.text or "" for child in root}
    if len(found) != len(root):
        raise Refusal("field twice", 400)
    return found
