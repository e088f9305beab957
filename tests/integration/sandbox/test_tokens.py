"""Tokens of the stand-in: one for all, renewed early, refreshed by force, asked for rightly."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.sandbox.calls import code
from tests.integration.sandbox.conftest import Stand


def test_asking_again_gives_the_same_token(stand: Stand) -> None:
    first = stand.ask_token()
    assert 7190 <= first["expires_in"] <= 7200
    assert len(first["access_token"]) == 512
    assert stand.token() == first["access_token"]


def test_twenty_threads_get_one_token(stand: Stand) -> None:
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(stand.token())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 20
    assert len(set(tokens)) == 1


def test_it_is_renewed_five_minutes_early_and_both_are_good_meanwhile(stand: Stand) -> None:
    old = stand.token()
    stand.clock.advance(timedelta(seconds=6950))
    new = stand.token()
    assert new != old
    assert code(stand.api("user/info", token=old, openid="nobody")) == 40003
    assert code(stand.api("user/info", token=new, openid="nobody")) == 40003
    stand.clock.advance(timedelta(seconds=300))
    assert code(stand.api("user/info", token=old, openid="nobody")) == 42001


def test_a_forced_refresh_kills_the_old_one(stand: Stand) -> None:
    old = stand.token()
    new = stand.token(force=True)
    assert code(stand.api("user/info", token=old, openid="x")) == 40001
    assert code(stand.api("user/info", token=new, openid="x")) == 40003


def test_forced_refreshes_are_rationed(stand: Stand) -> None:
    stand.clock.set(datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    assert [code(stand.ask_token(force=True)) for _ in range(2)] == [0, 45011]
    for _ in range(19):
        stand.clock.advance(timedelta(seconds=31))
        assert code(stand.ask_token(force=True)) == 0
    stand.clock.advance(timedelta(seconds=31))
    assert code(stand.ask_token(force=True)) == 45009


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wxother"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
    ],
)
def test_bad_credentials(stand: Stand, changes: dict[str, str], errcode: int) -> None:
    assert stand.ask_token(**changes)["errcode"] == errcode


def test_calls_without_a_good_token(stand: Stand) -> None:
    assert code(stand.api("user/info", token="", openid="x")) == 41001
    assert code(stand.api("user/info", token="abc", openid="x")) == 40001
    token = stand.token()
    stand.control("tokens/revoke", {})
    assert code(stand.api("user/info", token=token, openid="x")) == 40001


def test_requests_that_make_no_sense(stand: Stand) -> None:
    api, token = "/sandbox/wechat/cgi-bin/message/custom/send", stand.token()
    assert stand.http.get(api, params={"access_token": token}).json()["errcode"] == 43002
    for body, errcode in ((b"", 44002), (b"{", 47001), (b"[]", 47001), (b'{"a":"\\u4f60"}', 40033)):
        assert stand.http.post(api, params={"access_token": token}, content=body).json()["errcode"] == errcode
    assert stand.http.post("/sandbox/wechat/cgi-bin/no/such", json={}).json()["errcode"] == 40066
