"""``python -m bot templates``: what pushes say, as phones show it, and what is wrong with it."""

import sys

import click

from bot.cli.published import published
from bot.pushes.limits import BadField
from bot.pushes.lint import lint
from bot.pushes.preview import NAMES, for_approval, preview
from bot.pushes.templates import ROADS, TemplateError, Templates
from bot.settings import load

FOLDER = "templates"
"""In the data directory: the hospital's own files, KIND.yaml, which replace the house's of that name."""


@click.group("templates")
def templates() -> None:
    """List, preview and check the templates of pushes."""


@templates.command("list")
def list_() -> None:
    """Every kind, with the roads it has words for: as files say, and as the console has published."""
    known = _templates()
    for kind in known.kinds:
        roads = [NAMES[road] for road in ROADS if known.has(kind, road)]
        click.echo(f"{kind}\t{' · '.join(roads)}")


@templates.command("preview")
@click.argument("kind")
@click.option("--road", type=click.Choice(ROADS), help="one road; without it, all that it has")
def preview_(kind: str, road: str | None) -> None:
    """Show a kind as it looks on a phone, with example facts."""
    known = _templates()
    if kind not in known.kinds:
        raise click.BadParameter(f"没有 {kind}；有：{'、'.join(known.kinds)}", param_hint="KIND")
    wanted = [each for each in ROADS if road in (None, each) and known.has(kind, each)]
    if not wanted:
        raise click.ClickException(f"{kind} 没有写{NAMES.get(road or '', '任何渠道')}的内容")
    signature = load().hospital_name
    for each in wanted:
        try:
            shown = preview(known, kind, each, signature=signature)
        except BadField as error:
            raise click.ClickException(f"{kind} · {NAMES[each]}：{error}") from None
        click.echo(f"—— {NAMES[each]}\n{shown}\n")


@templates.command("sms")
@click.option("--vendor", type=click.Choice(["tencent", "alibaba"]), required=True)
def sms_(vendor: str) -> None:
    """Print the SMS texts as they are handed in for approval; what SMS_TEMPLATES then names."""
    known = _templates()
    for kind in known.kinds:
        template = known.get(kind)
        if template is not None and template.sms:
            click.echo(f"{kind}\t{for_approval(template.sms, vendor)}")


@templates.command("lint")
def lint_() -> None:
    """Check every template against the platform's limits and R24; exit code 1 where one must not be sent."""
    found = list(lint(_templates()))
    for finding in found:
        level = "不能发" if finding.blocks else "注意"
        click.echo(f"{level}\t{finding.kind}\t{NAMES.get(finding.road, '—')}\t{finding.text}")
    if any(finding.blocks for finding in found):
        sys.exit(1)
    if not found:
        click.echo("没有问题")


def _templates() -> Templates:
    from bot.services.content import editions

    written = published("template", editions.active)
    try:
        return Templates.load(load().data_dir / FOLDER, lambda: written)
    except TemplateError as error:
        raise click.ClickException(str(error)) from None


commands = (templates,)
