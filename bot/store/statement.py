"""Statements made once and run on the driver: SQLAlchemy writes the SQL and knows the types, and stays out of the way.

Executing through its connection and result costs three times what the database needs for the statement itself
(docs/performance.md), so whatever every message asks is run like this (`UnitOfWork.execute`, `bot.store.direct`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Row
from sqlalchemy.engine import result_tuple
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.sql.expression import Executable

Record: TypeAlias = Row[*tuple[Any, ...]]
"""A row of some query, its columns by name."""
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None
_KEPT = 500
"""Statements kept ready; a program has far fewer, unless it makes them in a loop."""


class Statement:
    """SQL for one driver, with what turns our values into the driver's and its rows into ours."""

    def __init__(self, statement: Executable, dialect: Dialect, names: Iterable[str] = ()) -> None:
        """``names`` of the values: an INSERT names these columns."""
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names) or None)  # type: ignore[attr-defined]
        if getattr(compiled, "insert_prefetch", ()) or getattr(compiled, "update_prefetch", ()):
            raise ValueError("Python's defaults are not asked here: give every column")
        needed = {name for name, bind in compiled.binds.items() if bind.required}
        written = compiled.construct_expanded_state(dict.fromkeys(needed), escape_names=False)
        self.sql: str = written.statement
        self._order: tuple[str, ...] | None = written.positiontup and tuple(written.positiontup)
        convert: dict[str, _Convert] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        convert |= written.processors
        self._given = [(name, convert[name]) for name in needed]
        self._preset = {
            name: _converted(value, convert.get(name))
            for name, value in written.parameters.items()
            if name not in needed
        }
        columns = list(getattr(statement, "exported_columns", ()))
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._readers = tuple((at, read) for at, read in enumerate(readers) if read is not None)
        self._row = result_tuple([column.key for column in columns])

    def bind(self, values: Values) -> Any:
        """The parameters as the driver takes them: by position on SQLite, by name on PostgreSQL."""
        bound = dict(self._preset)
        for name, convert in self._given:
            bound[name] = _converted(values[name], convert)
        return bound if self._order is None else [bound[name] for name in self._order]

    def rows(self, fetched: Iterable[Sequence[Any]]) -> list[Record]:
        """The driver's rows with moments and states as we know them."""
        return [self._row(self._read(row)) for row in fetched]

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self._readers:
            return row
        read = list(row)
        for at, convert in self._readers:
            read[at] = convert(read[at])
        return read


class Statements:
    """Those of one database, each made when first needed."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[tuple[Executable, tuple[str, ...]], Statement] = {}

    def get(self, statement: Executable, values: Values) -> Statement:
        """The statement for values of these names."""
        key = (statement, tuple(values))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[key] = Statement(statement, self._dialect, values)
        return found


class Rows:
    """What a statement gave, read to the end."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Record], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount
        """Rows written."""

    def __iter__(self) -> Iterator[Record]:
        return iter(self._rows)

    def fetchall(self) -> list[Record]:
        return self._rows

    def first(self) -> Record | None:
        return self._rows[0] if self._rows else None

    def one(self) -> Record:
        """The row; there has to be exactly one."""
        if len(self._rows) > 1:
            raise MultipleResultsFound("several rows where one was expected")
        if not self._rows:
            raise NoResultFound("no row where one was expected")
        return self._rows[0]

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        return self.one()[0]


def _converted(value: Any, convert: _Convert) -> Any:
    return value if convert is None else convert(value)
