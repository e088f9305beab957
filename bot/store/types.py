"""Column types shared by the models."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnClause, DateTime, Dialect, Enum, String, TypeDecorator, literal_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is refused, not guessed at.

    SQLite has no such type: there it is ISO text of fixed width, so that text order is time order.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return cast(datetime, value).astimezone(UTC)


def written(state: StrEnum) -> ColumnClause[str]:
    """A state written out in the SQL: a partial index can serve, and SQLite need not plan the statement anew for
    every value (it does so for each parameter that decides whether such an index serves)."""
    return literal_column(f"'{state.value}'")


def choices(states: type[StrEnum]) -> Enum:
    """A state column: short text with a CHECK, portable to both databases."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        name=f"{states.__name__.lower()}",
        values_callable=lambda e: [m.value for m in e],
        length=16,
    )
