"""What a message looks like on a phone, road by road: for whoever writes, starts or approves it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.pushes.limits import BadField
from bot.pushes.preview import NAMES, parts
from bot.pushes.shapes import Assistant, Card, Shape, Sms, Words
from bot.pushes.templates import Templates


@dataclass(frozen=True, slots=True)
class Face:
    """One road's message."""

    road: str
    name: str
    open: bool
    """Whether the road is set up here."""
    title: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    text: str = ""
    options: tuple[str, ...] = ()
    note: str = ""


def faces(
    templates: Templates, kind: str, fields: Mapping[str, str], *, roads: Iterable[str], signature: str,
    options: tuple[str, ...] = (),
) -> list[Face]:  # fmt: skip
    """In the order of the house's roads; the subscription's card is the template's own, so it is shown once."""
    shown = [road for road in templates.roads(kind) if road != "subscribe"]
    opened = set(roads)
    return [_face(templates, kind, road, fields, opened, signature, options) for road in shown]


def _face(
    templates: Templates, kind: str, road: str, fields: Mapping[str, str], opened: set[str], signature: str,
    options: tuple[str, ...],
) -> Face:  # fmt: skip
    is_open = road in opened or (road == "template" and "subscribe" in opened)
    name = "微信服务通知" if road == "template" else NAMES[road]
    try:
        shape = templates.render(kind, road, fields)
    except BadField as error:
        return Face(road, name, is_open, note=f"这条路发不出去：{error}")
    return _drawn(shape, Face(road, name, is_open), signature, options)


def _drawn(shape: Shape, blank: Face, signature: str, options: tuple[str, ...]) -> Face:
    road, name, is_open = blank.road, blank.name, blank.open
    match shape:
        case Card(title, rows):
            return Face(road, name, is_open, title, tuple((label, value) for _, label, value in rows))
        case Assistant(_, info):
            return Face(road, name, is_open, "就医助手", tuple(info.items()))
        case Words(text):
            return Face(road, name, is_open, text=text, options=options)
        case Sms(_, text):
            whole = f"【{signature}】{text}"
            count = parts(whole)
            return Face(road, name, is_open, text=whole, note=f"{len(whole)} 字，按 {count} 条短信计费")
