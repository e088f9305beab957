"""The roads of a push over a real gateway, database and Redis: what is asked, what is not, and what follows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from redis import Redis

from bot.channels.base import Receipt, Recipient, Road, SendError, Unavailable
from bot.channels.wechat.client import ASSISTANT, CUSTOM, SUBSCRIBE, TEMPLATE, WechatClient
from bot.channels.wechat.consequences import Alarm, Consequences
from bot.channels.wechat.roads import Ways, roads
from bot.channels.wechat.template_ids import TemplateIds
from bot.domain.accounts import AccountRef
from bot.domain.notice import Notice
from bot.domain.speech import Option
from bot.pushes.templates import Templates
from bot.pushes.vocabulary import EXAMPLES
from bot.services import accounts, alerts, subscriptions
from bot.services.alerts import Disabled
from bot.services.subscriptions import Answer, Consents, What
from bot.store.db import Database
from tests import wechat
from tests.conftest import FixedClock
from tests.integration.wechat.stub_api import Stub
from tests.wechat import ACCOUNT, PATIENT

NOTICE = Notice("suspension", EXAMPLES, (Option("改约", None), Option("退号", None)), "f3a9", order="a-12")
IDS = TemplateIds({"suspension": "T1"}, {"suspension": "S1", "care": "S2"}, frozenset({"S2"}))


class Town:
    """One patient's account and the roads to it."""

    def __init__(self, db: Database, redis: Redis, http: httpx.Client, api: Stub, clock: FixedClock) -> None:
        self.db, self.api, self.clock = db, api, clock
        consents = Consents(db)
        self.ways = Ways(
            client=WechatClient(wechat.settings(wechat_api_base=api.url), redis, http, clock),
            templates=Templates.load(),
            ids=IDS,
            clock=clock,
            disabled=Disabled(db, every=0),
            on_error=Consequences(db, consents),
        )
        self.roads = roads(self.ways, consents, assistant=True)
        self.alarm = Alarm(db)
        met = db.run(lambda uow: accounts.met(uow, "wechat", ACCOUNT, PATIENT))
        self.account = replace(met, last_message_at=clock.now())

    def send(
        self, road: str, notice: Notice = NOTICE, account: AccountRef | None = None, key: str = "7.1"
    ) -> Receipt:
        to = Recipient(account or self.account)
        return self.roads[road].send(notice, to, key=key, urgent=True)

    def refused(self, road: str, notice: Notice = NOTICE, account: AccountRef | None = None) -> SendError:
        with pytest.raises(SendError) as caught:
            self.send(road, notice, account)
        if caught.value.fault:  # as delivery tells it
            self.alarm(caught.value, f"{road}:{notice.kind}" if caught.value.permanent else road)
        return caught.value

    def consent(self, what: What = What.ACCEPTED, template: str = "S1") -> None:
        answer = Answer(template, what)
        self.db.run(lambda uow: subscriptions.note(
            uow, self.account.id, [answer], key=f"{what}:{template}", at=uow.now
        ))  # fmt: skip

    def left(self) -> bool:
        return Consents(self.db).left(self.account.id, "S1")

    def known(self) -> AccountRef:
        with self.db.read() as uow:
            found = accounts.find(uow, "wechat", ACCOUNT, PATIENT)
        assert found is not None
        return found

    def alerts(self) -> list[tuple[str, str, str]]:
        with self.db.read() as uow:
            return [(each.kind, each.subject, each.code) for each in alerts.listing(uow)]

    def asked(self) -> list[str]:
        return [call.path for call in self.api.calls if not call.path.endswith("stable_token")]


@pytest.fixture
def town(sqlite_db: Database, redis_client: Redis, http: httpx.Client, api: Stub, clock: FixedClock) -> Town:
    return Town(sqlite_db, redis_client, http, api, clock)


def says(code: int) -> Callable[[object], object]:
    return lambda call: {"errcode": code, "errmsg": "no"}


# -- what goes out ---------------------------------------------------------------------------------------


