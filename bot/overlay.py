"""A YAML file that comes with the program, and a hospital's own that changes it entry by entry."""

from collections.abc import Collection, Mapping
from typing import Any

import yaml

from bot.settings import BadSettings


def parsed(text: str, where: str, *, expected: str, wrong: type[BadSettings]) -> dict[str, Any]:
    """The file as a mapping; raises ``wrong`` with one line for whoever edits it."""
    try:
        raw = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise wrong(f"{where}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(raw, dict):
        raise wrong(f"{where}: expected {expected}")
    return raw


def merged(
    base: Mapping[str, Any], over: Mapping[str, Any], *, whole: Collection[str] = ()
) -> dict[str, Any]:
    """``over`` wins, key by key; what stands under one of ``whole`` is replaced as a whole."""
    found = dict(base)
    for key, value in over.items():
        old = found.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping) and key not in whole:
            value = merged(old, value, whole=whole)
        found[key] = value
    return found
