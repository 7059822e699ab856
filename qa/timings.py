"""How long the stages of a question take, kept in a small ring so that p50 and p95 are known at any time."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

KEPT = 10_000
"""Questions remembered a stage."""


class Timings:
    """Seconds spent a stage; safe to use from several threads."""

    def __init__(self):
        self._seconds: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._lock = threading.Lock()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        started = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self._seconds[name].append(time.perf_counter() - started)

    def percentile(self, name: str, percent: float) -> float | None:
        """Return the given percentile of a stage in seconds (nearest rank), or None where nothing was timed."""
        with self._lock:
            ordered = sorted(self._seconds.get(name, ()))
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else None

    def stages(self) -> list[str]:
        """Return the stages timed so far, in the order of their first appearance."""
        with self._lock:
            return list(self._seconds)
