"""Rate limits for people and chats: token buckets. Users are told of the first refusal; further ones are silent.

Time is monotonic, so that a clock that is set back has no effect. A restart resets all limits.
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
    """``allowed``, or the seconds to ``wait``; ``tell`` is True for the first of consecutive refusals."""

    allowed: bool
    wait: float = 0.0
    tell: bool = False


def draw(level: float, elapsed: float, told: bool, per_minute: float, burst: float) -> tuple[float, Verdict]:
    """Refill a bucket for the ``elapsed`` seconds and take a token; return its level then, and the verdict.

    ``told`` says whether the refusal before was told.
    """
    level = min(burst, level + max(0.0, elapsed) * per_minute / 60)
    if level >= 1:
        return level - 1, Verdict(True)
    return level, Verdict(False, (1 - level) * 60 / per_minute, not told)


class TokenBuckets:
    """A bucket for each key, of size ``burst``, refilled at ``per_minute``; the least recently used are dropped."""

    def __init__(self, per_minute: float, burst: float, now: Callable[[], float] = time.monotonic):
        self.per_minute = per_minute
        self.burst = burst
        self._now = now
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def take(self, key: int) -> Verdict:
        """Take a token out of a bucket, or return how long to wait for it."""
        if self.per_minute <= 0:
            return Verdict(True)
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(self.burst, now))
        bucket.level, verdict = draw(bucket.level, now - bucket.at, bucket.told, self.per_minute, self.burst)
        bucket.at, bucket.told = now, not verdict.allowed
        self._buckets.move_to_end(key)
        while len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return verdict


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked and pressed."""

    person: TokenBuckets
    chat: TokenBuckets
    presses: TokenBuckets
    """For button presses and inline queries, which are more frequent than questions."""


class Once:
    """Sends notices of one kind at most once in a period to the same person or chat."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._told: dict[str, OrderedDict[int, float]] = {}

    def __call__(self, kind: str, who: int, every: float = 60.0) -> bool:
        """Tell whether a notice of this kind may be sent now; if so, it counts as sent."""
        told, now = self._told.setdefault(kind, OrderedDict()), self._now()
        if now - told.get(who, float("-inf")) < every:
            return False
        told[who] = now
        told.move_to_end(who)
        while len(told) > MAX_BUCKETS:
            told.popitem(last=False)
        return True
