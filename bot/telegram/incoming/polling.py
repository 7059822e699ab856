"""Long polling that loses no question, and its health for /healthz."""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.telegram.incoming.addressing import question_row

if TYPE_CHECKING:
    from bot.telegram.services import Services

CONFIRM_AFTER = (0.0, 1.0, 3.0)
"""Seconds before each getMe request that checks whether the token is really refused."""

QUIET_SECONDS = 90.0
"""Seconds without a successful poll after which the bot reports a problem."""

CONFLICT_LOG_SECONDS = 60.0

log = logging.getLogger("citebot")


class PollingHealth:
    """Whether updates are still received. A revoked token stops the bot."""

    def __init__(self, stop: asyncio.Event):
        self._stop = stop
        self._last = time.monotonic()
        self._conflict: float | None = None
        self._logged = float("-inf")
        self.polling = False
        self.token_revoked = False

    def succeeded(self) -> None:
        """Record a successful poll."""
        self._last, self._conflict = time.monotonic(), None

    def token_refused(self) -> None:
        """Record that the token is refused, and stop the bot."""
        self.token_revoked = True
        self._stop.set()

    def failed(self, services: "Services", error: TelegramError) -> None:
        """Log a failed poll, at most once a minute. The library waits longer after each failure."""
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

    def problem(self) -> str | None:
        """Return what is wrong, or None."""
        if self._conflict is not None:
            return "another program fetches updates with the same token"
        if self.polling and time.monotonic() - self._last > QUIET_SECONDS:
            return "no updates could be fetched for a while"
        return None


class PollingRequest(HTTPXRequest):
    """The connection that fetches updates.

    The library stops polling at the first 401 or 404; here getMe must confirm it. The place of each question is
    written to the store before the update is passed on, since the next fetch tells Telegram to forget it.
    """

    def __init__(self, health: PollingHealth, **settings: Any):
        super().__init__(**settings)
        self._health = health
        self.services: Services | None = None

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See HTTPXRequest."""
        status, body = await super().do_request(url, *args, **kwargs)
        if not url.endswith("/getUpdates"):
            return status, body
        if status == 200:
            self._health.succeeded()
            if self.services is not None:
                await _record_body(self.services, body)
        elif status in (401, 404):
            if await self._token_refused(url.removesuffix("getUpdates") + "getMe"):
                self._health.token_refused()
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


async def record_updates(services: "Services", updates: Sequence[Update]) -> None:
    """Record received updates, with the place of each question, before Telegram is told to forget them.

    Those that another run of the bot has already begun are added to ``repeated``.
    """
    rows = [(update.update_id, question_row(services, update)) for update in updates]
    if rows:
        services.repeated |= await services.write(services.store.begin_updates, rows) or set()


async def _record_body(services: "Services", body: bytes) -> None:
    try:
        updates = [Update.de_json(entry, services.bot) for entry in json.loads(body)["result"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # the library reports what is wrong with it
    await record_updates(services, updates)
