"""The people of the console: who somebody is while signed in, how staff are listed, and what became of a sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.roles import Permission, Role, Scope, permissions, scope

AGREEMENT = "2026-11"
"""The edition of the confidentiality agreement that has to be signed before anything is seen (R44)."""
FRESH = timedelta(minutes=10)
"""How long a shown password is good for dangerous acts."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in, as every page sees them."""

    session_id: int
    staff_no: str
    name: str
    roles: tuple[Role, ...]
    wards: tuple[str, ...]
    departments: tuple[str, ...]
    has_totp: bool
    must_change: bool
    agreed: bool
    proved_at: datetime | None
    """When they last showed who they are; None: their code is still to come."""

    @property
    def actor(self) -> str:
        """As the audit log calls them."""
        return f"staff:{self.staff_no}"

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions(self.roles)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def scope(self, permission: Permission, *more: Permission) -> Scope:
        """Whose rows they reach with this permission; with several: only what all of them reach."""
        found = [scope(self.roles, each, self.wards, self.departments) for each in (permission, *more)]
        if not all(self.may(each) for each in more):
            return Scope()
        return next((each for each in found if not each.everything), found[0])

    def reaches(self, permission: str, *, ward: str = "", department: str = "") -> bool:
        """Whether they may do that with a row of this ward or department: pages show no button that would refuse."""
        return self.scope(Permission(permission)).covers(ward=ward, department=department)

    def is_fresh(self, now: datetime) -> bool:
        return self.proved_at is not None and now - self.proved_at < FRESH


@dataclass(frozen=True, slots=True)
class StaffView:
    """One of the staff as the list shows them."""

    staff_no: str
    name: str
    roles: tuple[Role, ...]
    wards: tuple[str, ...]
    departments: tuple[str, ...]
    active: bool
    version: int
    has_totp: bool
    must_change: bool
    locked_until: datetime | None
    agreed_at: datetime | None
    seen_at: datetime | None
    created_at: datetime


class SignInOutcome(StrEnum):
    """What the sign-in log says."""

    SIGNED_IN = "signed_in"
    CODE_ASKED = "code_asked"
    UNKNOWN = "unknown"
    WRONG_PASSWORD = "wrong_password"
    WRONG_CODE = "wrong_code"
    LOCKED = "locked"
    DISABLED = "disabled"
    PASSWORD_EXPIRED = "password_expired"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``token`` is for the browser alone."""

    token: str
    needs_code: bool


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    outcome: SignInOutcome
    until: datetime | None = None
    """Locked: when it is worth trying again."""


@dataclass(frozen=True, slots=True)
class StaffChanged:
    staff_no: str
    password: str = ""
    """A one-time password, told once."""


@dataclass(frozen=True, slots=True)
class StaffConflict:
    """Somebody else changed them meanwhile, or they are not there."""


@dataclass(frozen=True, slots=True)
class StaffRefused:
    why: str
    """taken | last_admin | oneself | staff_no | name | roles"""


Changed = StaffChanged | StaffConflict | StaffRefused
