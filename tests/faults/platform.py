"""The platform in a process of its own, so that killing ours kills none of it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.processes import die_with_parent
from bot.sandbox.patient import NoAnswer, Patient
from tests.house import ROOT, clean_environment, free_port, wait_until

ACCOUNT = {
    "WECHAT_APP_ID": "wxfaults00000001",
    "WECHAT_SECRET": "0123456789abcdef0123456789abcdef",
    "WECHAT_TOKEN": "faults-token",
    "WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_MODE": "safe",
}
EXCUSE = "暂时无法提供服务"


@contextmanager
def platform(data: Path, webhook_port: int) -> Iterator[str]:
    """Its address; what `WECHAT_API_BASE` must be is this with /sandbox/wechat behind it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    data.mkdir(parents=True, exist_ok=True)
    with (data / "platform.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.sandbox", "--port", str(port), "--webhook",
             f"http://127.0.0.1:{webhook_port}/wechat"],
            cwd=ROOT,
            env=clean_environment(SUIZHEN_DATA_DIR=str(data), SUIZHEN_DEMO="1", **ACCOUNT),
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )  # fmt: skip
    try:
        wait_until(lambda: _opened(url), 180, lambda: (data / "platform.log").read_text())
        yield url
    finally:
        process.terminate()
        process.wait(timeout=90)


def _opened(url: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{url}/phone/api/state", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


SENTENCE = "帮我挂明天下午心内科王主任的号"
ANSWERS = (
    ("对不起", "{wish}"),
    ("您同意吗", "同意"),
    ("什么人", "本人"),
    ("姓名", "{name}"),
    ("身份证号码", "{number}"),
    ("手机号（11位）", "{phone}"),
    ("「确认」", "确认"),
    ("1. ", "1"),
)


@dataclass
class Visitor:
    """Somebody who wants an appointment and does not give up: answers what is asked, says it again if nothing comes."""

    patient: Patient
    name: str
    number: str
    phone: str
    said: str = SENTENCE
    wish: str = SENTENCE
    turns: int = 0
    excuses: int = 0
    """Times the platform said 「该公众号暂时无法提供服务」."""

    def step(self) -> bool:
        """One message; True when the appointment stands."""
        self.turns += 1
        try:
            heard = "\n".join(self.patient.say(self.said))
        except NoAnswer:
            heard = EXCUSE
        if "约好了" in heard or ("已经" in heard and "约" in heard):
            return True
        if EXCUSE in heard:
            self.excuses += 1
            time.sleep(1)
            return False  # the same words again
        answer = next((answer for asked, answer in ANSWERS if asked in heard), "{wish}")
        self.said = answer.format(name=self.name, number=self.number, phone=self.phone, wish=self.wish)
        return False


def visitor(url: str, index: int) -> Visitor:
    """A follower with an identity of his own."""
    patient = Patient(url, nickname=f"患者{index}", patience=40)
    patient.follow()
    return Visitor(patient, "王小明赵钱孙李周吴"[index % 8] + "试样", identity(index), f"1390000{index:04d}")


def identity(index: int) -> str:
    """A made-up number of region 110101 that passes GB 11643's checksum."""
    body = f"11010119900101{index:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        body
        + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    )
