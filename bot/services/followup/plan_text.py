"""A plan as the text of its file: written for whoever reads YAML, read again with the line of every fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.services.followup.checking import Fault

LONGEST = 40_000
"""Characters."""


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """A fault with its line; 0: the whole."""

    line: int
    why: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """``data`` is None where it cannot be read; then ``faults`` says where."""

    data: Any
    faults: tuple[Placed, ...] = ()


def written(data: Any) -> str:
    told: str = yaml.safe_dump(
        _plain(data), allow_unicode=True, sort_keys=False, width=120, default_flow_style=None
    )
    return told


def read(text: str) -> Text:
    """Refuses what may be read as more than it is: anchors that multiply, nesting without end."""
    if len(text) > LONGEST:
        return Text(None, (Placed(0, "long"),))
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
                return Text(None, (Placed(token.start_mark.line + 1, "anchors"),))
        return Text(yaml.safe_load(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return Text(None, (Placed(line, "yaml"),))
    except (yaml.YAMLError, RecursionError, ValueError):
        return Text(None, (Placed(0, "text"),))


def placed(text: str, faults: Sequence[Fault]) -> tuple[Placed, ...]:
    """Each fault with the line of its field, of the nearest above it where it has none."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    found = (
        Placed(_line(node, fault.where.split(".") if fault.where else []), fault.why, fault.of)
        for fault in faults
    )
    return tuple(sorted(found))


def _line(node: Any, path: Sequence[str]) -> int:
    line = 0
    for name in path:
        match node:
            case yaml.MappingNode():
                pairs = {key.value: (key, value) for key, value in node.value}
                if name not in pairs:
                    return line
                key, node = pairs[name]
                line = key.start_mark.line + 1
            case yaml.SequenceNode() if name.isdigit() and int(name) < len(node.value):
                node = node.value[int(name)]
                line = node.start_mark.line + 1
            case _:
                return line
    return line


def _plain(value: Any) -> Any:
    """Without enums and tuples, which YAML would tag."""
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case str():
            return str(value)
        case _:
            return value
