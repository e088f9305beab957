"""Quotas of the stand-in, and the faults a test may order."""

import time
from datetime import timedelta

import httpx
import pytest

from tests.integration.sandbox.calls import code, text
from tests.integration.sandbox.conftest import Stand


def test_limits_by_day_and_minute(stand: Stand) -> None:
    patient = stand.patient()
    stand.control("limits", {"api": "user/info", "span": "day", "n": 2})
    codes = [code(stand.api("user/info", openid=patient.openid)) for _ in range(3)]
    assert codes == [0, 0, 45009]
    stand.clock.advance(timedelta(days=1))
    assert code(stand.api("user/info", openid=patient.openid)) == 0
    stand.control("limits", {"api": "menu/get", "span": "minute", "n": 1})
    stand.clock.set(stand.clock.now().replace(second=5))
    assert [code(stand.api("menu/get")) for _ in range(2)] == [46003, 45011]


def test_an_errcode_a_number_of_times(stand: Stand) -> None:
    stand.control("faults", {"api": "menu/get", "errcode": -1, "times": 2})
    assert [code(stand.api("menu/get")) for _ in range(3)] == [-1, -1, 46003]
    assert len(stand.look("calls", api="menu/get")) == 3


def test_http_500_and_a_cut_connection(stand: Stand) -> None:
    address, args = "/sandbox/wechat/cgi-bin/menu/get", {"access_token": stand.token()}
    stand.control("faults", {"api": "menu/get", "http": 502})
    assert stand.http.get(address, params=args).status_code == 502
    stand.control("faults", {"api": "*", "drop": True})
    with pytest.raises(httpx.TransportError):
        stand.http.get(address, params=args)
    assert stand.http.get(address, params=args).json()["errcode"] == 46003


def test_a_cut_after_the_message_went_out(stand: Stand) -> None:
    """The caller cannot know; the patient has the message."""
    patient = stand.patient()
    token = stand.token()
    stand.control("faults", {"api": "message/custom/send", "drop": True, "after": True})
    with pytest.raises(httpx.TransportError):
        stand.api("message/custom/send", text(patient.openid, "到了"), token=token)
    assert patient.news() == ["到了"]


def test_a_delay_alone_changes_nothing_else(stand: Stand) -> None:
    stand.control("faults", {"api": "menu/get", "delay": 0.2})
    began = time.monotonic()
    assert code(stand.api("menu/get")) == 46003
    assert time.monotonic() - began >= 0.2


def test_faults_can_be_cleared_and_must_make_sense(stand: Stand) -> None:
    stand.control("faults", {"api": "menu/get", "errcode": -1, "times": 9})
    stand.http.delete("/sandbox/wechat/_control/faults")
    assert code(stand.api("menu/get")) == 46003
    bad = stand.http.post("/sandbox/wechat/_control/faults", json={"api": "menu/get", "delay": "long"})
    assert bad.status_code == 400


def test_reset_forgets_everything_but_never_repeats_an_id(stand: Stand) -> None:
    patient = stand.patient()
    patient.say("一")
    first = stand.hospital.received[-1].id
    stand.control("reset", {})
    names = [one["nickname"] for one in stand.http.get("/phone/api/state").json()["patients"]]
    assert names == ["小林", "陈阿姨", "王大爷"]
    again = stand.patient()
    again.say("一")
    assert stand.hospital.received[-1].id > first


def test_no_secret_is_logged(stand: Stand) -> None:
    stand.token()
    assert "s" * 32 not in str(stand.look("calls"))
