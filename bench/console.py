"""What each page of the console costs the server in a large hospital, against the same page in one of a hundredth.

    python -m bench.console [--appointments 200000] [--followups 50000] [--database sqlite|postgres] [--rounds 20]
                            [--only policy_try]

Every page that looks is asked (`bot.web.console.pages`), with rows that are there, by somebody who sees the whole
hospital.  Server time: from the request to the last byte of the answer, no network.  The aim is a p95 below 150 ms; the
figure to keep is the ratio to the small hospital, in the same run.  先看影响 is asked for by its page and counted by
the scheduler, timed beside it, once for each of three numbers.  Fails where one of the main pages does not answer.
"""

import argparse
import logging
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles
from unittest import mock

from sqlalchemy import select

from bench.large.stage import Stage, stage
from bot.services import policy_looking
from bot.services.figures import kpi
from bot.services.tables import table
from bot.store.base import Base
from bot.store.care_models import RedFlag, Ticket
from bot.store.followup_models import Discharge, Followup
from bot.store.models import Appointment, Clinic, Department, Doctor, Handoff, Patient
from bot.store.staff_models import Staff
from bot.store.suspension_models import SuspensionCase
from bot.web.console.pages import Page
from bot.web.console.pages import Stage as Ready
from tests.integration.console.test_cost import counted

AIM = 150.0
"""Milliseconds, p95."""
SMALLER = 100
_COUNTED = " counted by the scheduler"
_ALWAYS = ("/", "/schedule", "/appointments", "/patients", "/flags", "/followups", "/tickets", "/rates")
_TRIED = 40
"""Of the newest rows: some pages are only for some of them."""
_IDS: dict[str, type[Base]] = {
    "appointment_id": Appointment, "patient_id": Patient, "clinic_id": Clinic, "doctor_id": Doctor, "flag_id": RedFlag,
    "followup_id": Followup, "ticket_id": Ticket, "discharge_id": Discharge, "staff_id": Staff,
    "department_id": Department,
    "handoff_id": Handoff, "case_id": SuspensionCase,
}  # fmt: skip
_ASKED = {
    "suspension_preview": "?department_id={department_id}&since={since}&until={until}",
    "policy_try": "?value=7&from={since}",
}
_NAMES: dict[str, tuple[dict[str, str], ...]] = {
    "kpi_figure": tuple({"name": name} for name in kpi.FIGURES),
    "kpi_rows": tuple({"name": name} for name in kpi.FIGURES),
    "policy_one": ({"name": "booking_window_days"},),
    "policy_try": tuple(
        {"name": name} for name in ("booking_window_days", "per_patient_open", "cancel_deadline_minutes")
    ),
    "plan": ({"name": "after_discharge"},),
    "questionnaire": ({"name": "discharge-week", "version": "1.0.0"},),
    "staff_one": ({"staff_no": "8001"},),
}
"""Pages of things that have names, each timed."""
_SEARCHES = {"appointments_find": {"text": "王芳"}, "patients_find": {"text": "王芳"}}


@dataclass(frozen=True, slots=True)
class Cost:
    """One page."""

    p50: float
    p95: float
    queries: int
    size: int


