"""The one HTTP connection pool of a process: time-outs always, loopback never through a proxy."""

from urllib.request import getproxies

import httpx

from bot.channels.lines import Lines


def pool(*, seconds: float = 5.0) -> httpx.Client:
    """A client for every gateway.  A hospital may have a proxy (HTTPS_PROXY); a gateway on loopback is behind none."""
    verify = httpx.create_ssl_context()
    direct = Lines(verify)
    mounts: dict[str, httpx.BaseTransport] = {}
    proxies = getproxies()
    for scheme in ("http", "https", "all"):
        if proxy := proxies.get(scheme):
            mounts[f"{scheme}://"] = httpx.HTTPTransport(verify=verify, proxy=proxy)
    for host in ("127.0.0.1", "localhost", *_unproxied(proxies.get("no", ""))):
        mounts[f"all://{host}"] = direct
    return httpx.Client(
        timeout=httpx.Timeout(seconds, connect=min(seconds, 3.0)), transport=direct, mounts=mounts
    )


def _unproxied(told: str) -> list[str]:
    """NO_PROXY: names with all below them (``*``: everything), as httpx reads it."""
    hosts = [host.strip() for host in told.split(",") if host.strip()]
    return ["*" if host == "*" else f"*{host}" if host.startswith(".") else host for host in hosts]
