"""Updates begin one by one and run side by side, button presses and inline queries apart from questions."""

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
"""Presses beyond the limit that are told so at the same time; what comes meanwhile is dropped."""


class PacedUpdates(BaseUpdateProcessor):
    """Concurrent updates, but the loop gets round to everything else between two beginnings.

    They begin in the order they came; from there on they run side by side. Presses and inline queries have a lane of
    their own, so that a flood of them holds up no question; of one person's flood most is dropped at the door.
    """

    __slots__ = ("_lanes", "services")

    def __init__(self) -> None:
        super().__init__(MAX_HELD)
        self._lanes = {
            lane: (asyncio.Semaphore(size), asyncio.Lock()) for lane, size in (("q", AT_ONCE), ("p", PRESSES_AT_ONCE))
        }
        self.services: Services | None = None

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for this update's turn to begin, then process it, then drop its note unless it is still owed."""
        services = self.services
        press = isinstance(update, Update) and bool(update.callback_query or update.inline_query)
        if press and services is not None and not _press_admitted(services, update):
            coroutine.close()
            return
        slots, turn = self._lanes["p" if press else "q"]
        async with slots:
            async with turn:
                await asyncio.sleep(0)
                await self._note_webhook(update)
            await coroutine
        await self._end_note(update)

    async def _note_webhook(self, update: object) -> None:
        """Note what a webhook brought; what was polled is noted already."""
        services = self.services
        if services is None or not services.settings.webhook_url or not isinstance(update, Update):
            return
        if row := question_row(services, update):
            await services.write(services.store.begin_questions, [row])

    async def _end_note(self, update: object) -> None:
        services = self.services
        if services is None or not isinstance(update, Update):
            return
        row = question_row(services, update)
        if row and row[:2] not in services.owed:
            await services.write(services.store.end_question, *row[:2])

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to end."""


def _press_admitted(services: "Services", update: Update) -> bool:
    """Hold a flood of presses and inline queries: beyond the limit they do nothing, and beyond all measure are dropped.

    They are answered beside, a few at a time, so that no question waits for that.
    """
    if services.stopping:
        return False
    press = update.callback_query or update.inline_query
    verdict = services.limits.presses.take(press.from_user.id)
    if not verdict.allowed and update.callback_query and len(services.background) < ANSWERED_AT_ONCE:
        text = services.texts(None, press.from_user).slow_down.format(seconds=max(1, round(verdict.wait)))
        task = asyncio.create_task(acknowledge(services, update.callback_query, text))
        services.background.add(task)
        task.add_done_callback(services.background.discard)
    return verdict.allowed
