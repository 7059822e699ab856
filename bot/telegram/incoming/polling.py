"""Long polling that loses no question, and whether it works: what /healthz tells."""

import asyncio
import json
import logging
import time
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.telegram.incoming.addressing import question_row

if TYPE_CHECKING:
    from bot.telegram.services import Services

CONFIRM_AFTER = (0.0, 1.0, 3.0)
"""Seconds before each time that getMe is asked whether the token is refused indeed."""

QUIET_SECONDS = 90.0
"""Without one successful poll for this long the bot calls itself unwell."""

CONFLICT_LOG_SECONDS = 60.0

log = logging.getLogger("citebot")


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
            log.error(
                "another program fetches this bot's updates with the same token: stop it, or use another token; "
                "trying again with growing pauses",
                extra={"reason": error.message},
            )
        else:
            log.warning("updates can't be fetched, trying again", extra={"reason": type(error).__name__})

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
                log.warning("fetching updates was refused, the token was not: trying again", extra={"status": status})
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
    rows = [row for update in updates if (row := question_row(services, update))]
    if rows:
        await services.write(services.store.begin_questions, rows)
