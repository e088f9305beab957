"""The operator over HTTP: its three doors, and the test controls behind them."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request

from bot.domain.clock import Clock
from bot.sandbox import faults
from bot.sandbox.db import SandboxDb
from bot.sandbox.sms import operator, postman
from bot.sandbox.sms.account import SmsAccount
from bot.sandbox.sms.alibaba import ALIBABA
from bot.sandbox.sms.door import Door, Json
from bot.sandbox.sms.operator import Refused
from bot.sandbox.sms.own import OWN
from bot.sandbox.sms.postman import Postman
from bot.sandbox.sms.tencent import TENCENT

DOORS = {door.name: door for door in (OWN, TENCENT, ALIBABA)}


@dataclass(frozen=True, slots=True)
class SmsSandbox:
    """Shared by doors and controls."""

    account: SmsAccount
    clock: Clock
    db: SandboxDb
    postman: Postman


def open_sms(account: SmsAccount, clock: Clock, db: SandboxDb, pause: float = 1.0) -> SmsSandbox:
    """The operator over the sandbox's file."""
    return SmsSandbox(account, clock, db, Postman(db, account.receipts_url, DOORS, pause))


def blueprint(sandbox: SmsSandbox) -> Blueprint:
    """`SMS_API_BASE` points here: as it is for the sandbox's own door, with /tencent or /alibaba behind it."""
    site = Blueprint("sms", __name__)
    for door in DOORS.values():
        site.add_url_rule(door.path, door.name, DoorView(sandbox, door), methods=["POST"])
    return site


class DoorView:
    """One door's requests."""

    def __init__(self, sandbox: SmsSandbox, door: Door) -> None:
        self._sandbox, self._door = sandbox, door

    def __call__(self) -> Response:
        fault = faults.take(self._sandbox.db, operator.API)
        if fault.delay:
            time.sleep(fault.delay)
        broken = fault.http or fault.drop
        answer, status = self._answer() if fault.after or not broken else ({}, 200)
        if fault.http:
            return Response("<html>upstream error</html>", fault.http, mimetype="text/html")
        if fault.drop:
            return Response(_cut(), headers={"Content-Length": "1000"}, mimetype="application/json")
        return Response(json.dumps(answer, ensure_ascii=False), status, mimetype="application/json")

    def _answer(self) -> tuple[Json, int]:
        """A refused SMS leaves nothing behind."""
        sandbox, door = self._sandbox, self._door
        try:
            asked = door.read(request, sandbox.account, time.time())
            with sandbox.db.write() as con:
                fate = operator.fate(con, asked.phone, "send")
                if not fate:
                    now = sandbox.clock.now().timestamp()
                    sms_id = operator.take(con, now, sandbox.account, door.name, asked)
                    report = postman.write(con, sms_id, asked.phone)
            if fate:
                raise Refused(fate)
        except Refused as refused:
            return door.refused(refused.reason)
        sandbox.postman.submit([report] if report else [])
        return door.accepted(sms_id, asked), 200


def _cut() -> Iterator[bytes]:
    """Less than was promised: the client sees the connection end inside the answer."""
    yield b'{"Respo'
