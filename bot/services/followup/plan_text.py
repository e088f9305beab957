"""A plan as the text of its file: written for whoever reads YAML, read again with the line of every fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.services.followup.checking import Fault

LONGEST = 40_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Text:
    """``data`` is None where it cannot be read; then ``faults`` says where."""

    data: Any
    faults: tuple[tuple[int, str], ...] = ()
    """(line, words); line 0: the whole."""


def written(data: Any) -> str:
    told: str = yaml.safe_dump(
        _plain(data), allow_unicode=True, sort_keys=False, width=120, default_flow_style=None
    )
    return told


def read(text: str) -> Text:
    """Refuses what may be read as more than it is: anchors that multiply, nesting without end."""
    if len(text) > LONGEST:
        return Text(None, ((0, f"太长了，最多 {LONGEST} 个字符。"),))
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
                return Text(None, ((token.start_mark.line + 1, "这里不能用 &、* 和 ! 开头的写法。"),))
        return Text(yaml.safe_load(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return Text(None, ((line, "这一行的写法不对：看看缩进、冒号后面有没有空格、括号是不是成对。"),))
    except (yaml.YAMLError, RecursionError, ValueError):
        return Text(None, ((0, "读不懂这段文本。"),))


def placed(text: str, faults: Sequence[Fault]) -> tuple[tuple[int, str], ...]:
    """Each fault with the line of its field, of the nearest above it where it has none."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return tuple(
        sorted((_line(node, fault.where.split(".") if fault.where else []), fault.words) for fault in faults)
    )


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
