"""``python -m bot questionnaires``: what can be asked, whether it is well made, how it looks; new ones from a table."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.settings import load

if TYPE_CHECKING:
    from bot.questionnaires.catalogue import Catalogue


@click.group("questionnaires")
def questionnaires() -> None:
    """List, check, preview and import questionnaires (docs/questionnaires.md)."""


@questionnaires.command("list")
def list_() -> None:
    """Every version there is, the hospital's own included; exit code 1 where a file was refused."""
    from bot.questionnaires.catalogue import names
    from bot.questionnaires.model import ASKED

    catalogue = _catalogue()
    for form in catalogue.forms.values():
        asked = sum(item.type in ASKED for item in form.walk())
        click.echo(f"{names(form)[0]}\t{form.version}\t{form.status}\t{asked} 题\t{form.title}")
    for broken in catalogue.broken:
        for finding in broken.findings:
            click.echo(f"不能用\t{broken.file}\t{finding.where}\t{finding.what}", err=True)
    if catalogue.broken:
        sys.exit(1)


@questionnaires.command("lint")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def lint_(file: Path) -> None:
    """Check a FHIR JSON file; exit code 1 where it must not be used."""
    from bot.questionnaires.catalogue import check, read_text

    found = check(read_text(file), _catalogue().advice)
    for finding in found:
        click.echo(f"{'不能用' if finding.blocks else '注意'}\t{finding.where}\t{finding.what}")
    if any(finding.blocks for finding in found):
        sys.exit(1)
    if not found:
        click.echo("没有问题")


@questionnaires.command("preview")
@click.argument("name")
def preview_(name: str) -> None:
    """Show a questionnaire as the chat asks it: its name, or url|version."""
    from bot.questionnaires.catalogue import names
    from bot.questionnaires.preview import preview

    catalogue = _catalogue()
    form = catalogue.get(name) or catalogue.newest(name)
    if form is None:
        known = dict.fromkeys(names(each)[0] for each in catalogue.forms.values())
        raise click.BadParameter(f"没有 {name}；有：{'、'.join(known)}", param_hint="NAME")
    for line in preview(form, catalogue.advice):
        click.echo(line)


@questionnaires.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="the FHIR JSON file to write"
)
def import_(file: Path, output: Path) -> None:
    """Make a questionnaire of a CSV or XLSX table, one row a question; all rows or nothing."""
    from bot.his.tables import UnreadableFile, read_table
    from bot.questionnaires.sheet import read

    try:
        sheet = read_table(file)
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from None
    imported = read(sheet.head, sheet.rows, _catalogue().advice)
    for each in imported.errors:
        click.echo(f"第 {each.line} 行\t{each.column}\t{each.reason}", err=True)
    if imported.unknown:
        click.echo(f"没有用到的列：{'、'.join(imported.unknown)}", err=True)
    if imported.raw is None:
        raise click.ClickException(f"{len(imported.errors)} 处错误，没有写文件")
    output.write_text(json.dumps(imported.raw, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    click.echo(f"写好了 {output}：{imported.raw['title']} {imported.raw['version']}")


def _catalogue() -> "Catalogue":
    """Those of files, and those that the console has published."""
    from bot.cli.published import published
    from bot.questionnaires.catalogue import FOLDER, Catalogue
    from bot.services.content import editions
    from bot.services.forms import KIND, joined

    filed = Catalogue.load(load().data_dir / FOLDER)
    return joined(filed, published(KIND, editions.published))


commands = (questionnaires,)
