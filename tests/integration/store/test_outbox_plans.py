"""What an idle tick asks is answered from an index, however many rows wait for next month (facts: 84 ms, or 0.06)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.notice import Notice
from bot.store import outbox, outbox_settle, outbox_sql
from bot.store.db import Database
from bot.store.statement import Statement
from tests.conftest import MONDAY
from tests.integration.store import people

FUTURE = 20_000
DUE = 2_000
_NUMBERS = {
    "postgresql": f"generate_series(1, {FUTURE}) AS numbers(n)",
    "sqlite": f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT {FUTURE}) SELECT n FROM c)",
}
_MANY = """
    INSERT INTO outbox (key, kind, account_id, priority, body, state, due_at, expires_at, attempts, error, platform_id,
        created_at, rung, road, receipt)
    SELECT 'k' || n, kind, account_id, n % 4, body, state, {due}, expires_at, 0, '', '', created_at, 0, '', ''
    FROM outbox, {numbers} WHERE key = 'first'
"""


@pytest.fixture
def full(db: Database) -> Database:
    """A month of rows ahead, and two thousand that fell due at one moment."""
    account = people.account(db, "o-1")
    with db.write() as uow:
        due = MONDAY + timedelta(days=30)
        outbox.put(
            uow, key="first", kind="care", account_id=account, notice=Notice("care", {}), due_at=due,
            expires_at=due + timedelta(days=1),
        )  # fmt: skip
        moment = "'2026-11-23T01:00:00.000000+00:00'"
        as_moment = f"CAST({moment} AS timestamptz)" if db.dialect == "postgresql" else moment
        due_at = f"CASE WHEN n <= {DUE} THEN {as_moment} ELSE due_at END"
        uow.connection.execute(text(_MANY.format(due=due_at, numbers=_NUMBERS[db.dialect])))
        uow.connection.execute(text("ANALYZE"))
    return db


def plan(db: Database, statement: Any, **values: Any) -> str:
    ready = Statement(statement, db.engine.dialect)
    bound = ready.bind(values | db.moments.values(timedelta(seconds=60)))
    how = "EXPLAIN " if db.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    pooled = db.engine.raw_connection()
    try:
        return "\n".join(str(row[-1]) for row in pooled.cursor().execute(how + ready.sql, bound).fetchall())
    finally:
        pooled.close()


STATEMENTS: dict[str, Callable[[Database], Any]] = {
    "claim": outbox_sql.claim,
    "expire": outbox_sql.expire,
    "reap": outbox_sql.reap_unsure,
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_nobody_reads_the_whole_table(full: Database, name: str) -> None:
    found = plan(full, STATEMENTS[name](full), p_priority=3, p_limit=64, p_token="t")
    assert "Seq Scan on outbox" not in found and "SCAN outbox" not in found, found
    assert ("ix_outbox_leased" if name == "reap" else "ix_outbox_due") in found, found


def test_a_claim_sorts_nothing(full: Database) -> None:
    """All that fell due at one moment would be sorted for every claim."""
    found = plan(full, outbox_sql.claim(full), p_priority=3, p_limit=64, p_token="t")
    assert "Sort" not in found and "TEMP B-TREE" not in found, found


def test_an_acknowledgement_goes_by_the_rows_numbers(full: Database) -> None:
    told = outbox_settle._STATEMENTS[full.dialect]["told"]
    found = plan(full, told, told='[{"id": 1, "token": "t"}]', now=MONDAY)
    assert "Seq Scan on outbox" not in found and "SCAN outbox" not in found, found
