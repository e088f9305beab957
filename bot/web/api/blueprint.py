"""Puts the API together: every module of operations is named here."""

from flask import Blueprint
from redis import Redis

from bot.domain.clock import Clock
from bot.services.hospital import Hospital
from bot.web.api import document, problems
from bot.web.api.api import Api
from bot.web.api.views import appointments, care, clinics, directory, patients, tickets
from bot.web.console.throttle import Throttle

MODULES = (directory, clinics, patients, appointments, care, tickets)


def build(hospital: Hospital, throttle: Throttle, *, real: Clock | None = None) -> Api:
    """The API; ``site`` of it is what an application registers."""
    api = Api(hospital, throttle, real=real)
    problems.install(api.site)
    for module in MODULES:
        module.install(api)
    document.install(api)
    return api


def blueprint(hospital: Hospital, redis: "Redis") -> Blueprint:
    """For bot.app."""
    return build(hospital, Throttle(redis)).site
