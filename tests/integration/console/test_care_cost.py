"""What the follow-up centre asks of the database does not grow with what it shows."""

import pytest

from bot.domain.contacts import Outcome
from bot.domain.roles import Role
from tests.integration.console.cases import WARD, Cases
from tests.integration.console.stand import Stand
from tests.integration.console.test_cost import counted
from tests.integration.followup.phoning import call, fill, step_of
from tests.integration.services.town import id_number

PAGES = {
    "/flags": 8, "/flags/{flag}": 6, "/followups": 10, "/followups/{step}": 13, "/followups/{step}/call": 14,
    "/calendar": 7, "/reviews?month=2026-11": 7, "/signoffs?month=2026-11": 7, "/plans": 5, "/questionnaires": 5,
}  # fmt: skip
"""Most queries of each; the session's own included, and a look at whether the directory has changed."""


@pytest.fixture
def cases(both: Stand) -> Cases:
    cases = Cases.of(both)
    more = [
        {"姓名": f"王{chr(0x4E00 + n)}", "身份证号": id_number(n), "住院号": f"Z2{n:03}"}
        for n in range(10, 40)
    ]
    cases.ward.run({}, *more)
    cases.at(25)
    for n in range(10, 20):
        step = step_of(cases.ward, f"Z2{n:03}")
        call(cases.ward, Outcome.REACHED, step=step)
        cases.flag(f"f{n}", followup=step.id)
    for _ in range(2):
        call(cases.ward, Outcome.BUSY)
    fill(cases.ward, "0012", "Z2010")
    return cases


def test_queries_of_every_page(cases: Cases) -> None:
    flag = cases.flag(followup=cases.step)
    visitor = cases.stand.signed_in(*Role, wards=[WARD])
    asked = {}
    for path in PAGES:
        with counted(cases.stand) as statements:
            answer = visitor.get(path.format(flag=flag, step=cases.step))
        assert answer.status_code == 200, path
        asked[path] = len(statements)
    assert {path: n for path, n in asked.items() if n > PAGES[path]} == {}, asked
