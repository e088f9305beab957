"""``python -m bot followups``: queues, script, calls, sample and signatures, in the staff's language."""

import click

from bot.cli.followups import calls, quality, queue

followups = click.Group(
    "followups",
    commands=(*queue.commands, *calls.commands, *quality.commands),
    help="Follow-up work: queues, phone script, calls and their outcomes, sample and signatures (docs/followup.md).",
)
commands = (followups,)
