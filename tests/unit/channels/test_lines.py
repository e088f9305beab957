"""The transport under every gateway's client: kept connections, their ends, and errors by httpx' names."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from bot.channels.http import Gateways
from bot.channels.lines import Lines

Raw = Callable[[socket.socket], None]


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: set[object]
    barrier: threading.Barrier | None = None

    def do_POST(self) -> None:
        self.connections.add(self.client_address)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.barrier:
            self.barrier.wait(10)
        match self.path:
            case "/chunked":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            case "/gzip":
                self._answer(gzip.compress("您好".encode()), ("Content-Encoding", "gzip"))
            case "/close":
                self._answer(b"bye", ("Connection", "close"))
            case _:
                self._answer(body)

    def _answer(self, data: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (*headers, ("Content-Length", str(len(data)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@pytest.fixture
def gateway() -> Iterator[tuple[type[Gateway], str]]:
    class Handler(Gateway):
        connections = set()

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["httpx", "ours"])
def http(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Under httpx' client, and under the one that leaves out what gateways have no use for."""
    lines, timeout = Lines(), httpx.Timeout(5, connect=1)
    plain = request.param == "httpx"
    client = httpx.Client(transport=lines, timeout=timeout) if plain else Gateways(lines, {}, timeout)
    with client:
        yield client


@contextmanager
def raw(*behaviours: Raw) -> Iterator[str]:
    """A server that does with each connection as told, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for behave in behaviours:
                line, _ = listening.accept()
                with line:
                    behave(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(10)


def test_one_connection_serves_many_requests(gateway: tuple[type[Gateway], str], http: httpx.Client) -> None:
    handler, url = gateway
    for n in range(5):
        assert http.post(url, content=f"您好{n}".encode()).text == f"您好{n}"
    assert len(handler.connections) == 1


def test_requests_at_once_each_have_their_own(gateway: tuple[type[Gateway], str], http: httpx.Client) -> None:
    handler, url = gateway
    handler.barrier = threading.Barrier(20)  # answers only when all have come
    with ThreadPoolExecutor(20) as pool:
        for _ in range(2):
            answers = list(pool.map(lambda n: http.post(url, content=str(n)).text, range(20)))
            assert answers == [str(n) for n in range(20)]
    assert len(handler.connections) == 20


@pytest.mark.parametrize(("path", "text"), [("/chunked", "abcde"), ("/gzip", "您好"), ("/close", "bye")])
def test_however_the_answer_comes(
    gateway: tuple[type[Gateway], str], http: httpx.Client, path: str, text: str
) -> None:
    handler, url = gateway
    assert [http.post(url + path, content=b"x").text for _ in range(3)] == [text] * 3
    assert len(handler.connections) == (3 if path == "/close" else 1)


def test_a_connection_that_the_other_side_closed_is_not_used_again(http: httpx.Client) -> None:
    def once(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with raw(once, once) as url:
        assert http.post(url, content=b"1").text == "ok"
        threading.Event().wait(0.05)  # until the end of the connection has arrived
        assert http.post(url, content=b"2").text == "ok"


def test_nobody_there(http: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        http.post(f"http://127.0.0.1:{port}/", content=b"x")


def test_hung_up_without_a_word(http: httpx.Client) -> None:
    with raw(lambda line: line.recv(65536) and None) as url, pytest.raises(httpx.RemoteProtocolError):
        http.post(url, content=b"x")


def test_cut_off_in_the_middle_of_the_answer(http: httpx.Client) -> None:
    def cut(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{"errcode"')

    with raw(cut) as url, pytest.raises(httpx.RemoteProtocolError):
        http.post(url, content=b"x")


def test_no_answer_in_time(http: httpx.Client) -> None:
    told = threading.Event()
    with raw(lambda line: told.wait(10) and None) as url:
        with pytest.raises(httpx.ReadTimeout):
            http.post(url, content=b"x", timeout=0.05)
        told.set()


def test_a_gateway_that_does_not_speak_http(http: httpx.Client) -> None:
    def chatter(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"220 smtp ready\r\n")

    with raw(chatter) as url, pytest.raises(httpx.RemoteProtocolError):
        http.post(url, content=b"x")


def test_only_http(http: httpx.Client) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        http.get("ftp://127.0.0.1/")
