"""Tables that only grow: the database itself refuses to change or delete a row."""

from sqlalchemy import DDL, Table, event


def append_only(table: Table) -> None:
    """Have the database refuse UPDATE and DELETE (on PostgreSQL also TRUNCATE) from its creation on."""
    for dialect, statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRES)):
        for statement in statements:
            ddl: DDL = DDL(statement.format(table=table.name))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def guard(table: str, dialect: str) -> tuple[str, ...]:
    """The same as statements, for a migration."""
    return tuple(each.format(table=table) for each in (_SQLITE if dialect == "sqlite" else _POSTGRES))


def unguard(table: str, dialect: str) -> tuple[str, ...]:
    """Takes the guard away again, for going back a migration."""
    on = f" ON {table}" if dialect == "postgresql" else ""
    return tuple(f"DROP TRIGGER IF EXISTS {table}_no_{what}{on}" for what in ("update", "delete"))


_SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)
_POSTGRES = (
    "CREATE OR REPLACE FUNCTION suizhen_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH STATEMENT "
    "EXECUTE FUNCTION suizhen_append_only()",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT "
    "EXECUTE FUNCTION suizhen_append_only()",
)
