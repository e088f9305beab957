"""How often something may be tried: counters in Redis, shared by all processes."""

import logging

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_HIT = """
local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return {count, redis.call('pttl', KEYS[1])}
"""


class Throttle:
    """Safe to share between threads."""

    def __init__(self, redis: "Redis") -> None:
        self._hit = redis.register_script(_HIT)

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
