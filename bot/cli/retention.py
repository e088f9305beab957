"""``python -m bot retention``: what is older than the law and our rules allow, counted or taken away."""

import click

from bot.cli.data import house


@click.command("retention")
@click.option("--dry-run", "dry", is_flag=True, help="Count only; nothing is taken away.")
@click.option("--run", "wet", is_flag=True, help="Take it away.")
@click.option("--rule", "names", multiple=True, help="Only this rule of retention.yaml.")
def retention(dry: bool, wet: bool, names: tuple[str, ...]) -> None:
    """Take away what is too old, by rule: found, taken away, kept and why (docs/ways/privacy.md)."""
    if dry == wet:
        raise click.UsageError("--dry-run or --run")
    from bot.services.rights.catalogue import catalogue
    from bot.services.rights.retention import run

    known = catalogue()
    if unknown := set(names) - set(known.rules):
        raise click.UsageError(f"no such rule: {', '.join(sorted(unknown))}; known: {', '.join(known.rules)}")
    with house() as hospital:
        counted = run(hospital, actor="cli", dry=dry, names=names)
    for each in counted:
        numbers = f"到期 {each.found:>7}  清理 {each.taken:>7}  留着 {each.kept:>7}"
        click.echo(f"{each.rule:<22} {numbers}  {known.law(known.rules[each.rule])}")
    click.echo("只看，没有清理。" if dry else f"一共清理 {sum(each.taken for each in counted)} 行。")


commands = (retention,)
