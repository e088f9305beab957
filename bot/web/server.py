"""Serves the web application with granian: worker processes that share the port, threads in each.

A worker that dies is replaced by granian's main process; a main process that dies takes its workers along
(the kernel sees to it) and is replaced by the supervisor.
"""

import gc
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from bot.processes import die_with_parent
from bot.settings import Settings
from bot.web import logging as logs

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    Factory = Callable[[Settings], WSGIApplication]

STOP_SECONDS = 5
"""Time open requests have at a stop: a turn's budget and a little."""

_GARBAGE = 10_000
"""New objects between two looks for garbage; Python's 700 is a few times a turn."""


def serve(settings: Settings, factory: "Factory") -> None:
    """Answer until SIGTERM or SIGINT.  ``factory`` is called once in every worker process."""
    server = Server(
        "suizhen",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        # As many again may wait inside for a thread; what comes on top waits in the kernel's backlog.
        backpressure=2 * settings.web_threads,
        backlog=1024,
        http1_settings=HTTP1Settings(keep_alive=True, header_read_timeout=10_000),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"loggers": {"_granian": {"handlers": [], "propagate": True}}},
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    logs.configure(settings.log_level)  # after granian's own
    server.serve(target_loader=partial(_application, settings, factory, os.getpid()), wrap_loader=False)


def _application(settings: Settings, factory: "Factory", main: int) -> "WSGIApplication":
    """Runs in a fresh worker process."""
    die_with_parent(signal.SIGKILL, main)
    logs.configure(settings.log_level)
    application = factory(settings)
    _settle_memory()
    return application


def _settle_memory() -> None:
    """Dictionaries and code stay: they are not looked through for garbage again every few turns."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)
