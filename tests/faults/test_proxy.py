"""The fault proxy does what it is told, before whatever it stands."""

import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
import redis

from tests.faults.gateway import Gateway
from tests.faults.proxy import Between

pytestmark = pytest.mark.faults


@pytest.fixture
def line() -> Iterator[Between]:
    with closing(Gateway()) as gateway, closing(Between(gateway.url.removeprefix("http://"))) as line:
        yield line


def fetch(line: Between, patience: float = 20.0) -> int:
    url = f"http://127.0.0.1:{line.port}/cgi-bin/stable_token"
    with httpx.Client(timeout=patience, trust_env=False) as client:
        return client.post(url, json={}).status_code


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"latency": 5.0}, httpx.ReadTimeout),
        ({"black_hole": True}, httpx.ReadTimeout),
        ({"refuse": True}, httpx.NetworkError),
        ({"cut_after": 30}, httpx.NetworkError),
    ],
)
def test_mischief_and_back(line: Between, told: dict[str, object], error: type[Exception]) -> None:
    assert fetch(line) == 200
    line.tell(**told)
    with pytest.raises(error):
        fetch(line, 0.3)
    line.tell()
    assert fetch(line) == 200


def test_open_connections_are_reset(line: Between) -> None:
    with socket.create_connection(("127.0.0.1", line.port), timeout=20) as there:
        there.sendall(b"POST /cgi-bin/stable_token HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        assert there.recv(4096)
        line.tell(reset=True)
        with pytest.raises(ConnectionResetError):
            there.recv(4096)


def test_before_a_unix_socket(valkey_url: str) -> None:
    with (
        closing(Between(valkey_url.removeprefix("unix://"))) as line,
        closing(redis.Redis(port=line.port)) as there,
    ):
        assert there.ping()
        line.tell(black_hole=True)
        with (
            closing(redis.Redis(port=line.port, socket_timeout=0.3)) as silent,
            pytest.raises(redis.TimeoutError),
        ):
            silent.ping()
