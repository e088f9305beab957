"""Where several web workers add up their figures.  Imports nothing: it must run before prometheus_client does."""

import os
import shutil
from pathlib import Path

from bot.processes import alive

SHARED = "PROMETHEUS_MULTIPROC_DIR"


def share(directory: Path) -> None:
    """A fresh place for this server's workers; those of servers that are gone are dropped."""
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        if old.name.isdigit() and not alive(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    own = directory / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    os.environ[SHARED] = str(own)
