"""``python -m bot report``: registers, rates, samples and reports of follow-up (docs/figures.md)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.data import house

if TYPE_CHECKING:
    from bot.services.context import Context
    from bot.services.figures.periods import Term
    from bot.services.figures.reports import Kept
    from bot.services.figures.table import Table
    from bot.services.hospital import Hospital
    from bot.store.db import UnitOfWork

_BY = ("ward", "department", "doctor", "month", "year")
_HEADS = {"ward": "病区", "department": "科室", "doctor": "经管医生", "month": "月份", "year": "年份"}
_MONTH = click.option("--month", metavar="2026-11", help="by the hospital's calendar")
_YEAR = click.option("--year", metavar="2026", help="instead of a month")
_WARD = click.option("--ward", default="", help="one ward; else the whole hospital")
_OUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".xlsx or .html"
)
_REVEAL = click.option("--reveal", is_flag=True, help="names in full; written to the audit log")


@click.group("report")
def report() -> None:
    """Registers, rates, samples and reports of follow-up."""


@report.command("list")
def list_() -> None:
    """Every report that was made, the newest first."""
    from bot.services.figures import reports
    from bot.services.figures.report_tables import title_of_report

    with _hospital() as (hospital, _), hospital.db.read() as uow:
        for each in reports.listed(uow):
            click.echo(f"{each.id}\t{title_of_report(each)}")


@report.command("make")
@click.option(
    "--kind", type=click.Choice(("week", "month", "year")), help="with --day; else whatever is owed"
)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="a day of the week, month or year")
def make(kind: str | None, day: "object") -> None:
    """Make what is owed by now, or the report of one finished week, month or year; each is made once."""
    from bot.services.figures import reports
    from bot.services.figures.periods import ReportKind, period

    if (kind is None) is not (day is None):
        raise click.UsageError("--kind and --day go together")
    with _hospital() as (hospital, context):
        if kind is None or not isinstance(day, datetime):
            click.echo(f"生成 {reports.make_owed(hospital)} 份")
            return
        term = period(ReportKind(kind), day.date())
        if not reports.finished(term, context.now):
            raise click.ClickException(f"{term} 还没有结束")
        made = reports.make(hospital.db, context, ReportKind(kind), term)
    click.echo("已生成" if made else "已经有了，没有重新生成")


@report.command("show")
@click.argument("number", type=int)
def show(number: int) -> None:
    """A report as text."""
    with _kept(number) as (_, tables):
        for table in tables:
            _print(table)


@report.command("xlsx")
@click.argument("number", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
def xlsx(number: int, output: Path) -> None:
    """A report as an Excel workbook."""
    from bot.services.figures.workbook import write

    with _kept(number) as (_, tables):
        write(tables, output)


@report.command("html")
@click.argument("number", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
def html(number: int, output: Path) -> None:
    """A report as a page to be printed."""
    from bot.services.figures.report_tables import title_of_report

    with _kept(number) as (kept, tables):
        _html(title_of_report(kept), tables, output)


@report.command("register")
@_WARD
@_MONTH
@_YEAR
@_OUT
@_REVEAL
def register(ward: str, month: str | None, year: str | None, output: Path, reveal: bool) -> None:
    """登记簿 (R28): every follow-up of these days, by the day it was done."""
    from bot.services.figures.printing import register_table, write_down
    from bot.services.figures.whose import Whose

    with _hospital() as (hospital, context):
        term = _term(context, month, year)
        with hospital.db.read() as uow:
            _known(uow, ward)
        if reveal:
            write_down(hospital.db, context.actor, "register", term, ward)
        with hospital.db.read() as uow:
            _write(
                register_table(
                    uow,
                    context.forms,
                    term,
                    whose=Whose(ward=ward),
                    reveal=reveal,
                    hospital=context.settings.hospital_name,
                ),
                output,
            )


@report.command("archive")
@_WARD
@_MONTH
@_YEAR
@_OUT
@_REVEAL
def archive(ward: str, month: str | None, year: str | None, output: Path, reveal: bool) -> None:
    """档案 (R29): everybody discharged in these days."""
    from bot.services.figures.printing import archive_table, write_down
    from bot.services.figures.whose import Whose

    with _hospital() as (hospital, context):
        term = _term(context, month, year)
        with hospital.db.read() as uow:
            _known(uow, ward)
        if reveal:
            write_down(hospital.db, context.actor, "archive", term, ward)
        with hospital.db.read() as uow:
            _write(
                archive_table(
                    uow, term, whose=Whose(ward=ward), reveal=reveal, hospital=context.settings.hospital_name
                ),
                output,
            )


@report.command("rates")
@click.option("--by", multiple=True, type=click.Choice(_BY), help="may be given twice: --by ward --by doctor")
@_MONTH
@_YEAR
def rates(by: tuple[str, ...], month: str | None, year: str | None) -> None:
    """回访率 of those discharged in these days, as it stands now; with its formula."""
    from dataclasses import asdict

    from bot.services.figures import rates as counting
    from bot.services.figures.rate_tables import rate_table

    with _hospital() as (hospital, context), hospital.db.read() as uow:
        term, settings = _term(context, month, year), context.settings
        found = list(counting.rates(uow, term, context.today, by=by)) if by else []
        found += counting.rates(uow, term, context.today)
        heads = tuple(_HEADS[each] for each in by) or ("范围",)
        _print(
            rate_table(
                "回访率", map(asdict, found), heads, settings.followup_line, settings.followup_target,
                f"出院日期：{term}",
            )
        )  # fmt: skip


@report.command("sample")
@click.option("--ward", required=True)
@_MONTH
@click.option("-n", "count", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--seed", type=click.IntRange(0), help="else the month's, as in its report")
def sample(ward: str, month: str | None, count: int, seed: int | None) -> None:
    """抽查 (R31): follow-ups of a ward, drawn by a seed; the same seed draws the same again."""
    from bot.services.figures import sampling
    from bot.services.followup.reviewing import seed_of

    with _hospital() as (hospital, context), hospital.db.read() as uow:
        term = _term(context, month, None)
        _known(uow, ward)
        drawn_by = seed_of(term.since) if seed is None else seed
        click.echo(f"{ward} {term}，{count} 例，种子 {drawn_by}")
        for each in sampling.described(uow, sampling.sample(uow, ward, term, count, drawn_by)):
            click.echo(f"随访 {each.id}\t住院号 {each.admission_no}\t{each.plan}·{each.step}")


@report.command("evidence")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="the first day")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="the last day")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.xlsx"
)
def evidence(since: datetime, last: datetime, output: Path) -> None:
    """考核依据 (R20, R22): every figure by department and doctor, with the numbers of the rows behind it."""
    from bot.services.context import audit
    from bot.services.figures import evidence as sheets
    from bot.services.figures.among import Among
    from bot.services.figures.periods import Term
    from bot.services.figures.workbook import write

    if last < since:
        raise click.UsageError("--to comes after --from")
    with _hospital() as (hospital, context):
        term = Term(since.date(), last.date() + timedelta(days=1))
        hospital.db.run(lambda uow: audit(uow, context, "evidence.exported", "evidence", term=str(term)))
        with hospital.db.read() as uow:
            among = Among(term, context.directory)
            write(sheets.tables(uow, context, among, context.settings.hospital_name), output)


commands = (report,)


@contextmanager
def _hospital() -> "Iterator[tuple[Hospital, Context]]":
    with house() as hospital:
        yield hospital, hospital.acting("cli")


@contextmanager
def _kept(number: int) -> "Iterator[tuple[Kept, Iterable[Table]]]":
    from bot.services.figures import reports
    from bot.services.figures.report_tables import tables

    with _hospital() as (hospital, context), hospital.db.read() as uow:
        found = reports.kept(uow, number)
        if found is None:
            raise click.ClickException(f"没有编号 {number} 的报告：python -m bot report list")
        yield found, tables(found, context.settings.hospital_name)


def _known(uow: "UnitOfWork", ward: str) -> None:
    """An empty sheet of a ward that is written otherwise looks as if nobody had been there."""
    from bot.domain.roles import Scope
    from bot.services.followup.queue import wards

    known = wards(uow, Scope(everything=True))
    if ward and ward not in known:
        raise click.ClickException(
            f"nobody was discharged from {ward}; wards: {'、'.join(known) or 'none yet'}"
        )


def _term(context: "Context", month: str | None, year: str | None) -> "Term":
    """What was asked for; without either, this month."""
    from bot.services.figures import periods

    if month and year:
        raise click.UsageError("--month or --year, not both")
    try:
        if year:
            return periods.year_of(year)
        if month:
            return periods.month_of(month)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return periods.period(periods.ReportKind.MONTH, context.today)


def _write(table: "Table", output: Path) -> None:
    from bot.services.figures.workbook import write

    match output.suffix.lower():
        case ".xlsx":
            write([table], output)
        case ".html":
            _html(table.title, [table], output)
        case _:
            raise click.UsageError("-o FILE.xlsx or FILE.html")


def _html(title: str, tables: "Iterable[Table]", output: Path) -> None:
    from bot.services.figures.page import render

    with output.open("w", encoding="utf-8") as file:
        file.writelines(render(title, tables))


def _print(table: "Table") -> None:
    """Apart by tabs: a terminal shows it, a spreadsheet takes it."""
    click.echo(f"== {table.title}")
    for note in table.notes:
        click.echo(f"   {note}")
    lines: Sequence[Sequence[object]] = [[column.head for column in table.columns], *table.rows]
    for line in lines:
        click.echo("\t".join("" if cell is None else str(cell) for cell in line))
