"""The command line.  Each module here exports ``commands``; it is imported only when one of them is called.

`COMMANDS` tells names and one-line helps without importing anything, so that `--help` answers at once;
tests/arch keeps it equal to what the modules export.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("house", "Run everything on this machine under one supervisor."),
    "web": ("house", "Answer webhooks and pages (one of many)."),
    "worker": ("house", "Deliver the outbox and finish late replies (one of many)."),
    "scheduler": ("house", "Run the fixed ticks (one is enough)."),
    "migrate": ("house", "Bring the database to this release's schema."),
    "prepare": ("house", "Migrate; seed the demo, or make the first administrator."),
    "keys": ("house", "Print fresh encryption keys, or bring old rows under the newest."),
    "settings": ("house", "Print every setting as a table."),
    "routes": ("house", "List every route with its methods."),
    "chat": ("chat", "Talk to the assistant in the terminal."),
    "clock": ("clock", "Show or move the demo clock."),
    "import": ("data", "Read departments, doctors, clinics or discharges from CSV or XLSX."),
    "export": ("data", "Write records as JSON lines, identities masked."),
    "demo": ("data", "Seed or extend the demo hospital."),
    "flags": ("flags", "Red flags: list, open one, take, give back, close; who is on duty."),
    "plan": ("plan", "Follow-up plans: list, one person's calendar, the load of each day."),
    "report": ("report", "Follow-up: registers, rates, samples, weekly, monthly and yearly reports."),
    "followups": (
        "followups",
        "Follow-up work: queues, phone script, calls, the month's sample and signatures.",
    ),
    "suspend": ("suspend", "Suspend clinics (停诊): preview, start, watch, take back."),
    "wechat": ("wechat", "Publish the menu, make QR codes."),
    "pushes": ("pushes", "What is stuck, dead letters, calls to make, alerts."),
    "broadcast": ("broadcast", "Send one text to many: draft, dry run, confirm, approve, pause, withdraw."),
    "templates": ("templates", "List, preview and check the templates of pushes."),
    "staff": ("staff", "Staff of the console: first administrator, new passwords, list."),
    "api": ("api", "Systems that call the JSON API: list, give a token, take it back."),
    "audit": ("audit", "Verify that the audit log is as it was written."),
    "retention": ("retention", "Take away what is older than law and rules allow: dry run, run."),
    "tickets": (
        "tickets",
        "意见、投诉、表扬: list, show, open, take, confirm, assign, act, attach, close, reopen.",
    ),
    "questionnaires": ("questionnaires", "List, check, preview and import questionnaires."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        exported: tuple[click.Command, ...] = tuple(import_module(f"bot.cli.{module}").commands)
        return next((command for command in exported if command.name == cmd_name), None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """随诊 — a hospital's assistant inside WeChat and Alipay."""


def main(run: Callable[..., Any] = cli) -> None:
    """Run the command; what an operator can mend is said in one line, exit code 2."""
    from bot.settings import BadSettings

    os.umask(0o077)  # databases, logs and exports: this user's business only (R15)
    try:
        run(prog_name="python -m bot")
    except BadSettings as error:
        _stop(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        _stop(f"{error.filename}: {error.strerror}")
    except Exception as error:
        reason = _database_says(error)
        if reason is None:
            raise
        _stop(f"DATABASE_URL: {reason}")


def _database_says(error: Exception) -> str | None:
    """The first line of what the driver said, if it was a database that stopped us."""
    known = sys.modules.get("sqlalchemy.exc")  # not imported only to find out
    if known is None or not isinstance(error, known.DBAPIError):
        return None
    return str(error.orig).partition("\n")[0]


def _stop(reason: str) -> NoReturn:
    sys.stderr.write(f"随诊 cannot start — {reason}\n")
    sys.exit(2)
