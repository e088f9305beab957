"""``python -m bot audit …``: is the audit log as it was written?"""

from contextlib import closing

import click

from bot.settings import load


@click.group("audit")
def audit() -> None:
    """The audit log: verify its chain."""


@audit.command("verify")
@click.option(
    "--head",
    "known",
    metavar="SEQ:DIGEST",
    help="An end noted earlier; it has to be part of the chain.",
)
def verify(known: str | None) -> None:
    """Reckon the whole chain anew; exit code 1 if anything was changed, taken out or slipped in."""
    from bot.app import build
    from bot.services import audit_chain

    with closing(build(load()).db) as db:
        audit_chain.link(db)
        verdict = audit_chain.verify(db)
        agrees = known is None or audit_chain.holds(db, known)
    for audit_id, wrong in verdict.broken[:50]:
        click.echo(f"audit row {audit_id}: {wrong}")
    if not agrees:
        click.echo(f"the chain does not contain {known}")
    click.echo(f"{verdict.head.seq} rows linked, {verdict.waiting} waiting, {len(verdict.broken)} wrong")
    click.echo(f"head {verdict.head.seq}:{verdict.head.digest.hex()}")
    if verdict.broken or not agrees:
        raise SystemExit(1)


commands = (audit,)
