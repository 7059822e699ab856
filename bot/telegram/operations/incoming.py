"""How updates come in: fetched without losing a question, begun one by one, presses apart from questions."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError
from telegram.ext import BaseUpdateProcessor
from telegram.request import HTTPXRequest

from bot.telegram.handlers.gate import addressed
from bot.telegram.outgoing.sending import acknowledge

if TYPE_CHECKING:
    from bot.telegram.services import Services

CONFIRM_AFTER = (0.0, 1.0, 3.0)
"""Seconds before each time that getMe is asked whether the token is refused indeed."""

QUIET_SECONDS = 90.0
"""Without one successful poll for this long the bot calls itself unwell."""

CONFLICT_LOG_SECONDS = 60.0
MAX_HELD = 50_000
AT_ONCE = 256
PRESSES_AT_ONCE = 8
ANSWERED_AT_ONCE = 16
"""Presses beyond the limit that are told so at the same time; what comes meanwhile is dropped."""

_LOG = logging.getLogger("citebot.bot")


class Pulse:
    """Whether updates still come in: what /healthz tells, and what ends a bot whose token was revoked."""

    def __init__(self, stop: asyncio.Event):
        self._stop = stop
        self._last = time.monotonic()
        self._conflict: float | None = None
        self._logged = float("-inf")
        self.polling = False
        self.revoked = False

    def beat(self) -> None:
        """Note a successful poll."""
        self._last, self._conflict = time.monotonic(), None

    def refused(self) -> None:
        """Note that the token is refused, which ends the bot."""
        self.revoked = True
        self._stop.set()

    def failed(self, services: "Services", error: TelegramError) -> None:
        """Log a failed poll; a conflict at most once a minute. The library waits longer after every failure."""
        now = time.monotonic()
        if isinstance(error, Conflict):
            services.metrics.add("polling_conflicts")
            self._conflict = now
            services.conflict = True
        if now - self._logged < CONFLICT_LOG_SECONDS:
            return
        self._logged = now
        if isinstance(error, Conflict):
            _LOG.error(
                "another program fetches this bot's updates with the same token: stop it, or use another token; "
                "trying again with growing pauses",
                extra={"reason": error.message},
            )
        else:
            _LOG.warning("updates can't be fetched, trying again", extra={"reason": type(error).__name__})

    def trouble(self) -> str | None:
        """What is wrong, or None."""
        if self._conflict is not None:
            return "another program fetches updates with the same token"
        if self.polling and time.monotonic() - self._last > QUIET_SECONDS:
            return "no updates could be fetched for a while"
        return None


class PollingRequest(HTTPXRequest):
    """The connection that fetches updates. The library ends polling at one 401 or 404; here getMe is asked first.

    Questions are noted in the store before they are handed on, since the next fetch tells Telegram to forget them.
    """

    def __init__(self, pulse: Pulse, **settings: Any):
        super().__init__(**settings)
        self._pulse = pulse
        self.services: Services | None = None

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See HTTPXRequest."""
        status, body = await super().do_request(url, *args, **kwargs)
        if not url.endswith("/getUpdates"):
            return status, body
        if status == 200:
            self._pulse.beat()
            if self.services is not None:
                await _note_questions(self.services, body)
        elif status in (401, 404):
            if await self._token_refused(url.removesuffix("getUpdates") + "getMe"):
                self._pulse.refused()
            else:
                _LOG.warning("fetching updates was refused, the token was not: trying again", extra={"status": status})
                return 502, b'{"ok":false,"description":"Bad Gateway"}'
        return status, body

    async def _token_refused(self, url: str) -> bool:
        for pause in CONFIRM_AFTER:
            await asyncio.sleep(pause)
            try:
                status, _ = await super().do_request(url, "POST")
            except NetworkError:
                return False
            if status not in (401, 404):
                return False
        return True


async def _note_questions(services: "Services", body: bytes) -> None:
    try:
        updates = [Update.de_json(entry, services.bot) for entry in json.loads(body)["result"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # the library says what is wrong with it
    rows = [row for update in updates if (row := _question_row(services, update))]
    if rows:
        await services.write(services.store.begin_questions, rows)


def _question_row(services: "Services", update: Update) -> tuple[int, int, int | None, str] | None:
    """(chat, message, thread, language) of what may be a question of somebody who is let in."""
    message = update.message or update.edited_message
    if message is None or not (message.text or message.caption):
        return None
    chat, user = message.chat, message.from_user
    if not services.access.admits(chat.id, user.id if user else None):
        return None
    if chat.type != "private" and not addressed(message, services.bot):
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    return chat.id, message.message_id, thread, services.texts(chat.id, user).code


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
        if row := _question_row(services, update):
            await services.write(services.store.begin_questions, [row])

    async def _end_note(self, update: object) -> None:
        services = self.services
        if services is None or not isinstance(update, Update):
            return
        row = _question_row(services, update)
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
