"""``python -m bot clock``: move the demo's clock, so that tomorrow's reminder can be seen today."""

from pathlib import Path

import click

from bot.clock import BadTime, DemoClock, parse_moment, parse_span
from bot.demo import ACCOUNT_FILE
from bot.domain.clock import local
from bot.settings import load


def has_demo(data_dir: Path) -> bool:
    """Whether a demo lives here: its account is made by `serve --demo`, so a second terminal needs no SUIZHEN_DEMO."""
    return (data_dir / ACCOUNT_FILE).exists()


@click.command("clock")
@click.option("--advance", metavar="SPAN", help="move forward, e.g. 1d2h")
@click.option("--set", "moment", metavar="ISO", help="make it this moment, e.g. 2026-11-24T08:00:00+08:00")
@click.option("--reset", is_flag=True, help="back to real time")
def clock(advance: str | None, moment: str | None, reset: bool) -> None:
    """Move the demo clock (demo only) and print the new time; without an option, print the time."""
    if sum((advance is not None, moment is not None, reset)) > 1:
        raise click.UsageError("give only one of --advance, --set and --reset")
    try:
        settings = load()
        if not (settings.demo or has_demo(settings.data_dir)):
            raise click.ClickException(
                "the clock moves only in the demo (SUIZHEN_DEMO=1, or a demo's data directory)"
            )
        demo = DemoClock(settings.data_dir / "clock.json")
        if advance is not None:
            now = demo.advance(parse_span(advance))
        elif moment is not None:
            now = demo.set(parse_moment(moment))
        else:
            now = demo.reset() if reset else demo.now()
    except BadTime as error:
        raise click.ClickException(str(error)) from None
    click.echo(local(now).isoformat(timespec="seconds"))


commands = (clock,)
