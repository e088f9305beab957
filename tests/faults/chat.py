"""Patients who write to the webhook as the platform does: signed, sealed, tried three times, and who hear late answers."""

import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import httpx
from sqlalchemy import func, select

from bot.domain.clock import SystemClock
from bot.domain.states import AppointmentState, SeatState
from bot.sandbox.patient import NoAnswer
from bot.services.demo import seed
from bot.store.models import Appointment, Seat
from tests import wechat
from tests.faults.platform import Visitor, identity
from tests.faults.processes import Running
from tests.faults.report import Proof
from tests.faults.stage import Stage
from tests.house import free_port

TRIES, PATIENCE = 3, 5.0
"""The platform's own: it asks three times, and waits five seconds for each."""


@dataclass(frozen=True)
class Post:
    """One message or event, as often as it is sent."""

    xml: str


class Webhook:
    """The platform's way to us."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/wechat"
        self._http = httpx.Client(timeout=PATIENCE, trust_env=False, limits=httpx.Limits(max_connections=64))
        self._platform, self._numbers, self._dice = wechat.Platform(), count(10**16), random.Random(5)

    def text(self, openid: str, words: str) -> Post:
        now = int(time.time())
        return Post(wechat.text(words, at=now, msg_id=str(next(self._numbers)), FromUserName=openid))

    def event(self, openid: str, name: str) -> Post:
        return Post(wechat.event(name, at=int(time.time()), FromUserName=openid))

    def deliver(self, post: Post) -> str | None:
        """Once; the answer's text, ``""`` for a bare acknowledgement, None for anything the platform minds."""
        args, body = self._platform.post(post.xml, at=int(time.time()))
        try:
            response = self._http.post(self._url, params=args, content=body)
        except httpx.HTTPError:
            return None
        if response.status_code != 200:
            return None
        if not response.text.startswith("<"):
            return ""
        answer = self._platform.read(response.text)
        return answer.get("Content") or answer.get("MsgType", "")

    def close(self) -> None:
        self._http.close()


@dataclass
class Correspondent:
    """One patient's phone."""

    stage: Stage
    webhook: Webhook
    openid: str
    posts: list[Post] = field(default_factory=list)
    last: object = None
    late: int = 0
    prompt: int = 0
    """Answers that came in the same breath."""
    slowest: float = 0.0

    def say(self, words: str) -> list[str]:
        """The answer, also where it comes late; `NoAnswer` after the third try."""
        post = self.webhook.text(self.openid, words)
        self.posts.append(post)
        heard = len(self._late())
        began = time.monotonic()
        try:
            answer = self.deliver(post)
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
        self.last = answer
        if answer:
            self.prompt += 1
            return [answer]
        self.late += 1
        until = time.monotonic() + 40
        while time.monotonic() < until:
            if len(self._late()) > heard:
                return self._late()[heard:]
            time.sleep(0.2)
        raise NoAnswer

    def deliver(self, post: Post) -> str:
        for _ in range(TRIES):
            answer = self.webhook.deliver(post)
            if answer is not None:
                return answer
        raise NoAnswer

    def _late(self) -> list[str]:
        with ASKING:
            words: list[str] = self.stage.gateway.ask(f"words:{self.openid}")
        return words


DAYS = ("明天", "后天", "大后天")
ASKING = threading.Lock()
"""The gateway's control takes one question at a time."""


def open_hospital(stage: Stage, *, workers: int = 1) -> int:
    """The demo hospital's clinics, and a web server before them; its port."""
    seed(stage.db, SystemClock())
    port = free_port()
    stage.environment |= {"PORT": str(port), "WEB_WORKERS": str(workers)}
    running: Running = stage.start("web", forked=False)
    stage.until(lambda: _healthy(port), 180, "answering", every=0.1)
    assert not running.gone()
    return port


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def visitors(
    stage: Stage, webhook: Webhook, number: int, make: Callable[..., Correspondent] = Correspondent
) -> list[Visitor]:
    """Patients who want an appointment, each with an identity of their own."""
    wishes = [f"帮我挂{day}{half}心内科王主任的号" for day in DAYS for half in ("上午", "下午")]
    return [
        Visitor(
            make(stage, webhook, f"ovisitor{n:04d}"),  # type: ignore[arg-type]
            "王赵冯孙李周吴郑"[n % 8] + "试样", identity(n), f"1390000{n:04d}", wishes[n % len(wishes)], wishes[n % len(wishes)],
        )
        for n in range(number)
    ]  # fmt: skip


def insist(visitor: Visitor, *, pause: float = 0.0, most: int = 60) -> bool:
    """Until the appointment stands; False for who gave up."""
    for _ in range(most):
        if visitor.step():
            return True
        time.sleep(pause)
    print(visitor.said, "→", getattr(visitor.patient, "last", ""), file=sys.stderr)
    return False


def one_each(proof: Proof, stage: Stage, number: int) -> None:
    """As many appointments and taken seats as patients: no half booking, none doubled."""
    with stage.db.read() as uow:
        live = select(Appointment).where(Appointment.state == AppointmentState.BOOKED)
        made = uow.session.scalars(live).all()
        taken = select(func.count()).where(Seat.state.in_([SeatState.BOOKED, SeatState.HELD]))
        seats = uow.connection.execute(taken).scalar_one()
    people = {each.patient_id for each in made}
    proof.figures |= {"appointments": f"{len(made)} of {number} patients", "seats taken": seats}
    proof.claim("exactly one appointment each", len(made) == len(people) == number)
    proof.claim(
        "as many seats taken as appointments", seats == len({each.seat_id for each in made}) == len(made)
    )
