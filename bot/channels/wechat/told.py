"""What WeChat tells about pushes, consents and accounts, handed to the service whose business it is."""

from collections.abc import Callable, Collection, Iterator, Mapping

from bot.domain.inbound import Inbound
from bot.services import accounts, receipts, subscriptions
from bot.services.receipts import Report
from bot.services.subscriptions import Answer, What
from bot.store.db import UnitOfWork

Fields = Mapping[str, str]
Handle = Callable[[UnitOfWork, Inbound], None]


class WechatTold:
    """Called with every RECEIPT and NOTICE in a transaction; the same event again, or late, changes nothing.

    ``long_term``: ids of the subscription templates whose consent lasts; no event says which those are.
    """

    def __init__(self, long_term: Collection[str] = ()) -> None:
        self._long_term = long_term
        self._handles: Mapping[str, Handle] = {
            "templatesendjobfinish": _template,
            "subscribe_msg_sent_event": _sent,
            "subscribe_msg_popup_event": self._popup,
            "subscribe_msg_change_event": self._change,
            "user_authorization_revoke": _revoked,
            "user_authorization_cancellation": _cancelled,
        }

    def __call__(self, uow: UnitOfWork, inbound: Inbound) -> None:
        handle = self._handles.get(inbound.extra.get("event", ""))
        if handle is not None:
            handle(uow, inbound)

    def _popup(self, uow: UnitOfWork, inbound: Inbound) -> None:
        """Each acceptance is one message; a refusal takes nothing back."""
        answers = []
        for entry in entries(inbound.extra):
            accepted = entry.get("SubscribeStatusString") == "accept"
            lasting = What.LONG_TERM if entry["TemplateId"] in self._long_term else What.ACCEPTED
            answers.append(Answer(entry["TemplateId"], lasting if accepted else What.REJECTED))
        _note(uow, inbound, answers)

    def _change(self, uow: UnitOfWork, inbound: Inbound) -> None:
        """In WeChat's settings consents are switched off; switched on again, only a lasting one counts."""
        answers = []
        for entry in entries(inbound.extra):
            if entry.get("SubscribeStatusString") != "accept":
                answers.append(Answer(entry["TemplateId"], What.REVOKED))
            elif entry["TemplateId"] in self._long_term:
                answers.append(Answer(entry["TemplateId"], What.LONG_TERM))
        _note(uow, inbound, answers)


def _note(uow: UnitOfWork, inbound: Inbound, answers: list[Answer]) -> None:
    if answers:
        account = accounts.met(uow, inbound.channel, inbound.app_id, inbound.user)
        subscriptions.note(uow, account.id, answers, key=f"wechat:{inbound.dedup}", at=inbound.at)


def _template(uow: UnitOfWork, inbound: Inbound) -> None:
    status = inbound.extra.get("Status", "").strip().lower()
    ok = status == "success"
    reason = "" if ok else status.removeprefix("failed:").strip().replace(" ", "_")
    receipts.record(uow, Report("template", inbound.extra.get("MsgID", ""), ok, reason))


def _sent(uow: UnitOfWork, inbound: Inbound) -> None:
    for entry in entries(inbound.extra):
        code = entry.get("ErrorCode", "")
        reason = "" if code == "0" else code
        receipts.record(uow, Report("subscribe", entry.get("MsgID", ""), code == "0", reason))


def _revoked(uow: UnitOfWork, inbound: Inbound) -> None:
    account = accounts.find(uow, inbound.channel, inbound.app_id, inbound.user)
    if account is not None:
        accounts.authorization_revoked(uow, account.id, inbound.extra.get("RevokeInfo", ""))


def _cancelled(uow: UnitOfWork, inbound: Inbound) -> None:
    account = accounts.find(uow, inbound.channel, inbound.app_id, inbound.user)
    if account is not None:
        accounts.closed(uow, account.id, f"wechat:{inbound.dedup}")


def entries(fields: Fields) -> Iterator[dict[str, str]]:
    """The list of an event again: ``TemplateId``, ``TemplateId.1`` … as one mapping each."""
    number = 0
    while True:
        suffix = f".{number}" if number else ""
        if f"TemplateId{suffix}" not in fields:
            return
        names = ("TemplateId", "SubscribeStatusString", "MsgID", "ErrorCode")
        yield {name: fields[name + suffix] for name in names if name + suffix in fields}
        number += 1
