"""``python -m bot import|export|demo``: the hospital's data in and out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.clock import has_demo
from bot.settings import Settings, load

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.services.hospital import Hospital
    from bot.services.importing import Report
    from bot.services.sheets import Sheet
    from bot.store.db import Database

_SHOWN = 50
"""Errors printed; a file with more has one mistake made many times."""
_IMPORTS = ("departments", "doctors", "clinics", "discharges")
_EXPORTS = (
    "appointments",
    "seats",
    "pushes",
    "deliveries",
    "followups",
    "flags",
    "tickets",
    "payments",
    "audit",
)


@click.command("import")
@click.argument("kind", type=click.Choice(_IMPORTS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="check and count, write nothing")
@click.option(
    "--suspend-affected",
    is_flag=True,
    help="clinics may lose sold seats: their patients are told and offered others",
)
def import_(kind: str, file: Path, dry_run: bool, suspend_affected: bool) -> None:
    """Read departments, doctors, clinics or discharges from CSV or XLSX, discharges also from a FHIR R4 bundle
    (docs/importing.md); all rows or none."""
    from bot.his.fhir import read_bundle
    from bot.his.tables import UnreadableFile, read_table
    from bot.services.importing import Kind, import_sheet

    bundle = kind == "discharges" and file.suffix.lower() == ".json"
    try:
        sheet = read_bundle(file) if bundle else read_table(file)
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from None
    with hospital_database() as (db, clock):
        if kind == "discharges":
            _discharges(db, clock, sheet, dry_run=dry_run)
            return
        suspending = _hospital(db, clock).acting("cli") if suspend_affected else None
        report = import_sheet(db, clock, Kind(kind), sheet, dry_run=dry_run, suspending=suspending)
    _tell(report)


@click.command("export")
@click.argument("kind", type=click.Choice(_EXPORTS))
@click.option("--jsonl", is_flag=True, help="one JSON object a line (the only form, and the default)")
@click.option("--reveal", is_flag=True, help="identities in full; written to the audit log")
def export(kind: str, jsonl: bool, reveal: bool) -> None:
    """Write records as JSON lines, identities masked."""
    from bot.services.exporting import LATER
    from bot.services.exporting import export as rows

    if kind in LATER:
        click.echo(f"no {kind} are recorded yet", err=True)
    with hospital_database() as (db, _):
        for row in rows(db, kind, reveal=reveal):
            click.echo(json.dumps(row, ensure_ascii=False))


@click.command("demo")
def demo() -> None:
    """Seed the demo hospital; later, add the clinics of the days that have come into the booking window."""
    from bot.services.demo import seed

    with hospital_database() as (db, clock):
        click.echo(f"{seed(db, clock)} clinics added")


commands = (import_, export, demo)


def _discharges(db: "Database", clock: "Clock", sheet: "Sheet", *, dry_run: bool) -> None:
    from bot.services.followup.importing import import_discharges
    from bot.services.followup.plans import FOLDER, load_plans

    context = _hospital(db, clock).acting("cli")
    plans = load_plans(context.settings.data_dir / FOLDER)
    done = import_discharges(db, context, sheet, plans, dry_run=dry_run)
    if done.kept:
        click.echo(f"其他列（随病历保存）：{'、'.join(done.kept)}", err=True)
    _tell(done.report)
    settled = done.settled
    click.echo(f"随访：新排 {settled.planned} 次，停止 {settled.stopped} 次，邀请消息 {settled.pushes} 条")
    if settled.died:
        click.echo(f"有 {settled.died} 位就诊人标记为已故，不再发送任何消息")
    if settled.strangers:
        click.echo(f"有 {settled.strangers} 次住院的身份证号登记在另一个姓名下，没有关联就诊人", err=True)


def house_settings() -> Settings:
    """The environment's; in a second terminal next to a demo, the demo's."""
    import os

    from bot.demo import environment

    settings = load()
    if not (settings.demo or has_demo(settings.data_dir)):
        return settings
    before = dict(os.environ)
    os.environ.update(environment(before))
    try:
        return load()
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def hospital_database() -> Iterator[tuple["Database", "Clock"]]:
    """The database of this environment; next to a demo, by the demo's clock."""
    from contextlib import closing

    from bot.clock import DemoClock
    from bot.domain.clock import SystemClock
    from bot.store.db import Database, url_of
    from bot.store.keys import KeyRing
    from bot.store.migrate import current, head

    settings = house_settings()
    if current(url_of(settings)) != head():
        raise click.ClickException("the database is not at this release: run `python -m bot migrate` first")
    clock = DemoClock(settings.data_dir / "clock.json") if settings.demo else SystemClock()
    with closing(Database.from_settings(settings, clock, KeyRing.load(settings))) as db:
        yield db, clock


@contextmanager
def house() -> "Iterator[Hospital]":
    """The services on that database."""
    with hospital_database() as (db, clock):
        yield _hospital(db, clock)


def _hospital(db: "Database", clock: "Clock") -> "Hospital":
    import random

    from bot.services.hospital import Hospital

    return Hospital(db, clock=clock, rng=random.SystemRandom(), settings=house_settings())


def _tell(report: "Report") -> None:
    """In the office's language: who imports a schedule is no programmer."""
    if report.ignored:
        click.echo(f"未识别的列（已忽略）：{'、'.join(report.ignored)}", err=True)
    for error in report.errors[:_SHOWN]:
        click.echo(f"第 {error.line} 行「{error.column}」：{error.reason}", err=True)
    if len(report.errors) > _SHOWN:
        click.echo(f"……另有 {len(report.errors) - _SHOWN} 处错误", err=True)
    if report.errors:
        raise click.ClickException(f"{len(report.errors)} 处错误，没有写入任何数据")
    counts = f"新增 {report.added}，修改 {report.changed}，未变 {report.unchanged}"
    if report.displaced:
        began = f"，停诊编号 {report.suspension_id}" if report.suspension_id is not None else ""
        click.echo(f"有 {report.displaced} 个已约的号受影响，会通知患者改约或退费{began}")
    if report.closed:
        click.echo(f"有 {report.closed} 个半天在停诊期内，已按停诊处理，患者约不了")
    click.echo(f"试运行，没有写入：{counts}" if report.dry_run else f"共 {report.rows} 行：{counts}")
