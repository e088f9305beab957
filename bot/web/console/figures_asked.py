"""What the pages of registers, rates and reports are asked for: month, ward, doctor; only of somebody's own wards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import request

from bot.domain.roles import Scope
from bot.services.figures import periods
from bot.services.figures.periods import ReportKind, Term
from bot.services.figures.register import By
from bot.services.figures.whose import Whose
from bot.web.console.problems import Problem

REASONS: Mapping[str, str] = {
    "contact": "联系患者", "verify": "核对随访记录", "complaint": "处理投诉", "archive": "签字归档",
}  # fmt: skip
"""Why somebody reads names in full (R15)."""

_YEARS = range(2000, 2101)
_MONTH = "月份不对，应写成 2026-11 这样。"


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter of the pages; ``number`` is the screen's."""

    month: date
    ward: str
    doctor: str
    by: By

    @property
    def term(self) -> Term:
        return periods.period(ReportKind.MONTH, self.month)

    @property
    def query(self) -> dict[str, str]:
        """For the links to other pages, and hidden in forms."""
        told = {"month": f"{self.month:%Y-%m}", "ward": self.ward, "doctor": self.doctor}
        return {name: said for name, said in told.items() if said} | (
            {"by": str(self.by)} if self.by is not By.FOLLOWED else {}
        )

    def whose(self, scope: Scope) -> Whose:
        return Whose(scope, self.ward, self.doctor)


def asked(usual: date) -> Asked:
    """From the address or from a form; ``usual``: the month where none is named."""
    by = _word("by")
    return Asked(
        month("month", usual), _word("ward"), _word("doctor"), By(by) if by in set(By) else By.FOLLOWED
    )


def month(name: str, usual: date) -> date:
    """The first day of a month field."""
    said = _word(name)
    try:
        found = periods.month_of(said).since if said else usual.replace(day=1)
    except (ValueError, OverflowError):
        raise Problem(400, _MONTH) from None
    if found.year not in _YEARS:
        raise Problem(400, _MONTH)
    return found


def reason() -> str:
    """Why names are to be seen; empty where nobody asked for that."""
    said = _word("reason")
    if said and said not in REASONS:
        raise Problem(400, "请从列出的理由里选一个。")
    return said


def _word(name: str) -> str:
    said = request.values.get(name, "")
    return said.replace("\0", "").strip()[:64]


def written_day(name: str) -> date | None:
    """A day of a form; None where there is none that can be read."""
    try:
        found = date.fromisoformat(_word(name))
    except ValueError:
        return None
    return found if found.year in _YEARS else None
