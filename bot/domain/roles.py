"""Who may do what in the console: permissions, the roles that hold them, and whose rows a person sees (R20, R49)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One kind of act.  What ends in ``.see`` changes nothing."""

    TODAY_SEE = "today.see"
    SCHEDULE_SEE = "schedule.see"
    SCHEDULE_EDIT = "schedule.edit"
    SUSPENSION_SEE = "suspension.see"
    SUSPENSION_START = "suspension.start"
    SUSPENSION_ANSWER = "suspension.answer"
    """Write down what a suspended patient said on the phone (R18)."""
    APPOINTMENTS_SEE = "appointments.see"
    APPOINTMENTS_BOOK = "appointments.book"
    """Book, change and cancel for a caller or a walk-in, and check in (R3)."""
    PATIENTS_SEE = "patients.see"
    PATIENTS_REVEAL = "patients.reveal"
    """Read what is masked; asked for with a reason and audited (R15)."""
    PATIENTS_EDIT = "patients.edit"
    PRIVACY_SEE = "privacy.see"
    """The consents ledger, requests about one's data, the retention job's runs."""
    PRIVACY_ACT = "privacy.act"
    """Carry out what a patient may ask for by law: a copy, a correction, deletion."""
    FOLLOWUP_SEE = "followup.see"
    FOLLOWUP_ACT = "followup.act"
    """Call, and fill a questionnaire for the patient."""
    FOLLOWUP_ASSIGN = "followup.assign"
    PLANS_SEE = "plans.see"
    PLANS_EDIT = "plans.edit"
    """Follow-up plans and questionnaires."""
    FLAGS_SEE = "flags.see"
    FLAGS_ACT = "flags.act"
    TICKETS_SEE = "tickets.see"
    TICKETS_ACT = "tickets.act"
    TICKETS_CLOSE = "tickets.close"
    CONVERSATIONS_SEE = "conversations.see"
    CONVERSATIONS_ANSWER = "conversations.answer"
    PUSHES_SEE = "pushes.see"
    PUSHES_ACT = "pushes.act"
    """Send dead letters again, tick off calls, close alerts."""
    BROADCAST_SEE = "broadcast.see"
    BROADCAST_DRAFT = "broadcast.draft"
    BROADCAST_APPROVE = "broadcast.approve"
    REPORTS_SEE = "reports.see"
    REPORTS_EXPORT = "reports.export"
    REPORTS_SIGN = "reports.sign"
    """科主任's monthly check, 医务科's and 护理部's supervision (R41); the review of a sample (R48)."""
    POLICY_SEE = "policy.see"
    POLICY_EDIT = "policy.edit"
    CONTENT_SEE = "content.see"
    CONTENT_EDIT = "content.edit"
    """FAQ, aliases, templates."""
    SHIFTS_SEE = "shifts.see"
    SHIFTS_WRITE = "shifts.write"
    TRAINING_SEE = "training.see"
    """One's own record, and the sessions that concern one."""
    TRAINING_RECORDS_SEE = "training.records.see"
    """Colleagues' records (R23, R47)."""
    TRAINING_EDIT = "training.edit"
    STAFF_SEE = "staff.see"
    STAFF_EDIT = "staff.edit"
    SIGNINS_SEE = "signins.see"
    AUDIT_SEE = "audit.see"
    API_SEE = "api.see"
    API_EDIT = "api.edit"
    """Give a system its token and take it back."""

    @property
    def reads(self) -> bool:
        """Whether it only looks."""
        return self.value.endswith(".see")


