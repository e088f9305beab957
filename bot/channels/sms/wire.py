"""One HTTP exchange with a gateway: JSON back, or a `SendError` that says whether the SMS may be on its way."""

from collections.abc import Mapping

import httpx

from bot.channels.base import SendError
from bot.channels.sms.gateway import Json


def post(http: httpx.Client, url: str, content: bytes, headers: Mapping[str, str]) -> Json:
    """The answer's JSON object, whatever its status below 500: vendors put their error codes there."""
    try:
        response = http.post(url, content=content, headers=headers)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise SendError(type(error).__name__, permanent=False) from None
    except httpx.RequestError as error:  # after the request was written: it may have arrived
        raise SendError(type(error).__name__, permanent=False, unknown_outcome=True) from None
    if response.status_code >= 500:
        raise SendError(f"http {response.status_code}", permanent=False, unknown_outcome=True)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SendError(f"http {response.status_code} no json", permanent=False, unknown_outcome=True)
    return answer
