"""How often something may be tried: counters in Redis, shared by all processes."""

import logging
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError

from bot.services.staff.signing_in import FIRST_WAIT, LONGEST_WAIT, TRIES

log = logging.getLogger(__name__)

_HIT = """
local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return {count, redis.call('pttl', KEYS[1])}
"""
_MISS = """
local left = redis.call('pttl', KEYS[2])
if left > 0 then return left end
local beyond = redis.call('incr', KEYS[1]) - tonumber(ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[4])
if beyond < 0 then return 0 end
local wait = math.min(ARGV[2] * 2 ^ math.min(beyond, 10), ARGV[3])
redis.call('set', KEYS[2], 1, 'px', wait)
return wait
"""
_REMEMBERED = timedelta(days=30)


class Throttle:
    """Safe to share between threads."""

    def __init__(self, redis: "Redis") -> None:
        self._hit = redis.register_script(_HIT)
        self._miss = redis.register_script(_MISS)

    def allows(self, name: str, times: int, seconds: int) -> bool:
        """Whether ``name`` may go ahead.  Redis away: yes, for wrong passwords are counted in the database too."""
        return self.wait(name, times, seconds) == 0

    def wait(self, name: str, times: int, seconds: int) -> int:
        """How many seconds ``name`` has to wait; 0: it may go ahead."""
        try:
            count, left = self._hit(keys=[f"console:{name}"], args=[seconds * 1000])
        except RedisError:
            log.warning("throttle.away name=%s", name.partition(":")[0])
            return 0
        return 0 if int(count) <= times else max(1, -(-int(left) // 1000))

    def miss(self, name: str) -> timedelta | None:
        """How long a 工号 that nobody has is to wait after one more wrong try: as long as one that somebody has, so
        that a lock does not tell them apart (ASVS 6.3.8)."""
        keys = [f"console:nobody:{name}", f"console:nobody:{name}:locked"]
        times = [int(each.total_seconds() * 1000) for each in (FIRST_WAIT, LONGEST_WAIT, _REMEMBERED)]
        try:
            left = int(self._miss(keys=keys, args=[TRIES, *times]))
        except RedisError:
            return None
        return timedelta(milliseconds=left) if left else None
