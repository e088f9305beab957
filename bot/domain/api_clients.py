"""The systems that call the JSON API: what one may do, and what came of making, changing or asking for one."""

from collections.abc import Mapping
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


_P = Permission
OFFERED: Mapping[Permission, str] = {
    _P.SCHEDULE_SEE: "看科室、医生、出诊和余号",
    _P.SCHEDULE_EDIT: "放出诊、改排班",
    _P.SUSPENSION_SEE: "看停诊和进展",
    _P.SUSPENSION_START: "开始停诊、撤回停诊",
    _P.APPOINTMENTS_SEE: "看预约",
    _P.APPOINTMENTS_BOOK: "建档和代办预约",
    _P.PATIENTS_SEE: "找就诊人（姓名和号码遮盖）",
    _P.PATIENTS_REVEAL: "看完整身份和电话（记审计）",
    _P.PATIENTS_EDIT: "写入出院患者",
    _P.FOLLOWUP_SEE: "看要打的随访电话",
    _P.FOLLOWUP_ACT: "记随访电话的结果",
    _P.TICKETS_SEE: "看意见投诉",
    _P.TICKETS_ACT: "登记意见投诉",
}
"""What the API has operations for, as whoever gives a token reads it."""
