"""A hospital's first start: an administrator, whose one-time password waits in a file only the server's owner reads.

In a file and not on the terminal: what a service prints is kept in journals.
"""

import os
from datetime import datetime
from pathlib import Path

from bot.serve import FIRST_ADMIN
from bot.services.staff import seeding
from bot.store.db import Database


def prepare(db: Database, data_dir: Path, now: datetime) -> None:
    """Make the administrator if nobody is there; take the file away once its password is changed or expired."""
    path = data_dir / FIRST_ADMIN
    made = seeding.first_admin(db, now)
    if made is not None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(
                f"工号 {made.staff_no}\n一次性密码 {made.password}\n24 小时内有效，登录后要换成自己的密码。\n"
            )
    elif not seeding.is_awaited(db, now):
        path.unlink(missing_ok=True)
