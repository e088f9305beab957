"""XML as WeChat's servers write it, and reading what comes back."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | Mapping[str, Value] | Sequence[Mapping[str, Value]]"

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def build(fields: Mapping[str, Value]) -> str:
    """``<xml>…</xml>``: strings in CDATA, numbers bare, mappings nested; a tuple repeats its element."""
    return f"<xml>{_inside(fields)}</xml>"


def _inside(fields: Mapping[str, Value]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Value) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{_inside(value)}</{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    if isinstance(value, str):
        safe = _FORBIDDEN.sub("", value).replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{safe}]]></{name}>"
    if isinstance(value, tuple):
        return "".join(_element(name, item) for item in value)
    return f"<{name}>{''.join(_element('item', item) for item in value)}</{name}>"


class NotXml(ValueError):
    """The body is no XML document with the root <xml>."""


def parse(body: bytes) -> ET.Element:
    """The root; the hospital's own answer is trusted to be no entity bomb, but not to be well-formed."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise NotXml("document types are not accepted")
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, ValueError) as error:
        raise NotXml(str(error)) from None
    if root.tag != "xml":
        raise NotXml(f"the root is <{root.tag}>")
    return root
