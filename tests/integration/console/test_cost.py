"""What a page asks of the database does not grow with what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.roles import Role
from bot.services.context import write_audit
from tests.integration.console.stand import Stand
from tests.integration.console.test_today import flag


@contextmanager
def counted(stand: Stand) -> Iterator[list[str]]:
    """But for the look, once a second, whether what the process remembers still holds: a slow machine looks oftener."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "revisions.value" not in statement:
            asked.append(statement)

    event.listen(stand.db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(stand.db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("path", "most"), [("/", 30), ("/staff", 2), ("/sign-ins", 2), ("/audit", 2)])
def test_queries_of_a_page(both: Stand, path: str, most: int) -> None:
    visitor = both.signed_in(*Role)
    for number in range(8010, 8016):
        both.person(str(number), Role.NURSE)
    for minutes in range(20):
        flag(both.db, "一病区", minutes)
    with both.db.write() as uow:
        for n in range(70):
            write_audit(uow, at=uow.now, actor="cli", action=f"test.{n}", subject="x")
    with counted(both) as asked:
        assert visitor.get(path).status_code == 200
    assert len(asked) <= most, "\n".join(asked)


def test_looking_takes_no_writers_lock(stand: Stand) -> None:
    """Patients' bookings wait for no page: within a minute of the last one, looking only reads."""
    visitor = stand.signed_in(*Role)
    with stand.db.write(), counted(stand):  # on SQLite there is one writer, and it is us
        for path in ("/", "/staff", "/audit", "/sign-ins"):
            assert visitor.get(path).status_code == 200
