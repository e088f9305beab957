"""The one HTTP connection pool of a process: time-outs always, loopback never through a proxy."""

import httpx

CONNECTIONS = 64
"""At least the threads of a delivery: a sender waiting for a connection sends nothing."""


def pool(*, seconds: float = 5.0) -> httpx.Client:
    """A client for every gateway.  A hospital may have a proxy (HTTPS_PROXY); a gateway on loopback is behind none."""
    return httpx.Client(
        timeout=httpx.Timeout(seconds, connect=min(seconds, 3.0)),
        limits=httpx.Limits(
            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=30.0
        ),
        mounts={"all://127.0.0.1": None, "all://localhost": None},
    )
