"""A patient with a phone, over HTTP: for tests, the terminal chat and benchmarks."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx


class PhoneError(Exception):
    """The phone refused; its words."""


class NoAnswer(Exception):
    """Nothing came in time."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One entry of the chat."""

    id: int
    side: str
    """patient | account | system"""
    kind: str
    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        """What a reader sees, tappable words included."""
        if "parts" in self.body:
            return "".join(
                part.get("text") or part.get("tap") or part.get("link", "") for part in self.body["parts"]
            )
        if self.kind == "notice":
            rows = "\n".join(f"{row['label']}：{row['value']}" for row in self.body["rows"])
            return f"{self.body['title']}\n{rows}"
        return str(self.body.get("text") or self.body.get("title") or f"[{self.kind}]")

    @property
    def taps(self) -> tuple[Mapping[str, str], ...]:
        """Its tappable options, in order."""
        return tuple(part for part in self.body.get("parts", ()) if "tap" in part)


class Patient:
    """One WeChat user; every action waits for the account's answer and returns its texts."""

    def __init__(
        self, base_url: str, openid: str = "", *, nickname: str = "测试患者", patience: float = 20.0,
        http: httpx.Client | None = None,
    ) -> None:  # fmt: skip
        self._http = http or httpx.Client(base_url=base_url, timeout=30, trust_env=False)
        self._patience = patience
        self._seen = 0
        self.openid = openid or str(self._call("patients", nickname=nickname)["openid"])
        self.post = 0
        """The last message's post, for the controls (repeat, attempts)."""
        self.last: tuple[Bubble, ...] = ()
        """The account's latest answer."""
        if openid:
            self.news()

    def say(self, text: str) -> list[str]:
        """Type and send."""
        return self._act("say", text=text)

    def tap(self, number: int) -> list[str]:
        """Tap the n-th option (from 1) of the latest answer that has any."""
        options = [tap for bubble in self.last for tap in bubble.taps]
        if not 1 <= number <= len(options):
            raise PhoneError(f"there are {len(options)} options")
        chosen = options[number - 1]
        return self._act("say", text=chosen["content"], menu_id=chosen["id"])

    def follow(self) -> list[str]:
        return self._act("follow")

    def unfollow(self) -> list[str]:
        return self._act("unfollow", silent=True)

    def menu(self, key: str) -> list[str]:
        """Tap a menu entry of the kind `click`."""
        return self._act("menu", key=key)

    def view(self, url: str) -> list[str]:
        """Tap a menu entry of the kind `view`."""
        return self._act("menu", silent=True, type="view", key=url)

    def scan(self, scene: str, *, make: bool = True) -> list[str]:
        """Scan a scene QR; ``make``: even if the hospital never made it."""
        return self._act("scan", scene=scene, make=make)

    def voice(self, recognition: str = "") -> list[str]:
        return self._act("send", kind="voice", recognition=recognition)

    def send(self, kind: str, **fields: str) -> list[str]:
        """image | location | sticker | link | video | file | voice"""
        return self._act("send", silent=False, kind=kind, **fields)

    def send_image(self) -> list[str]:
        return self.send("image")

    def send_location(self, label: str = "") -> list[str]:
        return self.send("location", label=label)

    def send_sticker(self) -> list[str]:
        return self.send("sticker")

    def consent(self, template_id: str, *, accept: bool = True, long_term: bool = False) -> list[str]:
        """Answer a subscription pop-up."""
        return self._act("consent", silent=True, template_id=template_id, accept=accept, long_term=long_term)

    def consents(self, answers: Mapping[str, bool]) -> list[str]:
        """Answer a pop-up with several templates."""
        return self._act("consent", silent=True, answers=dict(answers))

    def switch_off(self, template_id: str) -> list[str]:
        """No more messages of this template, in WeChat's settings."""
        return self._act("switch_off", silent=True, template_id=template_id)

    def news(self) -> list[str]:
        """What the account said since the last look; does not wait."""
        return self._take(self._look()[1])

    def wait_for(self, words: str) -> list[str]:
        """Until a message containing ``words`` arrives (a push, or a late answer); all that came till then."""
        came: list[str] = []
        for bubbles in self._looks():
            came += self._take(bubbles)
            if any(words in text for text in came):
                return came
        raise NoAnswer(f"{words!r} did not come in {self._patience} s, only {came}")

    def sms(self, phone: str) -> list[str]:
        """The SMS to a number, newest first."""
        response = self._http.get("/phone/api/sms", params={"phone": phone})
        return [str(row["text"]) for row in response.raise_for_status().json()]

    def _act(self, action: str, *, silent: bool = False, **fields: object) -> list[str]:
        self.post = int(self._call(action, openid=self.openid, **fields)["post"] or 0)
        if silent:
            return []
        return self._answer(self.post)

    def _answer(self, post: int) -> list[str]:
        """The passive reply; where the hospital only acknowledged, whatever it says next."""
        began = time.monotonic()
        came: list[str] = []
        while time.monotonic() - began < self._patience:
            waiting, bubbles = self._look()
            came += self._take(bubbles)
            if came and post not in waiting:
                return came
            time.sleep(0.01 if time.monotonic() - began < 2 else 0.1)
        raise NoAnswer(f"no answer in {self._patience} s")

    def _looks(self) -> Iterator[list[Bubble]]:
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            yield self._look()[1]
            time.sleep(0.05)

    def _look(self) -> tuple[Sequence[int], list[Bubble]]:
        response = self._http.get("/phone/api/chat", params={"openid": self.openid, "after": self._seen})
        chat = response.raise_for_status().json()
        found = [Bubble(row["id"], row["side"], row["kind"], row["body"]) for row in chat["bubbles"]]
        return chat["waiting"], found

    def _take(self, bubbles: Sequence[Bubble]) -> list[str]:
        if bubbles:
            self._seen = bubbles[-1].id
        said = tuple(bubble for bubble in bubbles if bubble.side == "account")
        if said:
            self.last = said
        return [bubble.text for bubble in said]

    def _call(self, action: str, **fields: object) -> Mapping[str, Any]:
        response = self._http.post(f"/phone/api/{action}", json=fields)
        if response.status_code == 409:
            raise PhoneError(response.json()["error"])
        answer: Mapping[str, Any] = response.raise_for_status().json()
        return answer