def test_the_assistant_keeps_the_episodes_order(town: Town) -> None:
    booked = Notice("booked_card", EXAMPLES, order="a-12")
    assert town.send("assistant", booked, key="7.0").message_id == "7.0"
    body = town.api.calls[-1].body
    assert (body["order_id"], body["msg_id"], body["status"]) == ("a-12", "7.0", 1501001)
    assert body["business_info"]["department_name"] == "心血管内科"


def test_a_template_message_with_its_own_id(town: Town) -> None:
    assert town.send("template").message_id == "7"
    body = town.api.calls[-1].body
    assert (body["template_id"], body["client_msg_id"], body["touser"]) == ("T1", "7.1", PATIENT)
    assert all(value["value"] for value in body["data"].values())


def test_a_subscription_notice_uses_one_consent(town: Town) -> None:
    town.consent()
    town.send("subscribe")
    assert (town.asked(), town.left()) == ([SUBSCRIBE], False)
    town.send("subscribe", key="7.1")
    assert town.asked() == [SUBSCRIBE], "the same again after a crash"


def test_a_lasting_consent_is_never_used_up(town: Town) -> None:
    town.consent(What.LONG_TERM)
    for number in range(3):
        town.send("subscribe", key=f"{number}.1")
    assert town.left()


def test_a_message_in_the_chat_with_its_options(town: Town) -> None:
    town.send("custom")
    menu = town.api.calls[-1].body["msgmenu"]
    assert [(each["id"], each["content"]) for each in menu["list"]] == [
        ("f3a9:1", "1. 改约"), ("f3a9:2", "2. 退号"),
    ]  # fmt: skip


# -- what is known to lead nowhere -----------------------------------------------------------------------


def test_without_a_consent_nobody_is_asked(town: Town) -> None:
    assert town.refused("subscribe").code == "no_consent"
    assert town.api.calls == []


@pytest.mark.parametrize("hours", [48, 60])
def test_outside_the_window_nobody_is_asked(town: Town, hours: int) -> None:
    town.clock.advance(timedelta(hours=hours))
    assert town.refused("custom").code == "no_window"
    assert town.refused("custom", account=replace(town.account, last_message_at=None)).code == "no_window"
    assert town.api.calls == []


def test_just_inside_the_window(town: Town) -> None:
    town.clock.advance(timedelta(hours=47, minutes=59))
    town.send("custom")
    assert town.asked() == [CUSTOM]


@pytest.mark.parametrize("road", ["template", "custom"])
def test_no_follower(town: Town, road: str) -> None:
    assert town.refused(road, account=replace(town.account, following=False)).code == "no_follower"


@pytest.mark.parametrize("road", ["assistant", "template", "subscribe", "custom"])
@pytest.mark.parametrize("change", [{"channel": "alipay"}, {"following": False, "last_message_at": None}])
def test_no_account_here(town: Town, road: str, change: dict[str, object]) -> None:
    error = town.refused(road, account=replace(town.account, **change))  # type: ignore[arg-type]
    assert isinstance(error, Unavailable)
    assert error.code == "no_account"


def test_no_account_at_all(town: Town) -> None:
    for road in town.roads.values():
        with pytest.raises(Unavailable):
            road.send(NOTICE, Recipient(None, "13800138000"), key="7.1", urgent=False)
    assert town.api.calls == []


def test_no_template(town: Town) -> None:
    booked = Notice("booked_card", EXAMPLES, order="a-12")
    assert town.refused("template", booked).code == "no_template"
    assert town.refused("custom", Notice("nothing_known", {})).code == "no_template"
    assert town.refused("assistant", replace_order(booked, "")).code == "no_order"
    assert town.api.calls == []


def replace_order(notice: Notice, order: str) -> Notice:
    return Notice(notice.kind, notice.fields, notice.options, notice.offer, notice.phone, order)


def test_an_account_without_the_assistant_has_no_such_road(town: Town) -> None:
    found: dict[str, Road] = roads(town.ways, Consents(town.db), assistant=False)
    assert set(found) == {"template", "subscribe", "custom"}


