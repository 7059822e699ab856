"""How much one person, and one chat, may ask: token buckets, with one kind word before silence."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
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
    """A bucket holds ``burst`` questions and refills at ``per_minute``; the least recently used are forgotten.

    ``now`` is wall-clock time, since levels outlive the process (see ``levels`` and ``restore``).
    """

    def __init__(self, per_minute: float, burst: float, now: Callable[[], float] = time.time):
        self.per_minute = per_minute
        self.burst = burst
        self._now = now
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._told: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> Verdict:
        """Take one question out of a bucket, or say how long to wait for one."""
        if self.per_minute <= 0:
            return Verdict(True)
        bucket = self._fresh(key)
        if bucket.level >= 1:
            bucket.level -= 1
            bucket.told = False
            return Verdict(True)
        tell, bucket.told = not bucket.told, True
        return Verdict(False, (1 - bucket.level) * 60 / self.per_minute, tell)

    def tell_once(self, key: str, every: float = 60.0) -> bool:
        """Tell whether something may be said now that should be said at most once in ``every`` seconds."""
        now = self._now()
        if now - self._told.get(key, -every) < every:
            return False
        self._told[key] = now
        self._told.move_to_end(key)
        while len(self._told) > MAX_BUCKETS:
            self._told.popitem(last=False)
        return True

    def _fresh(self, key: str) -> _Bucket:
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(self.burst, now))
        bucket.level = min(self.burst, bucket.level + max(0.0, now - bucket.at) * self.per_minute / 60)
        bucket.at = now
        self._buckets.move_to_end(key)
        while len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket

    def levels(self) -> list[tuple[str, float, float]]:
        """(key, level, at) of every bucket that is not full, to be kept over a restart."""
        return [(key, b.level, b.at) for key, b in self._buckets.items() if b.level < self.burst]

    def restore(self, levels: Iterable[tuple[str, float, float]]) -> None:
        """Take up the levels of the run before, so that a restart forgives nobody."""
        for key, level, at in levels:
            self._buckets[key] = _Bucket(min(level, self.burst), min(at, self._now()))
