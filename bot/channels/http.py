"""The one HTTP connection pool of a process: time-outs always, loopback never through a proxy."""

from typing import Any
from urllib.request import getproxies

import httpx

from bot.channels.lines import Lines


class Gateways(httpx.Client):
    """A client without what gateways have no use for: cookies, redirects, authentication, hooks.  They were a fifth
    of what a send costs."""

    def __init__(self, direct: Lines, mounts: dict[str, httpx.BaseTransport], timeout: httpx.Timeout) -> None:
        super().__init__(timeout=timeout, transport=direct, mounts=mounts)
        self._direct = None if mounts else direct

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """All the same for everybody; through a proxy as httpx does it."""
        if self._direct is None:
            return super().send(request, **how)
        response = self._direct.handle_request(request)
        response.read()
        return response


def pool(*, seconds: float = 5.0) -> httpx.Client:
    """A client for every gateway.  A hospital may have a proxy (HTTPS_PROXY); a gateway on loopback is behind none."""
    verify = httpx.create_ssl_context()
    direct = Lines(verify)
    mounts: dict[str, httpx.BaseTransport] = {}
    proxies = getproxies()
    for scheme in ("http", "https", "all"):
        if proxy := proxies.get(scheme):
            mounts[f"{scheme}://"] = httpx.HTTPTransport(verify=verify, proxy=proxy)
    if mounts:
        for host in ("127.0.0.1", "localhost", *_unproxied(proxies.get("no", ""))):
            mounts[f"all://{host}"] = direct
    return Gateways(direct, mounts, httpx.Timeout(seconds, connect=min(seconds, 3.0)))


def _unproxied(told: str) -> list[str]:
    """NO_PROXY: names with all below them (``*``: everything), as httpx reads it."""
    hosts = [host.strip() for host in told.split(",") if host.strip()]
    return ["*" if host == "*" else f"*{host}" if host.startswith(".") else host for host in hosts]
