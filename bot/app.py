"""The composition root: the one place that knows everything.  Parts are made when first used, once a process."""

import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property

import httpx
from flask import Flask
from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

import handlers
from bot.channels.base import Road
from bot.channels.http import pool
from bot.channels.sms import reports, vendors
from bot.channels.sms.road import SmsRoad
from bot.channels.wechat.channel import WechatChannel
from bot.channels.wechat.client import WechatClient
from bot.channels.wechat.consequences import Alarm, Consequences
from bot.channels.wechat.menu import definition
from bot.channels.wechat.pace import Pace
from bot.channels.wechat.roads import Ways
from bot.channels.wechat.roads import roads as wechat_roads
from bot.channels.wechat.template_ids import TemplateIds, wanted
from bot.channels.wechat.told import WechatTold
from bot.clock import DemoClock
from bot.dialog import codec
from bot.dialog.engine import Engine
from bot.dialog.session import Session
from bot.domain.clock import Clock, SystemClock, local
from bot.pipeline import Pipeline
from bot.pushes.templates import Templates
from bot.sandbox.app import create_sandbox
from bot.sandbox.cards import Card
from bot.services import readers
from bot.services.alerts import Disabled
from bot.services.hospital import Hospital
from bot.services.recheck import Recheck
from bot.services.subscriptions import Consents
from bot.services.wishes import Wishes
from bot.settings import Settings
from bot.store.buckets import Buckets
from bot.store.db import Database
from bot.store.inbox import Inbox
from bot.store.keys import KeyRing
from bot.store.looks import Looks
from bot.store.outbox import Outbox
from bot.store.sessions import RedisSessions, UserLocks
from bot.web import health, metrics, sms, wechat
from bot.web.api import blueprint as api
from bot.web.console import blueprint as console
from bot.web.metrics import Metrics
from bot.web.privacy import pages as privacy
from bot.web.survey import pages
from handlers.wishes import look as watch_wishes
from nlu.lexicon import Lexicon
from nlu.parser import Nlu
from nlu.understood import Understood
from scheduler import ticks, worker


class Understanding:
    """`nlu` with the hospital's own names, made anew when staff edit them."""

    def __init__(self, hospital: Hospital, clock: Clock) -> None:
        self._hospital, self._clock = hospital, clock
        self._known: tuple[Lexicon, Nlu] | None = None

    def __call__(self, text: str, *, expecting: tuple[str, ...]) -> Understood:
        return self._nlu().parse(text, self._now(), expecting)

    def _now(self) -> datetime:
        return local(self._clock.now())

    def _nlu(self) -> Nlu:
        lexicon = self._hospital.lexicon()
        if self._known is None or self._known[0] is not lexicon:
            self._known = (lexicon, Nlu(lexicon))
        return self._known[1]


