"""The delay of the event loop is measured."""

import asyncio
import time

from bot.telegram.state.metrics import Metrics


def test_the_event_loop_is_watched():
    async def scenario() -> float:
        metrics = Metrics()
        watch = asyncio.create_task(metrics.watch_loop())
        await asyncio.sleep(0.12)
        time.sleep(0.3)
        await asyncio.sleep(0.1)
        watch.cancel()
        return metrics.worst_lag

    assert asyncio.run(scenario()) >= 0.2