class Role(StrEnum):
    ADMIN = "admin"
    BOOKING = "booking"
    DESK = "desk"
    NURSE = "nurse"
    HEAD_NURSE = "head_nurse"
    DIRECTOR = "director"
    OFFICE = "office"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What a role may, and whether it sees the whole hospital or only its own wards and departments."""

    title: str
    whole_hospital: bool
    permissions: frozenset[Permission]


_P = Permission
_SEES = frozenset(each for each in Permission if each.reads)
_CLINIC = {_P.TODAY_SEE, _P.SCHEDULE_SEE, _P.SUSPENSION_SEE, _P.APPOINTMENTS_SEE, _P.PATIENTS_SEE}
_CARE = {
    _P.TODAY_SEE, _P.FOLLOWUP_SEE, _P.FOLLOWUP_ACT, _P.PLANS_SEE, _P.FLAGS_SEE, _P.FLAGS_ACT, _P.TICKETS_SEE,
    _P.TICKETS_ACT, _P.PATIENTS_SEE, _P.PATIENTS_REVEAL, _P.SHIFTS_SEE, _P.SHIFTS_WRITE, _P.TRAINING_SEE,
}  # fmt: skip

ROLES: Mapping[Role, RoleRule] = {
    Role.ADMIN: RoleRule(
        "管理员",
        True,
        _SEES | {
            _P.STAFF_EDIT, _P.POLICY_EDIT, _P.CONTENT_EDIT, _P.PLANS_EDIT, _P.PUSHES_ACT, _P.TRAINING_EDIT,
            _P.PRIVACY_ACT, _P.API_EDIT,
        },
    ),
    Role.BOOKING: RoleRule(
        "预约管理员",
        True,
        frozenset(_CLINIC) | {
            _P.SCHEDULE_EDIT, _P.SUSPENSION_START, _P.SUSPENSION_ANSWER, _P.APPOINTMENTS_BOOK,
            _P.PATIENTS_REVEAL, _P.PATIENTS_EDIT, _P.BROADCAST_SEE, _P.BROADCAST_DRAFT, _P.PUSHES_SEE,
            _P.PUSHES_ACT, _P.REPORTS_SEE, _P.POLICY_SEE, _P.CONTENT_SEE, _P.SHIFTS_SEE, _P.SHIFTS_WRITE,
            _P.TRAINING_SEE,
        },
    ),
    Role.DESK: RoleRule(
        "客服",
        True,
        frozenset(_CLINIC) | {
            _P.SUSPENSION_ANSWER, _P.APPOINTMENTS_BOOK, _P.PATIENTS_REVEAL, _P.PATIENTS_EDIT,
            _P.CONVERSATIONS_SEE, _P.CONVERSATIONS_ANSWER, _P.TICKETS_SEE, _P.TICKETS_ACT, _P.PUSHES_SEE,
            _P.PUSHES_ACT, _P.FLAGS_SEE, _P.FLAGS_ACT, _P.CONTENT_SEE, _P.SHIFTS_SEE, _P.SHIFTS_WRITE,
            _P.TRAINING_SEE,
        },
    ),
    Role.NURSE: RoleRule("回访护士", False, frozenset(_CARE)),
    Role.HEAD_NURSE: RoleRule(
        "护士长",
        False,
        frozenset(_CARE) | {
            _P.FOLLOWUP_ASSIGN, _P.TICKETS_CLOSE, _P.REPORTS_SEE, _P.REPORTS_EXPORT, _P.TRAINING_RECORDS_SEE,
            _P.TRAINING_EDIT,
        },
    ),
    Role.DIRECTOR: RoleRule(
        "科主任",
        False,
        frozenset(_CARE) | frozenset(_CLINIC) | {
            _P.FOLLOWUP_ASSIGN, _P.TICKETS_CLOSE, _P.REPORTS_SEE, _P.REPORTS_EXPORT, _P.REPORTS_SIGN,
            _P.TRAINING_RECORDS_SEE,
        },
    ),
    Role.OFFICE: RoleRule(
        "医务科/护理部",
        True,
        _SEES - {_P.STAFF_SEE, _P.SIGNINS_SEE, _P.AUDIT_SEE, _P.API_SEE} | {
            _P.FOLLOWUP_ASSIGN, _P.PLANS_EDIT, _P.FLAGS_ACT, _P.TICKETS_ACT, _P.TICKETS_CLOSE,
            _P.PATIENTS_REVEAL, _P.BROADCAST_DRAFT, _P.BROADCAST_APPROVE, _P.SUSPENSION_START,
            _P.SUSPENSION_ANSWER, _P.PUSHES_ACT, _P.REPORTS_EXPORT, _P.REPORTS_SIGN, _P.TRAINING_EDIT,
        },
    ),
    Role.ANALYST: RoleRule(
        "数据分析师",
        True,
        frozenset({_P.TODAY_SEE, _P.REPORTS_SEE, _P.REPORTS_EXPORT, _P.PLANS_SEE, _P.TRAINING_SEE}),
    ),
    Role.SUPERVISOR: RoleRule("监督员", True, _SEES),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows somebody sees."""

    everything: bool = False
    wards: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    def covers(self, *, ward: str = "", department: str = "") -> bool:
        """Whether a row of this ward or department is theirs."""
        return self.everything or ward in self.wards or department in self.departments


def permissions(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that somebody with these roles may."""
    return frozenset().union(*(ROLES[role].permissions for role in roles))


def scope(
    roles: Iterable[Role], permission: Permission, wards: Iterable[str], departments: Iterable[str]
) -> Scope:
    """Whose rows this permission reaches: everybody's, if one of the roles that give it is the whole hospital's."""
    giving = [ROLES[role] for role in roles if permission in ROLES[role].permissions]
    if any(rule.whole_hospital for rule in giving):
        return Scope(everything=True)
    return Scope(wards=frozenset(wards), departments=frozenset(departments)) if giving else Scope()
