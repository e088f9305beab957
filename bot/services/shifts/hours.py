"""The shifts' names and hours: the house's, or the hospital's own file."""

from datetime import time
from importlib.resources import files
from pathlib import Path

import yaml

from bot.domain.shifts import Rota, Shift
from bot.settings import BadSettings

FILE = "shifts.yaml"
"""In the data directory."""


def load(data_dir: Path) -> Rota:
    """Raises `BadSettings` in words for whoever edits it."""
    own = data_dir / FILE
    here = files(__package__) / "hours.yaml"
    text = own.read_text(encoding="utf-8") if own.is_file() else here.read_text(encoding="utf-8")
    try:
        shifts = [
            Shift(str(each["code"]), str(each["title"]), _time(each["begins"]), _time(each["ends"]))
            for each in yaml.safe_load(text)
        ]
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadSettings(f"{FILE}: {type(error).__name__}: {' '.join(str(error).split())}") from None
    if not shifts or len({shift.code for shift in shifts}) < len(shifts):
        raise BadSettings(f"{FILE}: shifts have codes, each another")
    if any(not 0 < len(shift.code) <= 16 for shift in shifts):
        raise BadSettings(f"{FILE}: a code has 1 to 16 characters")
    return Rota(tuple(sorted(shifts, key=lambda shift: shift.begins)))


def _time(said: object) -> time:
    return time.fromisoformat(str(said))
