"""Booking turns a second through the signed, encrypted webhook, against a bare Flask and wechatpy echo.

Both run under the same server with the same threads, one after the other, and get the very same kind of
requests; the figure to keep is the ratio.  Every turn of ours verifies, decrypts, deduplicates, loads and
saves a session in Valkey, understands the sentence, and every second one books a seat in the database.
"""

import os
import random
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select
from wechatpy.crypto import WeChatCrypto

from bench.load import Figures, Script, post, run
from bench.people import identity_number
from bench.processes import family, free_port, memory, running
from bot.app import App, build
from bot.channels.wechat.crypto import signature
from bot.demo import environment
from bot.domain.clock import today
from bot.domain.commands import RegisterPatient
from bot.domain.views import Period, Relation
from bot.embedded import Valkey
from bot.services import demo
from bot.services.clinics import ClinicPlan, add_clinics
from bot.services.directory import touch
from bot.settings import load
from bot.store.db import UnitOfWork, url_of
from bot.store.migrate import upgrade
from bot.store.models import Appointment, Department, Doctor

USERS = int(os.environ.get("BENCH_USERS", "300"))
DAYS = 3
CLIENTS = 8
EACH = 25
"""Users a doctor has seats for at eight o'clock."""
_GIVEN = "一二三四五六七八九十"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = environment(
            {**os.environ, "SUIZHEN_DATA_DIR": folder, "PORT": str(free_port()), "LOG_LEVEL": "WARNING"}
        )
        os.environ.update(env)
        with running(Valkey(Path(folder)).command(), env, Valkey(Path(folder)).answers):
            app = build(load())
            _prepare(app)
            ours = _measure("ours", [sys.executable, "-m", "bot", "web"], env, _scripts(app), "/healthz")
            booked = _booked(app)
            echo = _measure("echo", [sys.executable, "-m", "bench.echo"], env, _scripts(app), "/healthz")
            app.close()
    ratio = ours.rate / echo.rate
    expected = USERS * DAYS
    print(f"booked {booked} of {expected} seats asked for, in {ours.seconds:.1f} s")
    print(f"ratio to the echo: {ratio:.2f}   p99 {ours.percentile(0.99):.1f} ms   (aim ≥ 0.40, < 50 ms)")
    if booked != expected:
        sys.exit(1)


def _measure(
    name: str, command: list[str], env: dict[str, str], scripts: list[Script], ready: str
) -> Figures:
    port = int(env["PORT"])

    def answers() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=1) as page:
            return bool(page.status == 200)
        return False

    with running(command, env, answers) as pid:
        run(port, [[signed(f"warm{n}", "你好")] for n in range(50)], clients=CLIENTS)
        figures = run(port, scripts, clients=CLIENTS)
        used = sum(memory(each) for each in family(pid))
    print(
        f"{name:<5} {figures.rate:7.0f} turns/s   p50 {figures.percentile(0.5):6.1f} ms   "
        f"p99 {figures.percentile(0.99):6.1f} ms   {len(figures.latencies)} turns, {CLIENTS} connections, "
        f"statuses {figures.statuses}, {used} MB"
    )
    return figures


def _prepare(app: App) -> None:
    """The demo hospital, one doctor with room for everybody, and as many registered patients as users."""
    upgrade(url_of(app.settings))
    demo.seed(app.db, app.clock)
    app.db.run(lambda uow: _room(uow, app))
    for n in range(USERS):
        account = app.hospital.account("wechat", "gh_bench", _user(n))
        app.hospital.execute(
            RegisterPatient(
                key=f"bench:{n}", relation=Relation.SELF, name="柏小明", id_kind="resident_id",
                id_number=identity_number(n), phone=f"139{n:08d}", consents=("privacy", "health_data"),
            ),
            account,
        )  # fmt: skip


def _room(uow: UnitOfWork, app: App) -> None:
    heart = uow.session.scalars(select(Department.id).where(Department.name == "心血管内科")).one()
    days = [today(app.clock) + timedelta(days=n + 1) for n in range(DAYS)]
    for name in sorted({_doctor(n) for n in range(USERS)}):
        doctor = Doctor(staff_no=f"bench-{name}", name=name, title="主治医师", department_id=heart)
        uow.session.add(doctor)
        uow.session.flush()
        plans = [
            ClinicPlan(doctor.id, heart, day, Period.AM, seats=4 * EACH, minutes_each=1, fee_fen=0)
            for day in days
        ]
        add_clinics(uow, plans)
    touch(uow)


def _doctor(user: int) -> str:
    tens, ones = divmod(user // EACH, 10)
    return f"柏{_GIVEN[tens]}{_GIVEN[ones]}"


def _scripts(app: App) -> list[Script]:
    days = [today(app.clock) + timedelta(days=n + 1) for n in range(DAYS)]
    return [
        [
            signed(_user(n), text)
            for day in days
            for text in (f"挂{day.month}月{day.day}日上午八点心血管内科{_doctor(n)}的号", "确认")
        ]
        for n in range(USERS)
    ]


_ids = iter(range(1, 10**9))


def signed(user: str, text: str) -> bytes:
    """A text message as the platform posts it in safe mode."""
    settings = os.environ
    app_id, token, key = (settings[f"WECHAT_{name}"] for name in ("APP_ID", "TOKEN", "AES_KEY"))
    timestamp, nonce = str(int(time.time())), str(random.randrange(10**9))
    message = (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
        f"<CreateTime>{timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{next(_ids)}</MsgId></xml>"
    )
    sealed = WeChatCrypto(token, key, app_id).encrypt_message(message, nonce, timestamp)
    encrypted = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    query = {
        "signature": signature(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": user,
        "encrypt_type": "aes",
        "msg_signature": signature(token, timestamp, nonce, encrypted),
    }
    body = (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return post(f"/wechat?{urlencode(query)}", body.encode(), int(settings["PORT"]))


def _booked(app: App) -> int:
    with app.db.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(Appointment)) or 0


def _user(n: int) -> str:
    return f"bench-{n:05d}"


if __name__ == "__main__":
    main()
