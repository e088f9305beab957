"""Token buckets in Redis, one for each (account, API): how many calls a second all processes together may make.

A bucket fills at ``rate`` up to ``burst``.  Who is not urgent leaves the ``reserve`` in it, so that a survey of ten
thousand holds up no suspension notice.  Tokens are fetched in small lots and handed out in the process, so that not
every send costs a round trip; what a process holds is too little to matter when it dies.

Redis away: sending goes on.  Each process then counts for itself, from an empty bucket and at a quarter of the rate,
so that a few processes together stay within it; the platform's own limit (45011) is behind that.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

LOT = 0.02
"""Seconds of the rate that are fetched at once."""
ALONE = 0.25
"""Of the rate, for each process, while Redis is away."""
_AWAY = 1.0
"""Seconds after which Redis is asked again."""

_TAKE = """
local clock = redis.call('time')
local now = clock[1] + clock[2] / 1000000
local rate, burst, floor, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local kept = redis.call('hmget', KEYS[1], 'tokens', 'at')
local at = tonumber(kept[2]) or now
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + math.max(0, now - at) * rate)
local given = math.floor(math.min(wanted, tokens - floor))
if given < 1 then
    return {0, tostring((floor + 1 - tokens) / rate)}
end
local left, seen = string.format('%.6f', tokens - given), string.format('%.6f', math.max(now, at))
redis.call('hset', KEYS[1], 'tokens', left, 'at', seen)
redis.call('pexpire', KEYS[1], math.ceil((burst / rate + 1) * 1000))
return {given, '0'}
"""
"""Redis' own time: the machines' clocks need not agree.  An empty bucket is not written: it goes on filling."""


@dataclass
class _Lot:
    """Tokens that this process holds."""

    left: float = 0.0
    at: float = 0.0
    """When they were fetched; while Redis is away, when they were last reckoned."""
    wait_until: float = 0.0
    """Before this there is nothing to be had."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Buckets:
    """Safe to share between threads."""

    def __init__(self, redis: "Redis", *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._take = redis.register_script(_TAKE)
        self._monotonic = monotonic
        self._lots: dict[tuple[str, bool], _Lot] = {}
        self._lock = threading.Lock()
        self._away_until = 0.0

    def take(
        self, name: str, rate: float, burst: float, *, reserve: float = 0.25, urgent: bool = False
    ) -> float:
        """One call of ``name``: 0.0 to go ahead, else the seconds after which it is worth asking again."""
        with self._lock:
            lot = self._lots.setdefault((name, urgent), _Lot())
        with lot.lock:  # one thread fetches, the others find what it brought
            now = self._monotonic()
            if lot.left >= 1 and now - lot.at < 1:  # older ones belong to a second that is over
                lot.left -= 1
                return 0.0
            if now < lot.wait_until:
                return lot.wait_until - now
            if now >= self._away_until:
                floor = 0.0 if urgent else burst * reserve
                wanted = [rate, burst, floor, max(int(rate * LOT), 1)]
                try:
                    given, wait = self._take(keys=[f"bucket:{name}"], args=wanted)
                except RedisError:
                    log.warning("buckets.away name=%s", name)
                    self._away_until = now + _AWAY
                else:
                    lot.left, lot.at = max(given - 1.0, 0.0), now
                    lot.wait_until = 0.0 if given else now + max(float(wait), 0.001)
                    return 0.0 if given else lot.wait_until - now
        return self._alone(name, rate)

    def _alone(self, name: str, rate: float) -> float:
        """Without Redis; urgent or not, there is one bucket: what little there is goes to whoever asks first."""
        rate = rate * ALONE
        with self._lock:
            lot = self._lots.setdefault((f"alone:{name}", True), _Lot(at=self._monotonic()))
            now = self._monotonic()
            lot.left = min(lot.left + (now - lot.at) * rate, max(rate, 1.0))
            lot.at = now
            if lot.left >= 1:
                lot.left -= 1
                return 0.0
            return (1 - lot.left) / rate
