"""The body of a request from outside, no longer than its webhook takes."""

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from bot.channels.base import Refusal


def limited(request: Request, limit: int) -> bytes:
    """The body up to the limit, whether or not its length was announced."""
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Refusal("too large", 413) from None
    except ClientDisconnected:
        raise Refusal("cut off", 400) from None
    if len(body) > limit:
        raise Refusal("too large", 413)
    return body
