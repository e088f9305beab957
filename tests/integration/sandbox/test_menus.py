"""Menu, codes and users of the stand-in."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.db import SandboxDb
from tests.integration.sandbox.calls import code
from tests.integration.sandbox.conftest import Stand


def test_a_menu_is_published_fetched_and_deleted(stand: Stand) -> None:
    menu = {
        "button": [{"name": "挂号", "sub_button": [{"type": "click", "name": "预约", "key": "intent:book"}]}]
    }
    assert code(stand.api("menu/get")) == 46003
    assert code(stand.api("menu/create", menu)) == 0
    assert stand.api("menu/get")["menu"] == menu
    assert stand.http.get("/phone/api/state").json()["menu"]["button"] == menu["button"]
    assert code(stand.api("menu/delete")) == 0
    assert stand.http.get("/phone/api/state").json()["menu"] is None


LEAF = {"type": "click", "name": "预约", "key": "k"}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016), ([LEAF] * 4, 40016), ([{**LEAF, "name": "名" * 6}], 40018), ([{**LEAF, "key": "k" * 129}], 40019),
        ([{"name": "x", "sub_button": [LEAF] * 6}], 40023), ([{**LEAF, "type": "fax"}], 40017),
        ([{"type": "view", "name": "x"}], 40020), (["x"], 47001),
    ],
)  # fmt: skip
def test_menus_beyond_the_platforms_sizes(stand: Stand, buttons: list[Any], errcode: int) -> None:
    assert code(stand.api("menu/create", {"button": buttons})) == errcode


def test_a_code_is_made_scanned_and_expires(stand: Stand) -> None:
    scene = "book:doctor:王建国"
    body = {
        "expire_seconds": 3600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }
    ticket = stand.api("qrcode/create", body)["ticket"]
    patient = stand.patient()
    patient.scan(scene, make=False)
    assert (stand.hospital.received[-1].scene_id, stand.hospital.received[-1].ticket) == (scene, ticket)
    stand.clock.advance(timedelta(hours=2))
    with pytest.raises(Exception, match="过期"):
        patient.scan(scene, make=False)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"action_name": "X"}, 40052), ({"action_info": {}}, 40053), ({"expire_seconds": 2_592_001}, 40053),
        ({"action_info": {"scene": {"scene_str": "s" * 65}}}, 40053), ({"action_info": {"scene": {"scene_str": ""}}}, 40053),
    ],
)  # fmt: skip
def test_bad_codes(stand: Stand, changes: dict[str, Any], errcode: int) -> None:
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "s"}}, "expire_seconds": 60}
    assert code(stand.api("qrcode/create", body | changes)) == errcode


def test_user_info(stand: Stand) -> None:
    patient = stand.patient()
    assert stand.api("user/info", openid=patient.openid)["subscribe"] == 1
    patient.unfollow()
    assert stand.api("user/info", openid=patient.openid) == {"subscribe": 0, "openid": patient.openid}


def test_an_account_may_come_with_a_menu_which_it_can_replace(stand: Stand) -> None:
    first, second = ({"button": [{**LEAF, "key": key}]} for key in ("first", "second"))
    for _ in range(2):  # a restart brings nothing back that was replaced
        assert SandboxDb(stand.settings.data_dir / "sandbox.db", first).wipe() is None
        assert stand.api("menu/get")["menu"] == first
        stand.api("menu/create", second)
        with SandboxDb(stand.settings.data_dir / "sandbox.db", first).read():
            assert stand.api("menu/get")["menu"] == second
