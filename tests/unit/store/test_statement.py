"""Statements run on the driver: the same SQL, values and rows as through SQLAlchemy."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from bot.domain.states import SeatState
from bot.store.models import AuditEntry, Clinic, Seat, table
from bot.store.statement import Rows, Statement, Statements

S, C = table(Seat), table(Clinic)
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
TEXT = "2026-11-23T00:00:00.000000+00:00"


def test_values_go_by_position_on_sqlite_and_by_name_on_postgresql() -> None:
    wanted = select(S.c.id).where(S.c.state == SeatState.FREE, S.c.release_at <= bindparam("now"))
    values = {"now": MOMENT}
    assert Statement(wanted, sqlite.dialect()).bind(values) == ["free", TEXT]
    assert Statement(wanted, postgresql.psycopg.dialect()).bind(values) == {
        "now": MOMENT,
        "state_1": "free",
    }


def test_a_list_is_written_out() -> None:
    wanted = select(S.c.id).where(
        S.c.state.in_([SeatState.FREE, SeatState.COOLING]), S.c.id == bindparam("one")
    )
    ready = Statement(wanted, sqlite.dialect())
    assert "IN (?, ?)" in ready.sql
    assert ready.bind({"one": 3}) == ["free", "cooling", 3]


def test_rows_have_our_types() -> None:
    ready = Statement(select(S.c.state, S.c.release_at, C.c.day.label("on")), sqlite.dialect())
    (row,) = ready.rows([("free", TEXT, "2026-11-23")])
    assert (row.state, row.release_at, row.on) == (SeatState.FREE, MOMENT, date(2026, 11, 23))
    assert tuple(row) == (SeatState.FREE, MOMENT, date(2026, 11, 23))


def test_an_update_gives_back_what_it_returns() -> None:
    change = update(S).values(state=bindparam("becomes")).where(S.c.id == 7).returning(S.c.id, S.c.state)
    ready = Statement(change, sqlite.dialect())
    assert ready.bind({"becomes": SeatState.BOOKED}) == ["booked", 7]
    assert ready.rows([(7, "booked")])[0].state is SeatState.BOOKED


def test_an_insert_names_the_columns_it_is_given_and_no_default_is_forgotten() -> None:
    row = {"at": MOMENT, "actor": "a", "action": "b", "subject": "c", "detail": {"field": "phone"}}
    ready = Statements(sqlite.dialect()).get(insert(table(AuditEntry)).inline(), row)
    assert "(at, actor, action, subject, detail)" in ready.sql
    assert ready.bind(row) == [TEXT, "a", "b", "c", '{"field": "phone"}']
    with pytest.raises(ValueError, match="default"):
        Statement(insert(table(AuditEntry)).inline(), sqlite.dialect(), set(row) - {"detail"})


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="one"):
        Statement(select(S.c.id).where(S.c.id == bindparam("one")), sqlite.dialect()).bind({})


def test_a_statement_is_made_once_and_they_do_not_pile_up() -> None:
    known = Statements(sqlite.dialect())
    wanted = select(S.c.id)
    assert known.get(wanted, {}) is known.get(wanted, {})
    for _ in range(1100):
        known.get(select(S.c.id), {})
    assert len(known._known) <= 500


def test_one_row_is_one_row() -> None:
    first, second = Statement(select(S.c.id), sqlite.dialect()).rows([(1,), (2,)])
    assert Rows([first], 1).scalar_one() == 1
    assert Rows([], 0).first() is None
    assert Rows([], 0).scalar() is None
    with pytest.raises(NoResultFound):
        Rows([], 0).one()
    with pytest.raises(MultipleResultsFound):
        Rows([first, second], 2).one()
