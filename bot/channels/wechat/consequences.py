"""What follows from an errcode besides the fate of its message: the account is marked, staff are told."""

import logging

from bot.channels.base import SendError
from bot.channels.wechat.errors import Effect, effect
from bot.domain.accounts import AccountRef
from bot.services import accounts, alerts
from bot.services.subscriptions import Consents
from bot.store.db import Database

log = logging.getLogger(__name__)


class Consequences:
    """``on_error`` of the roads: what the platform told about the recipient.  Never raises."""

    def __init__(self, db: Database, consents: Consents) -> None:
        self._db, self._consents = db, consents

    def __call__(self, error: SendError, account: AccountRef, template: str, key: str) -> None:
        try:
            self._follow(error, account.id, template, key)
        except Exception:  # the message's own fate does not hang on it
            log.exception("push.consequence code=%s account=%s", error.code, account.id)

    def _follow(self, error: SendError, account_id: int, template: str, key: str) -> None:
        match effect(error):
            case Effect.UNFOLLOWED:
                self._db.run(lambda uow: accounts.unfollowed(uow, account_id))
            case Effect.UNBOUND:
                self._db.run(lambda uow: accounts.unbind(uow, account_id))
            case Effect.CONSENT_SPENT if template:
                self._consents.spent(account_id, template, key)


class Alarm:
    """``alert`` of delivery: a fault is told to staff, by what has to be done about it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def __call__(self, error: SendError, subject: str) -> None:
        """``subject``: a road, or ``road:kind`` where one kind's message is at fault (the name under which a
        disabled template is remembered)."""
        follows = None if subject.startswith("sms") else effect(error)
        kind = str(follows or Effect.CONFIG_FAULT)
        self._db.run(lambda uow: alerts.raise_alert(uow, kind, subject, error.code))
