"""The platform's side of pushes: 就医助手, templates that are there from the start, pop-ups and their events."""

from typing import Any

import pytest

from bot.channels.wechat.template_ids import TemplateIds, invented, wanted
from bot.pushes.templates import Templates
from bot.sandbox.cards import Card
from bot.sandbox.db import SandboxDb
from bot.settings import load
from tests.integration.sandbox.conftest import Stand

INFO = {"pat_name": "王*国", "department_name": "心血管内科", "appointment_time": "2026年11月24日 14:00"}
FIELDS = {"thing1": "科室"}


def assistant(stand: Stand, openid: str, **changes: Any) -> int:
    body = {
        "status": 1501001, "open_id": openid, "order_id": "a-12", "msg_id": "7.0",
        "app_id": stand.settings.wechat_app_id, "business_id": 150, "business_info": INFO,
    }  # fmt: skip
    response = stand.http.post(
        "/sandbox/wechat/cityservice/sendchannelmsg",
        params={"access_token": stand.token()},
        json={**body, **changes},
    )
    return int(response.json().get("errcode", 0))


# -- 就医助手 --------------------------------------------------------------------------------------------


def test_the_assistants_card_is_shown(stand: Stand) -> None:
    patient = stand.patient()
    assert assistant(stand, patient.openid) == 0
    patient.wait_for("预约挂号成功")
    (card,) = patient.last
    assert card.body["from"] == "就医助手"
    assert "科室：心血管内科" in card.text
    (line,) = stand.look("assistant", order="a-12")
    assert (line["msg_id"], line["status"], line["openid"]) == ("7.0", 1501001, patient.openid)


def test_a_message_id_is_good_for_one_message(stand: Stand) -> None:
    patient = stand.patient()
    assert [assistant(stand, patient.openid) for _ in range(2)] == [0, 40241]
    assert assistant(stand, patient.openid, msg_id="8.0", status=1505001) == 0
    assert len(stand.look("assistant", order="a-12")) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"open_id": "nobody"}, 40003),
        ({"app_id": "wxother"}, 40013),
        ({"business_id": 1}, 47003),
        ({"status": 12}, 47003),
        ({"status": "1501001"}, 47003),
        ({"order_id": ""}, 47003),
        ({"msg_id": ""}, 47003),
        ({"business_info": {}}, 47003),
        ({"business_info": INFO | {"department_name": ""}}, 47003),
        ({"business_info": INFO | {"pat_name": 7}}, 47003),
    ],
)
def test_what_the_assistant_refuses(stand: Stand, changes: dict[str, Any], code: int) -> None:
    assert assistant(stand, stand.patient().openid, **changes) == code


def test_an_order_is_one_patients(stand: Stand) -> None:
    assert assistant(stand, stand.patient().openid) == 0
    assert assistant(stand, stand.patient().openid, msg_id="8.0") == 47003


def test_a_token_is_needed_here_too(stand: Stand) -> None:
    response = stand.http.post("/sandbox/wechat/cityservice/sendchannelmsg", json={"status": 1501001})
    assert response.json()["errcode"] == 41001


# -- templates -------------------------------------------------------------------------------------------


def test_templates_of_the_start(stand: Stand) -> None:
    """As bot.app opens the stand-in: every id of the settings with the fields of our words."""
    path = stand.settings.data_dir / "another.db"
    db = SandboxDb(path, approved=[Card("T9", "subscribe", "号源公示", FIELDS, lasting=True)])
    with db.read() as con:
        row = con.execute("SELECT kind, title FROM templates WHERE id = 'T9'").fetchone()
        lasting = con.execute("SELECT id FROM lasting").fetchall()
    assert (tuple(row), [each["id"] for each in lasting]) == (("subscribe", "号源公示"), ["T9"])


def test_every_invented_id_has_its_fields() -> None:
    templates = Templates.load()
    template, subscribe = invented(templates)
    ids = TemplateIds.read(load(wechat_templates=template, wechat_subscriptions=subscribe))
    found = {(each.road, each.id): each for each in wanted(ids, templates)}
    assert len(found) == len(template) + len(subscribe)
    assert ids.subscribe["publication"] == "demo-subscribe-publication"
    assert found["subscribe", "demo-subscribe-publication"].lasting
    assert not found["template", "demo-template-suspension"].lasting


def test_a_withdrawn_template_is_unknown(stand: Stand) -> None:
    stand.control("templates", {"id": "T1", "kind": "template", "title": "通知", "fields": FIELDS})
    body = {"touser": stand.patient().openid, "template_id": "T1", "data": {"thing1": {"value": "骨科"}}}
    assert stand.api("message/template/send", body)["errcode"] == 0
    stand.http.delete("/sandbox/wechat/_control/templates/T1").raise_for_status()
    assert stand.api("message/template/send", body)["errcode"] == 40037


# -- consents --------------------------------------------------------------------------------------------


def test_a_pop_up_with_several_templates_is_one_event(stand: Stand) -> None:
    patient = stand.patient()
    for name, lasting in (("S1", False), ("S2", True), ("S3", False)):
        stand.control(
            "templates",
            {"id": name, "kind": "subscribe", "title": name, "fields": FIELDS, "lasting": lasting},
        )
    patient.consents({"S1": True, "S2": True, "S3": False})
    left = {row["template_id"]: (row["left_over"], row["long_term"]) for row in stand.look(
        "consents", openid=patient.openid
    )}  # fmt: skip
    assert left == {"S1": (1, 0), "S2": (1, 1)}
    xml = stand.look("posts", openid=patient.openid)[-1]["xml"]
    assert xml.count("<List>") == 3
    assert xml.count("[accept]") == 2
    patient.switch_off("S1")
    assert [row["template_id"] for row in stand.look("consents", openid=patient.openid)] == ["S2"]
    assert "subscribe_msg_change_event" in stand.look("posts", openid=patient.openid)[-1]["xml"]


def test_the_phone_knows_what_may_be_subscribed(stand: Stand) -> None:
    patient = stand.patient()
    stand.control("templates", {"id": "S1", "kind": "subscribe", "title": "停诊通知", "fields": FIELDS})
    patient.consent("S1")
    state = stand.http.get("/phone/api/state", params={"openid": patient.openid}).json()
    assert state["subscriptions"] == [
        {"id": "S1", "title": "停诊通知", "lasting": 0, "left": 1, "long_term": 0}
    ]  # fmt: skip


def test_any_event_can_be_posted(stand: Stand) -> None:
    patient = stand.patient()
    stand.control("events", {"openid": patient.openid, "event": "user_authorization_cancellation"})
    assert "user_authorization_cancellation" in stand.look("posts", openid=patient.openid)[-1]["xml"]


@pytest.mark.parametrize(
    ("kind", "api", "name"),
    [("template", "message/template/send", "url"), ("subscribe", "message/subscribe/bizsend", "page")],
)
def test_a_card_opens_a_page(stand: Stand, kind: str, api: str, name: str) -> None:
    stand.control(
        "templates", {"id": "P1", "kind": kind, "title": "出院随访", "fields": FIELDS, "lasting": True}
    )
    patient = stand.patient()
    if kind == "subscribe":
        patient.consent("P1")
    body = {"touser": patient.openid, "template_id": "P1", "data": {"thing1": {"value": "骨科"}}}
    assert stand.api(api, {**body, name: "https://bot.hospital.example/f/x"})["errcode"] == 0
    patient.wait_for("出院随访")
    assert patient.last[-1].body["url"] == "https://bot.hospital.example/f/x"
