"""Numbers about a running bot, in Prometheus' text format. No user, no chat and no question is a label."""

import asyncio
import time
from bisect import bisect_left
from collections import Counter

ANSWER_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds from an update's arrival to its answer."""

LAG_PROBE = 0.05
"""Seconds between two probes of the event loop."""

_HELP = {
    "updates": "Updates received, by kind.",
    "answers": "Questions by outcome: answered, refused, failed, limited, busy, interrupted.",
    "denied": "Updates from outside the allow-list.",
    "send_errors": "Messages that could not be delivered, by reason.",
    "feedback": "Votes, by direction.",
    "polling_conflicts": "Times another program fetched updates with the same token.",
    "store_errors": "Writes to the store that failed.",
    "reloads": "Index generations swapped in.",
}


class Metrics:
    """Counters, one histogram and a few gauges. Used from the event loop only."""

    def __init__(self) -> None:
        self._counters: dict[str, Counter[str]] = {name: Counter() for name in _HELP}
        self._buckets = [0] * (len(ANSWER_BUCKETS) + 1)
        self._seconds = 0.0
        self.gauges: dict[str, float] = {
            "event_loop_lag_max_seconds": 0.0,
            "event_loop_busy_max_seconds": 0.0,
            "waiting_questions": 0.0,
        }

    def add(self, name: str, label: str = "") -> None:
        """Count one event."""
        self._counters[name][label] += 1

    def value(self, name: str, label: str = "") -> int:
        """How often an event was counted."""
        return self._counters[name][label]

    def observe_answer(self, seconds: float) -> None:
        """Note how long an answer took."""
        self._buckets[bisect_left(ANSWER_BUCKETS, seconds)] += 1
        self._seconds += seconds

    async def watch_loop(self) -> None:
        """Measure, until cancelled, by how much the event loop is late, and how busy it was itself; the worst is kept.

        Late but not busy means that the processor was with somebody else: another thread, or another program.
        """
        loop = asyncio.get_running_loop()
        while True:
            before, cpu = loop.time(), time.thread_time()
            await asyncio.sleep(LAG_PROBE)
            self._keep_worst("event_loop_lag_max_seconds", loop.time() - before - LAG_PROBE)
            self._keep_worst("event_loop_busy_max_seconds", time.thread_time() - cpu)

    def _keep_worst(self, gauge: str, seconds: float) -> None:
        self.gauges[gauge] = max(self.gauges[gauge], seconds)

    def render(self) -> str:
        """Everything in Prometheus' text exposition format 0.0.4."""
        lines: list[str] = []
        for name, counter in self._counters.items():
            lines += [f"# HELP citebot_{name}_total {_HELP[name]}", f"# TYPE citebot_{name}_total counter"]
            for label, number in sorted(counter.items()) or [("", 0)]:
                lines.append(
                    f'citebot_{name}_total{{kind="{label}"}} {number}' if label else f"citebot_{name}_total {number}"
                )
        lines += ["# HELP citebot_answer_seconds Seconds to an answer.", "# TYPE citebot_answer_seconds histogram"]
        running = 0
        for bound, number in zip((*ANSWER_BUCKETS, "+Inf"), self._buckets, strict=True):
            running += number
            lines.append(f'citebot_answer_seconds_bucket{{le="{bound}"}} {running}')
        lines += [f"citebot_answer_seconds_sum {self._seconds:.6f}", f"citebot_answer_seconds_count {running}"]
        for name, value in self.gauges.items():
            lines += [f"# TYPE citebot_{name} gauge", f"citebot_{name} {value:g}"]
        return "\n".join(lines) + "\n"
