"""What an operation of the API is: its address, its permission, what it takes and gives, and how it may fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from bot.domain.roles import Permission
from bot.domain.views import Period
from bot.web.api.shapes.common import Id, Nothing, PatientId, Request, StaffNo

PATHS: Mapping[str, Any] = {
    "appointment_id": Annotated[Id, Meta(description="预约编号")],
    "clinic_id": Annotated[Id, Meta(description="出诊编号")],
    "suspension_id": Annotated[Id, Meta(description="停诊编号")],
    "followup_id": Annotated[Id, Meta(description="随访编号")],
    "ticket_id": Annotated[Id, Meta(description="工单编号")],
    "patient_id": PatientId,
    "staff_no": StaffNo,
    "day": Annotated[date, Meta(description="出诊日期")],
    "period": Period,
}
"""What an address may name."""
ALWAYS = ("bad-parameter", "no-token", "no-permission", "too-many", "fault", "away")
_WITH_BODY = ("bad-json", "bad-field", "too-large", "not-json")
_WITH_KEY = ("key-missing", "key-reused")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    rule: str
    """As Flask writes it: ``/appointments/<appointment_id>``."""
    permission: Permission
    answer: Any
    summary: str
    tag: str
    status: int = 200
    query: type[Request] = Nothing
    body: type[Request] | None = None
    keyed: bool = False
    """Wants an Idempotency-Key."""
    also: Permission | None = None
    """Wanted besides where personal data are asked for in full."""
    problems: tuple[str, ...] = ()
    note: str = field(default="", kw_only=True)

    @property
    def may_fail(self) -> tuple[str, ...]:
        """Every kind of problem it may answer with."""
        body = _WITH_BODY if self.body is not None else ()
        keyed = _WITH_KEY if self.keyed else ()
        there = ("not-found",) if "<" in self.rule else ()
        return tuple(dict.fromkeys((*ALWAYS, *body, *keyed, *there, *self.problems)))

    @property
    def named(self) -> tuple[str, ...]:
        """The names in its address."""
        parts = self.rule.split("/")
        return tuple(part[1:-1] for part in parts if part.startswith("<"))

    @property
    def path(self) -> str:
        """As OpenAPI writes it."""
        return self.rule.replace("<", "{").replace(">", "}")
