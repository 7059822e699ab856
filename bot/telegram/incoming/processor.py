"""Updates start one at a time and run concurrently; presses and inline queries are kept apart from messages."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.telegram.incoming.addressing import question_row
from bot.telegram.outgoing.sending import acknowledge

if TYPE_CHECKING:
    from bot.telegram.services import Services

MAX_HELD = 50_000
AT_ONCE = 256
PRESSES_AT_ONCE = 8
ANSWERED_AT_ONCE = 16
"""Presses beyond the limit that are answered at the same time; further ones are dropped."""


class TwoLaneProcessor(BaseUpdateProcessor):
    """Concurrent updates that start in the order of their arrival; between two starts other tasks get their turn.

    Presses and inline queries have a lane of their own, so that a flood of them delays no question; what one person
    sends beyond the limit is dropped.
    """

    __slots__ = ("_lanes", "services")

    def __init__(self) -> None:
        super().__init__(MAX_HELD)
        self._lanes = {
            lane: (asyncio.Semaphore(size), asyncio.Lock())
            for lane, size in (("messages", AT_ONCE), ("presses", PRESSES_AT_ONCE))
        }
        self.services: Services | None = None

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for this update's turn, process it, then delete its record unless the answer is still undelivered."""
        services = self.services
        if services is not None and isinstance(update, Update) and update.update_id in services.repeated:
            services.repeated.discard(update.update_id)
            coroutine.close()
            return
        press = isinstance(update, Update) and bool(update.callback_query or update.inline_query)
        if press and services is not None and not await _press_admitted(services, update):
            coroutine.close()
            return
        slots, turn = self._lanes["presses" if press else "messages"]
        async with slots:
            async with turn:
                await asyncio.sleep(0)
            await coroutine
        await self._delete_record(update)

    async def _delete_record(self, update: object) -> None:
        services = self.services
        if services is None or not isinstance(update, Update):
            return
        row = question_row(services, update)
        if row and row[:2] not in services.undelivered:
            await services.write(services.store.end_question, *row[:2])

    async def initialize(self) -> None:
        """Do nothing: there is nothing to prepare."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to end."""


async def _press_admitted(services: "Services", update: Update) -> bool:
    """Tell whether a press or inline query is within its sender's limit.

    Beyond it a press gets a hint to slow down, sent in the background, a few at a time, so that no question waits.
    """
    if services.stopping:
        return False
    press = update.callback_query or update.inline_query
    verdict = services.limits.presses.take(press.from_user.id)
    # A flood is refused here, without the database.
    if verdict.allowed and services.store.shared:
        verdict = await services.take("presses", press.from_user.id)
    if not verdict.allowed and update.callback_query and len(services.background) < ANSWERED_AT_ONCE:
        text = services.texts(None, press.from_user).slow_down.format(seconds=max(1, round(verdict.wait)))
        task = asyncio.create_task(acknowledge(services, update.callback_query, text))
        services.background.add(task)
        task.add_done_callback(services.background.discard)
    return verdict.allowed
