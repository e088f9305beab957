"""What the NLU knows about the world, as reviewable files, and how they are read."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(name: str) -> Any:
    """A YAML file of this folder."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_Loader)  # CSafeLoader: safe, and ten times as fast


def read_text(name: str) -> str:
    """A text file of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")
