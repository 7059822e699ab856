"""Numbers about a running bot, in Prometheus' text format. No user, chat or question is a label."""

import asyncio
import time

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
    """Counters, one histogram and a few gauges, in a registry of this bot's own.

    Without ``on`` nothing is counted, and prometheus_client is not imported: that takes some 20 ms of a start.
    """

    def __init__(self, on: bool):
        self.on = on
        self.worst_lag = self._worst_busy = 0.0
        if not on:
            return
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        self._counters = {
            name: Counter(f"citebot_{name}", text, ["kind"], registry=self.registry) for name, text in _HELP.items()
        }
        self._answers = Histogram(
            "citebot_answer_seconds", "Seconds to an answer.", buckets=ANSWER_BUCKETS, registry=self.registry
        )
        self.waiting = Gauge("citebot_waiting_questions", "Questions that wait.", registry=self.registry)
        self.lag = Gauge("citebot_event_loop_lag_max_seconds", "The event loop's worst delay.", registry=self.registry)
        self.busy = Gauge("citebot_event_loop_busy_max_seconds", "Its worst work at once.", registry=self.registry)

    def add(self, name: str, label: str = "") -> None:
        """Count an event."""
        if self.on:
            self._counters[name].labels(label).inc()

    def observe_answer(self, seconds: float) -> None:
        """Record how long an answer took."""
        if self.on:
            self._answers.observe(seconds)

    async def watch_loop(self) -> None:
        """Measure, until cancelled, the worst delay of the event loop, and its longest processor time in one step.

        A delay without processor time means that another thread or program had the processor.
        """
        loop = asyncio.get_running_loop()
        while True:
            before, cpu = loop.time(), time.thread_time()
            await asyncio.sleep(LAG_PROBE)
            self.worst_lag = max(self.worst_lag, loop.time() - before - LAG_PROBE)
            self._worst_busy = max(self._worst_busy, time.thread_time() - cpu)
            self.lag.set(self.worst_lag)
            self.busy.set(self._worst_busy)

    def render(self) -> bytes:
        """Return everything in Prometheus' text exposition format 0.0.4."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
