"""Updates begin one by one: fifty that arrive in one poll must not hold the event loop all at once."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from telegram.ext import SimpleUpdateProcessor


class PacedUpdates(SimpleUpdateProcessor):
    """Concurrent updates as the library's own, but the loop gets round to everything else between two beginnings.

    They begin in the order they came; from there on they run side by side.
    """

    __slots__ = ("_turn",)

    def __init__(self, max_concurrent_updates: int):
        super().__init__(max_concurrent_updates)
        self._turn = asyncio.Lock()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for this update's turn to begin, then process it."""
        async with self._turn:
            await asyncio.sleep(0)
        await coroutine
