"""The delay of the event loop is measured; the library is loaded only where metrics are on."""

import asyncio
import subprocess
import sys
import time

from bot.telegram.state.metrics import Metrics


def test_the_event_loop_is_watched():
    async def scenario() -> float:
        metrics = Metrics(on=True)
        watch = asyncio.create_task(metrics.watch_loop())
        await asyncio.sleep(0.12)
        time.sleep(0.3)
        await asyncio.sleep(0.1)
        watch.cancel()
        return metrics.worst_lag

    assert asyncio.run(scenario()) >= 0.2


def test_without_metrics_prometheus_is_not_loaded(repository):
    code = (
        "import sys, bot.telegram.app, bot.telegram.state.metrics as metrics; metrics.Metrics(on=False).add('updates');"
        "print('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
