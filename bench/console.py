"""What each page of the console costs the server in a large hospital, against the same page in one of a hundredth.

    python -m bench.console [--appointments 200000] [--followups 50000] [--database sqlite|postgres] [--rounds 20]

Every page that looks is asked (`bot.web.console.pages`), with rows that are there, by somebody who sees the whole
hospital.  Server time: from the request to the last byte of the answer, no network.  The aim is a p95 below 150 ms; the
figure to keep is the ratio to the small hospital, in the same run.  Fails where
one of the main pages does not answer.
"""

import argparse
import logging
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

from sqlalchemy import select

from bench.large.stage import Stage, stage
from bot.services.tables import table
from bot.store.base import Base
from bot.store.care_models import RedFlag, Ticket
from bot.store.followup_models import Discharge, Followup
from bot.store.models import Appointment, Clinic, Department, Doctor, Patient
from bot.store.staff_models import Staff
from bot.web.console.pages import Page
from bot.web.console.pages import Stage as Ready
from tests.integration.console.test_cost import counted

AIM = 150.0
"""Milliseconds, p95."""
SMALLER = 100
_ALWAYS = ("/", "/schedule", "/appointments", "/patients", "/flags", "/followups", "/tickets", "/rates")
_TRIED = 40
"""Of the newest rows: some pages are only for some of them."""
_IDS: dict[str, type[Base]] = {
    "appointment_id": Appointment, "patient_id": Patient, "clinic_id": Clinic, "doctor_id": Doctor, "flag_id": RedFlag,
    "followup_id": Followup, "ticket_id": Ticket, "discharge_id": Discharge, "staff_id": Staff,
    "department_id": Department,
}  # fmt: skip
_SEARCHES = {
    "appointments_search": {"name": "王芳"}, "patients_search": {"name": "王芳"},
}  # fmt: skip


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
    small, large = [_hospital(asked.database, *size, asked.rounds) for size in sizes]
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
        slow += [rule] if cost.p95 >= AIM else []
    print(f"p95 of {AIM:.0f} ms or more: {', '.join(slow) or 'none'} ({len(large)} pages)")


def _hospital(dialect: str, appointments: int, followups: int, rounds: int) -> dict[str, Cost]:
    began = time.monotonic()
    with stage(dialect, appointments, followups) as big:
        print(
            f"seeded {appointments} and {followups} in {time.monotonic() - began:.0f} s",
            file=sys.stderr,
            flush=True,
        )
        pages = [page for page in big.stand.console.pages if page.stage is Ready.READY and _looks(page)]
        costs = {}
        for page in pages:
            path = next((path for path in _paths(big, page) if _ask(big, page, path)[0] == 200), None)
            if path is not None:
                costs[page.rule] = _cost(big, page, path, rounds)
            elif page.rule in _ALWAYS:
                sys.exit(f"{page.rule} does not answer")
            else:
                print(f"not timed, for want of such rows: {page.rule}", file=sys.stderr)
        return costs


def _looks(page: Page) -> bool:
    return page.method == "GET" or page.name in _SEARCHES


def _paths(big: Stage, page: Page) -> Iterator[str]:
    """Its address; with one of the newest rows where it is about one."""
    wanted = re.findall(r"<[^>]+>", page.rule)
    if not wanted:
        yield page.rule
    elif not _without_rows(page):
        column = table(_IDS[_name(wanted[0])]).c.id
        with big.stand.db.read() as uow:
            found = (
                uow.connection.execute(select(column).order_by(column.desc()).limit(_TRIED)).scalars().all()
            )
        yield from (page.rule.replace(wanted[0], str(one)) for one in found)


def _without_rows(page: Page) -> bool:
    """About something that is not seeded."""
    wanted = re.findall(r"<[^>]+>", page.rule)
    return len(wanted) > 1 or any(_name(each) not in _IDS for each in wanted)


def _name(placeholder: str) -> str:
    return placeholder.strip("<>").split(":")[-1]


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
        _ask(big, page, path)
        times.append((time.perf_counter() - began) * 1000)
    return Cost(quantiles(times, n=20)[9], quantiles(times, n=20)[18], len(statements), size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appointments", type=int, default=200_000)
    parser.add_argument("--followups", type=int, default=50_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
