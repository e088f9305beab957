"""Logs for people and machines: one ``key=value`` line a record on stderr, without personal data (R15).

What a patient writes is never logged on purpose; numbers that slip through (an exception quoting its input) are
masked here, in the last step, so that no logger can forget it.
"""

import logging
import re
import sys
from datetime import UTC, datetime
from typing import IO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN = re.compile(r"[^\s\"=\\]+")

# \d takes full-width digits too.  Groups may be set apart: 138-1234-5678, 110105 19491231 002X.
_SEP = r"[ \-·　]?"
_NUMBERS = re.compile(
    rf"(?<!\d)(?:\d{{6}}{_SEP}\d{{8}}{_SEP}\d{{3}}[\dXxＸｘ]|\d{{6}}{_SEP}\d{{6}}{_SEP}\d{{3}}"
    rf"|(?:(?:00)?86{_SEP})?[1１][3-9３-９]\d{_SEP}\d{{4}}{_SEP}\d{{4}})(?!\d)"
)
_DETAIL = re.compile(r"\bDETAIL:.*")
"""PostgreSQL quotes the offending row here: ``Key (…, openid)=(…)``, ``Failing row contains (…)``."""


def redact(text: str) -> str:
    """``text`` with identity numbers (18 or 15 digits, GB 11643) and mobile numbers masked, and without the values
    that a database quotes."""
    return _NUMBERS.sub("***", _DETAIL.sub("DETAIL: ***", text))


class KeyValue(logging.Formatter):
    """``at=… level=… logger=… msg=… key=value…``; a traceback follows on lines of its own, set in by a bar."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "msg": record.getMessage(),
        }
        fields |= {key: str(value) for key, value in vars(record).items() if key not in _STANDARD}
        line = redact(" ".join(f"{key}={_quoted(value)}" for key, value in fields.items()))
        if record.exc_info:
            line += "".join(
                f"\n  | {part}" for part in redact(self.formatException(record.exc_info)).splitlines()
            )
        return line


def configure(level: str, stream: IO[str] | None = None) -> None:
    """Everything that is logged in this process goes through here; libraries only from WARNING up."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(KeyValue())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.raiseExceptions = False  # a closed pipe at shutdown is no news
    for noisy in ("httpx", "httpcore", "apscheduler", "alembic", "jieba", "urllib3"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # Twice a second while a tick waits for a database that is away: that it is still at it.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
