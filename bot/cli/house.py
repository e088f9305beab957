"""``python -m bot serve|web|worker|scheduler|prepare|migrate|keys|routes``: running the house."""

import base64
import logging
import os
import secrets
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from pydantic import AliasChoices, SecretStr

from bot import preflight
from bot.processes import run_until_stopped, wait_at_gate
from bot.settings import BadSettings, Settings, load

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)


@click.command("serve")
@click.option("--demo", is_flag=True, help="The demo hospital with sandbox, phone page and movable clock.")
@click.option("--tied", is_flag=True, hidden=True, help="Stop when the parent process goes (make run).")
def serve(demo: bool, tied: bool) -> None:
    """Run everything on this machine under one supervisor: Valkey, web, worker, scheduler."""
    started = time.monotonic()
    if tied:
        from bot.processes import die_with_parent

        die_with_parent()
    if demo:
        from bot.demo import environment

        os.environ.update(environment(os.environ))
    settings = load()
    settings = settings.model_copy(update={"data_dir": settings.data_dir.resolve()})
    preflight.production(settings)
    preflight.files(settings)
    os.environ["SUIZHEN_DATA_DIR"] = str(settings.data_dir)
    from bot.serve import serve as run

    raise SystemExit(run(settings, dict(os.environ), started=started))


@click.command("web")
def web() -> None:
    """Answer webhooks and pages; run as many as wanted (WEB_WORKERS processes each)."""
    settings = _role()
    if settings.web_workers > 1:
        from bot.web import figures

        figures.share(settings.data_dir / "metrics")
    from bot.web.server import serve as answer

    _preload()
    _await_database(settings)
    answer(settings, _wsgi)


@click.command("worker")
def worker() -> None:
    """Deliver the outbox and finish what came too late; run as many as wanted."""
    settings = _role()
    from bot.app import build

    _await_database(settings)
    app = build(settings)
    log.info("worker.up")
    run_until_stopped(app.run_worker)
    app.close()


@click.command("scheduler")
def scheduler() -> None:
    """Run the fixed ticks; one is enough, a second does no harm."""
    settings = _role()
    from bot.app import build

    _await_database(settings)
    app = build(settings)
    log.info("scheduler.up")
    run_until_stopped(app.run_scheduler)
    app.close()


@click.command("migrate")
def migrate() -> None:
    """Bring the database to this release's schema; safe to run by several at once."""
    from bot.store.db import url_of
    from bot.store.migrate import upgrade

    settings = load()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    click.echo(f"the database is at revision {upgrade(url_of(settings))}")


@click.command("prepare")
@click.pass_context
def prepare(ctx: click.Context) -> None:
    """Migrate; in the demo seed or extend the hospital, else make the first administrator if nobody is there."""
    settings = load()
    _logging(settings)
    ctx.invoke(migrate)
    # Not through bot.app: a start waits for this, and the whole takes a second to import.
    from bot.clock import DemoClock
    from bot.domain.clock import Clock, SystemClock
    from bot.services.staff.seeding import has_staff, seed_demo
    from bot.store.db import Database
    from bot.store.keys import KeyRing

    clock: Clock = DemoClock(settings.data_dir / "clock.json") if settings.demo else SystemClock()
    with closing(Database.from_settings(settings, clock, KeyRing.load(settings))) as db:
        if not settings.demo:
            from bot import first_admin

            first_admin.prepare(db, settings.data_dir, datetime.now(UTC))
            return
        from bot.demo import staff_password
        from bot.services.demo import seed

        seed(db, clock)
        if not has_staff(db):  # hashing takes a moment
            seed_demo(db, staff_password(settings.data_dir), datetime.now(UTC))


@click.command("keys")
@click.option("--reencrypt", is_flag=True, help="Bring old rows under the first key; then older keys may go.")
def keys(reencrypt: bool) -> None:
    """Print a fresh pair of SUIZHEN_DATA_KEYS and SUIZHEN_INDEX_KEY.  Keep them: without them data is lost."""
    if reencrypt:
        from bot.app import build
        from bot.store.rotate import reencrypt as bring_under

        app = build(load())
        click.echo(f"{bring_under(app.db)} values re-encrypted")
        app.close()
        return
    data, index = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    click.echo(f"SUIZHEN_DATA_KEYS=1:{data}\nSUIZHEN_INDEX_KEY={index}")


@click.command("routes")
def routes() -> None:
    """List every route with its methods; `demo` marks what only the demo has."""
    import tempfile

    from bot.app import build
    from bot.demo import environment
    from bot.store.db import url_of
    from bot.store.migrate import upgrade

    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(environment({**os.environ, "SUIZHEN_DATA_DIR": scratch}))
        upgrade(url_of(load(demo=True)))  # what the console has published is looked for while pages are made
        found: dict[bool, set[tuple[str, str]]] = {}
        for demo in (False, True):
            app = build(load(demo=demo))
            found[demo] = {
                (rule.rule, ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})))
                for rule in app.web().url_map.iter_rules()
            }
            app.close()
    for path, methods in sorted(found[True] | found[False]):
        only_demo = (path, methods) not in found[False]
        click.echo(f"{methods:<12} {path}{'  (demo)' if only_demo else ''}")


@click.command("settings")
def show_settings() -> None:
    """Print every setting as the README's table: variable, default, meaning."""
    click.echo("| variable | default | meaning |\n|---|---|---|")
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        name = alias.choices[-1] if isinstance(alias, AliasChoices) else alias
        default = field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = (
            f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else "–"
        )
        click.echo(f"| `{name}` | {shown} | {field.description} |")


commands = (serve, web, worker, scheduler, migrate, prepare, keys, routes, show_settings)


def _role() -> Settings:
    """What web, worker and scheduler have in common."""
    settings = load()
    _logging(settings)
    preflight.production(settings)
    preflight.files(settings)
    return preflight.with_redis(settings)


def _logging(settings: Settings) -> None:
    from bot.web.logging import configure

    configure(settings.log_level)


def _await_database(settings: Settings) -> None:
    """Wait for the supervisor's word; without one, refuse to run on a database of another release."""
    if wait_at_gate():
        return
    from bot.store.db import url_of
    from bot.store.migrate import current, head

    found, wanted = current(url_of(settings)), head()
    if found != wanted:
        raise BadSettings(
            f"DATABASE_URL: its schema is {found or 'empty'}, not {wanted}: run `python -m bot migrate`"
        )


def _preload() -> None:
    """Import once, before the workers fork: they share the memory and start faster."""
    import bot.app  # noqa: F401


def _wsgi(settings: Settings) -> "WSGIApplication":
    from bot.app import build

    app = build(settings)
    answering = app.web()
    # The first patient should not wait for the dictionaries, nor the start for them.
    threading.Thread(
        target=app.pipeline.understand, args=("挂号",), kwargs={"expecting": ()}, daemon=True
    ).start()
    return answering