# -- what the platform refuses ---------------------------------------------------------------------------


def test_43004_marks_the_account(town: Town) -> None:
    town.api.answer = says(43004)
    assert town.refused("template").elsewhere
    assert not town.known().following


def test_40003_unbinds_it(town: Town) -> None:
    town.api.answer = says(40003)
    assert town.refused("template").elsewhere
    assert accounts.unbound(town.known())


def test_43101_empties_the_ledger(town: Town) -> None:
    town.consent()
    town.clock.advance(timedelta(seconds=1))
    town.api.answer = says(43101)
    assert town.refused("subscribe").elsewhere
    assert not town.left()
    assert town.refused("subscribe").code == "no_consent", "and nobody is asked again"


@pytest.mark.parametrize("code", [40037, 43116])
def test_a_banned_template_is_not_used_again_until_staff_say_so(town: Town, code: int) -> None:
    town.api.answer = says(code)
    assert town.refused("template").elsewhere
    assert town.alerts() == [("template_disabled", "template:suspension", str(code))]
    assert town.refused("template").code == "template_disabled"
    assert town.asked() == [TEMPLATE]
    with town.db.write() as uow:
        (alert,) = alerts.listing(uow)
        alerts.close(uow, alert.id, "0012")
    town.api.answer = lambda call: {"errcode": 0, "msgid": 8}
    assert town.send("template").message_id == "8"


@pytest.mark.parametrize(
    ("code", "kind", "subject", "elsewhere"),
    [(40013, "config_fault", "template", False), (45009, "api_stopped", "template", True),
     (48001, "no_permission", "template:suspension", True), (47003, "bad_data", "template:suspension", True)],
)  # fmt: skip
def test_faults_are_told_to_staff(town: Town, code: int, kind: str, subject: str, elsewhere: bool) -> None:
    town.api.answer = says(code)
    assert town.refused("template").elsewhere is elsewhere
    assert town.alerts() == [(kind, subject, str(code))]


def test_a_field_the_platform_would_refuse_is_not_sent(town: Town) -> None:
    """47003 before the platform says it; another road may still tell the patient."""
    error = town.refused("template", Notice("suspension", EXAMPLES | {"begins": "明天"}))
    assert town.asked() == []
    assert (error.code, error.elsewhere, error.permanent, error.fault) == ("47003", True, True, True)


def test_a_consequence_that_fails_does_not_change_the_messages_fate(town: Town) -> None:
    town.api.answer = says(43004)
    town.db.close()
    broken = Consequences(Database("sqlite:////nowhere/x.db", town.clock, town.db.keys), Consents(town.db))
    ways = replace(town.ways, on_error=broken, disabled=())
    with pytest.raises(SendError) as caught:
        roads(ways, Consents(town.db), assistant=False)["template"].send(
            NOTICE, Recipient(town.account), key="7.1", urgent=True
        )
    assert caught.value.code == "43004"


def test_the_pace_is_kept_for_each_api(town: Town) -> None:
    asked: list[tuple[str, bool]] = []
    ways = replace(town.ways, pace=lambda api, urgent: asked.append((api, urgent)))
    paced = roads(ways, Consents(town.db), assistant=True)
    for road in ("assistant", "template", "custom"):
        notice = Notice("booked_card", EXAMPLES, order="a") if road == "assistant" else NOTICE
        paced[road].send(notice, Recipient(town.account), key="7.1", urgent=road == "template")
    assert asked == [(ASSISTANT, False), (TEMPLATE, True), (CUSTOM, False)]


@pytest.mark.parametrize(("road", "name"), [("template", "url"), ("subscribe", "page")])
def test_a_card_carries_the_page_it_opens(town: Town, road: str, name: str) -> None:
    town.consent()
    paged = Notice("suspension", EXAMPLES, url="https://bot.hospital.example/f/x")
    town.send(road, paged, key=f"9.{road}")
    assert town.api.calls[-1].body[name] == "https://bot.hospital.example/f/x"
