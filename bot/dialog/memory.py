"""Sessions in memory: for the terminal chat, transcripts and tests; the same contract as the Redis store."""

from threading import Lock

from bot.dialog.codec import dumps, loads
from bot.dialog.session import Session


class MemorySessions:
    """Stored as bytes, so that what works here survives the wire too."""

    def __init__(self) -> None:
        self._stored: dict[str, tuple[int, bytes]] = {}
        self._lock = Lock()

    def load(self, user: str) -> Session:
        """The stored session, or a new one."""
        with self._lock:
            revision, raw = self._stored.get(user, (0, b""))
        session = loads(raw) if raw else Session()
        session.revision = revision
        return session

    def save(self, user: str, session: Session) -> bool:
        """Compare-and-set on ``session.revision``."""
        raw = dumps(session)
        with self._lock:
            revision, _ = self._stored.get(user, (0, b""))
            if revision != session.revision:
                return False
            self._stored[user] = (revision + 1, raw)
            return True
