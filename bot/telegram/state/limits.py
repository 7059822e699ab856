"""How much one person, and one chat, may ask: token buckets, with one kind word before silence.

Time is monotonic: a clock that is set back mutes nobody and locks nobody out. A restart forgives.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MAX_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float
    told: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``allowed``, or how many seconds to wait; ``tell`` is True once for every stretch of refusals."""

    allowed: bool
    wait: float = 0.0
    tell: bool = False


class Limits:
    """A bucket holds ``burst`` questions and refills at ``per_minute``; the least recently used are forgotten."""

    def __init__(self, per_minute: float, burst: float, now: Callable[[], float] = time.monotonic):
        self.per_minute = per_minute
        self.burst = burst
        self._now = now
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def take(self, key: int, amount: float = 1.0) -> Verdict:
        """Take questions out of a bucket, or say how long to wait for them."""
        if self.per_minute <= 0:
            return Verdict(True)
        bucket = self._fresh(key)
        if bucket.level >= amount:
            bucket.level -= amount
            bucket.told = False
            return Verdict(True)
        tell, bucket.told = not bucket.told, True
        return Verdict(False, (amount - bucket.level) * 60 / self.per_minute, tell)

    def _fresh(self, key: int) -> _Bucket:
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(self.burst, now))
        bucket.level = min(self.burst, bucket.level + max(0.0, now - bucket.at) * self.per_minute / 60)
        bucket.at = now
        self._buckets.move_to_end(key)
        while len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket


class Once:
    """What should be said at most once in a while to the same person. Each matter is counted separately."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._told: dict[str, OrderedDict[int, float]] = {}

    def __call__(self, matter: str, who: int, every: float = 60.0) -> bool:
        """Tell whether it may be said now; it then counts as said."""
        told, now = self._told.setdefault(matter, OrderedDict()), self._now()
        if now - told.get(who, float("-inf")) < every:
            return False
        told[who] = now
        told.move_to_end(who)
        while len(told) > MAX_BUCKETS:
            told.popitem(last=False)
        return True
