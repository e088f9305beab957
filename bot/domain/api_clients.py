"""The systems that call the JSON API: what one may do, and what came of making, changing or asking for one."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.roles import Permission, Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """A system whose token was good, as every operation sees it."""

    id: int
    name: str
    permissions: frozenset[Permission]
    per_minute: int

    @property
    def actor(self) -> str:
        """As the audit log calls it."""
        return f"api:{self.name}"

    def actor_for(self, staff_no: str) -> str:
        """Where somebody stands behind it (R45): ``api:phone:0012``."""
        return f"{self.actor}:{staff_no}"

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def scope(self) -> Scope:
        """A system is the whole hospital's."""
        return Scope(everything=True)


@dataclass(frozen=True, slots=True)
class Client:
    """One of them as the list shows it; its token is nowhere."""

    id: int
    name: str
    purpose: str
    hint: str
    permissions: tuple[Permission, ...]
    per_minute: int
    version: int
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def state(self, now: datetime) -> str:
        """live | expired | revoked"""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "live"


@dataclass(frozen=True, slots=True)
class ClientMade:
    """``token`` is told this once."""

    name: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClientRevoked:
    name: str


@dataclass(frozen=True, slots=True)
class ClientConflict:
    """Somebody else changed it meanwhile, or it is not there."""


@dataclass(frozen=True, slots=True)
class ClientRefused:
    why: str
    """name | taken | purpose | permissions | per_minute | expires_at"""
