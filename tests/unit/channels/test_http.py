"""The pool reaches loopback directly, whatever proxies the environment names."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from bot.channels.http import pool
from bot.channels.lines import Lines


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_behind_no_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = HTTPServer(("127.0.0.1", 0), Hello)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with pool() as http:
        assert http.get(f"http://{host}:{server.server_port}/").status_code == 200
    thread.join()
    server.server_close()


def test_there_is_always_a_time_out() -> None:
    with pool() as http:
        assert None not in http.timeout.as_dict().values()


def test_what_no_proxy_names_is_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "gateway.example,.hospital.example")
    with pool() as http:
        for host in ("gateway.example", "api.hospital.example"):
            assert isinstance(http._transport_for_url(httpx.URL(f"https://{host}/")), Lines), host
        assert isinstance(
            http._transport_for_url(httpx.URL("https://api.weixin.qq.com/")), httpx.HTTPTransport
        )