def main() -> None:
    asked = _arguments()
    logging.disable(logging.WARNING)
    sizes = [
        (asked.appointments // SMALLER, asked.followups // SMALLER),
        (asked.appointments, asked.followups),
    ]
    small, large = [_hospital(asked.database, *size, asked.rounds, asked.only) for size in sizes]
    slow = []
    print(
        f"{asked.database}, {asked.appointments} appointments, {asked.followups} follow-ups; {asked.rounds} rounds"
    )
    print(f"{'page':44} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'KB':>6} {'p50 ÷ small':>12}")
    for rule, cost in sorted(large.items(), key=lambda pair: -pair[1].p95):
        ratio = cost.p50 / small[rule].p50 if rule in small else 0.0
        print(
            f"{rule:44} {cost.p50:8.1f} {cost.p95:8.1f} {cost.queries:8} {cost.size / 1024:6.0f} {ratio:12.2f}"
        )
        slow += [rule] if cost.p95 >= AIM and not rule.endswith(_COUNTED) else []
    pages = sum(not rule.endswith(_COUNTED) for rule in large)
    print(f"p95 of {AIM:.0f} ms or more: {', '.join(slow) or 'none'} ({pages} pages)")


def _hospital(dialect: str, appointments: int, followups: int, rounds: int, only: str) -> dict[str, Cost]:
    began = time.monotonic()
    with stage(dialect, appointments, followups) as big:
        print(
            f"seeded {appointments} and {followups} in {time.monotonic() - began:.0f} s",
            file=sys.stderr,
            flush=True,
        )
        # How often somebody may look is not what is timed here.
        mock.patch.object(big.stand.console.throttle, "allows", return_value=True).start()
        pages = [page for page in big.stand.console.pages if page.stage is Ready.READY and _looks(page)]
        pages = [page for page in pages if only in ("", page.name)]
        return dict(_costs(big, pages, rounds))


def _costs(big: Stage, pages: Sequence[Page], rounds: int) -> Iterator[tuple[str, Cost]]:
    for page in pages:
        tried = list(_addresses(big, page))
        good = [path for path in tried if _ask(big, page, path)[0] == 200]
        if page.rule in _ALWAYS and not good:
            sys.exit(f"{page.rule} does not answer")
        if not good:
            print(f"not timed, for want of such rows: {page.rule}", file=sys.stderr)
        for path in good if page.name in _NAMES else good[:1]:
            yield path if page.name in _NAMES else page.rule, _cost(big, page, path, rounds)
            if page.name == "policy_try":
                yield path.partition("?")[0] + _COUNTED, _counted(big, page, path)


def _counted(big: Stage, page: Page, path: str) -> Cost:
    """The scheduler's part, for numbers that nobody has looked at yet."""
    console, times, queries = big.stand.console, [], 0
    policy_looking.work(console.hospital, console.looks)
    for value in (4, 5, 6):
        _ask(big, page, path.replace("value=7", f"value={value}"))
        began = time.perf_counter()
        with counted(big.stand) as statements:
            if policy_looking.work(console.hospital, console.looks) != 1:
                sys.exit(f"{path} was not counted")
        times.append((time.perf_counter() - began) * 1000)
        queries = len(statements)
    return Cost(sorted(times)[1], max(times), queries, 0)


def _looks(page: Page) -> bool:
    return page.method == "GET" or page.name in _SEARCHES


def _addresses(big: Stage, page: Page) -> Iterator[str]:
    """Where it is: with each of the names that it may have, or with one of the newest rows."""
    wanted = [each.strip("<>").split(":")[-1] for each in re.findall(r"<[^>]+>", page.rule)]
    plain = re.sub(r"<(?:[^>:]+:)?([^>]+)>", r"{\1}", page.rule) + _ASKED.get(page.name, "")
    for named in _NAMES.get(page.name, ({},)):
        known = dict(big.known) | named
        unknown = [name for name in wanted if name not in known]
        if not unknown:
            yield plain.format_map(known)
        elif len(unknown) == 1 and unknown[0] in _IDS:
            yield from (plain.format_map(known | {unknown[0]: str(one)}) for one in _newest(big, unknown[0]))


def _newest(big: Stage, name: str) -> Sequence[object]:
    column = table(_IDS[name]).c.id
    with big.stand.db.read() as uow:
        return uow.connection.execute(select(column).order_by(column.desc()).limit(_TRIED)).scalars().all()


def _ask(big: Stage, page: Page, path: str) -> tuple[int, int]:
    visitor = big.visitor
    answer = visitor.get(path) if page.method == "GET" else visitor.post(path, **_SEARCHES[page.name])
    return answer.status_code, len(answer.data)


def _cost(big: Stage, page: Page, path: str, rounds: int) -> Cost:
    with counted(big.stand) as statements:
        _, size = _ask(big, page, path)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        status, _ = _ask(big, page, path)
        times.append((time.perf_counter() - began) * 1000)
        if status != 200:
            sys.exit(f"{path} answered {status}")
    return Cost(quantiles(times, n=20)[9], quantiles(times, n=20)[18], len(statements), size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appointments", type=int, default=200_000)
    parser.add_argument("--followups", type=int, default=50_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="one page, by its name in the code")
    return parser.parse_args()


if __name__ == "__main__":
    main()