class App:
    """One process's parts.  `build` is the way to make one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock: Clock = DemoClock(settings.data_dir / "clock.json") if settings.demo else SystemClock()

    @cached_property
    def db(self) -> Database:
        return Database.from_settings(self.settings, self.clock, KeyRing.load(self.settings))

    @cached_property
    def redis(self) -> Redis:
        """A restart takes half a second: tried again until then, nobody notices.  A server that takes the question
        and says nothing is not asked again: eight times two seconds would be the end of every answer."""
        brief = Retry(ExponentialBackoff(cap=0.25, base=0.02), 7, supported_errors=(ConnectionError,))
        return Redis.from_url(
            self.settings.redis_url, socket_timeout=2, socket_connect_timeout=1, retry=brief
        )

    @cached_property
    def sessions(self) -> RedisSessions[Session]:
        return RedisSessions(
            self.redis, dumps=codec.dumps, loads=codec.loads, new=Session, keys=self.db.keys,
            days=self.settings.session_days,
        )  # fmt: skip

    @cached_property
    def hospital(self) -> Hospital:
        return Hospital(self.db, clock=self.clock, rng=random.SystemRandom(), settings=self.settings)

    @cached_property
    def engine(self) -> Engine:
        return Engine(handlers.frames(self.answers, self.hospital.kinds.groups), handlers.PHRASES)

    @cached_property
    def answers(self) -> handlers.FaqBook:
        """The usual questions: for the dialogs, and for who answers at the desk."""
        editions = self.hospital.editions
        return handlers.FaqBook(self.settings.data_dir / "faq.yaml", lambda: editions.active("faq"))

    @cached_property
    def metrics(self) -> Metrics:
        return Metrics()

    @cached_property
    def pipeline(self) -> Pipeline:
        return Pipeline(
            db=self.db,
            inbox=Inbox(self.db),
            sessions=self.sessions,
            locks=UserLocks(self.redis),
            hospital=self.hospital,
            engine=self.engine,
            understand=Understanding(self.hospital, self.clock),
            trouble=handlers.TROUBLE,
            threads=ThreadPoolExecutor(self.settings.web_threads, "turn"),
            room=threading.Semaphore(self.settings.web_threads),
            budget=self.settings.reply_budget_seconds,
            observe=self.metrics.observe_turn,
            told={"wechat": WechatTold(TemplateIds.read(self.settings).long_term)},
            watch=watch_wishes,
            note=Wishes(self.db).note,
        )

    @cached_property
    def http(self) -> httpx.Client:
        return pool()

    @cached_property
    def wechat(self) -> WechatClient:
        return WechatClient(self.settings, self.redis, self.http, self.clock)

    @cached_property
    def templates(self) -> Templates:
        editions = self.hospital.editions
        return Templates.load(self.settings.data_dir / "templates", lambda: editions.active("template"))

    @cached_property
    def sms(self) -> SmsRoad:
        return vendors.road(self.settings, self.templates, self.http, self.redis, SystemClock())

    @cached_property
    def roads(self) -> dict[str, Road]:
        """Every way a push can take to somebody."""
        consents = Consents(self.db)
        ways = Ways(
            client=self.wechat, templates=self.templates, ids=TemplateIds.read(self.settings), clock=self.clock,
            disabled=Disabled(self.db), on_error=Consequences(self.db, consents),
            pace=Pace(Buckets(self.redis), self.settings.wechat_app_id, self.settings.wechat_rate),
        )  # fmt: skip
        found = wechat_roads(ways, consents, assistant=self.settings.wechat_assistant)
        return {**found, self.sms.name: self.sms}

    def web(self) -> Flask:
        """The WSGI application: webhooks, health, metrics, and in the demo the sandbox with its phone."""
        flask = Flask("suizhen", static_folder=None)
        flask.register_blueprint(
            wechat.blueprint(
                self.pipeline, WechatChannel(self.settings), clock=SystemClock(), trouble=handlers.TROUBLE
            )
        )
        flask.register_blueprint(
            sms.blueprint(
                reports.FORMATS.get(self.settings.sms_vendor),
                self.settings.sms_receipt_secret.get_secret_value(),
                sms.recorder(self.db),
            )
        )
        flask.register_blueprint(pages.blueprint(self.hospital, self.db.keys))
        flask.register_blueprint(privacy.blueprint(self.hospital, self.db.keys))
        flask.register_blueprint(health.blueprint(self.db, self.redis))
        flask.register_blueprint(metrics.blueprint(self.db, self.metrics))
        flask.register_blueprint(
            console.blueprint(self.hospital, self.redis, self.settings, self._usual, self.answers.base)
        )
        flask.register_blueprint(api.blueprint(self.hospital, self.redis))
        if self.settings.demo:
            texts = vendors.approved(self.settings, self.templates)
            for part in create_sandbox(
                self.settings, self.clock, menu=definition(), sms_templates=texts, approved=self._cards()
            ):
                flask.register_blueprint(part)
        return flask

    def _usual(self) -> Sequence[tuple[str, str]]:
        return [(entry.id, entry.answer) for entry in self.answers.entries()]

    def _cards(self) -> tuple[Card, ...]:
        """What the demo's account has had approved."""
        return tuple(
            Card(each.id, each.road, each.title, each.fields, each.lasting)
            for each in wanted(TemplateIds.read(self.settings), self.templates)
        )

    def run_worker(self, stop: threading.Event) -> None:
        """Deliver the outbox, finish what dead processes left; returns soon after ``stop`` is set."""
        worker.run_worker(
            outbox=Outbox(self.db), inbox=Inbox(self.db), senders={"wechat": self.wechat},
            resume=self.pipeline.resume, clock=self.clock, stop=stop, roads=self.roads,
            ladders=self.hospital.kinds.ladders, echoes=self.hospital.kinds.echoes,
            recheck=Recheck(self.hospital, readers.standard()),
            alert=Alarm(self.db), threads=self.settings.delivery_threads,
        )  # fmt: skip

    def run_scheduler(self, stop: threading.Event) -> None:
        """The fixed ticks; returns soon after ``stop`` is set."""
        ticks.run_scheduler(
            hospital=self.hospital, inbox=Inbox(self.db), outbox=Outbox(self.db), looks=Looks(self.redis),
            settings=self.settings, clock=self.clock, stop=stop,
        )  # fmt: skip

    def close(self) -> None:
        """Give back connections and threads; what was never used was never made."""
        made = vars(self)
        if "pipeline" in made:
            self.pipeline.threads.shutdown(wait=True)
        for part in ("http", "redis", "db"):
            if part in made:
                made[part].close()


def build(settings: Settings) -> App:
    """The parts of one process."""
    return App(settings)
