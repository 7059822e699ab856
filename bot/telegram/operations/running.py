"""Serving: updates come in by polling or webhook, chores run beside, and a signal ends it all in good order."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from telegram.error import Conflict, NetworkError, TelegramError
from telegram.ext import Application, CallbackContext

from bot.telegram.handlers.questions import own_up
from bot.telegram.operations import web
from bot.telegram.operations.menu import set_menu
from bot.telegram.services import Services, services_of
from bot.telegram.wiring import ALLOWED_UPDATES
from embeddings.errors import CitebotError

DRAIN_SECONDS = 3.0
"""After a signal, questions may still begin to be answered for this long; then those waiting are told to ask again."""

STOP_SECONDS = 9.0
"""After a signal, all ends at the latest: managers kill after ten. What is cut off is told at the next start."""

POLL_SECONDS = 25
REFRESH_SECONDS = 2.0
KEEP_LIMITS_SECONDS = 30.0
BOOTSTRAP_RETRIES = 5
WEBHOOK_CONNECTIONS = 40

QUIET_SECONDS = 90.0
"""Without one successful poll for this long the bot calls itself unwell."""

CONFLICT_LOG_SECONDS = 60.0
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

    async def feel(self, response: Any) -> None:
        """Look at the status of every poll (an httpx response hook)."""
        if response.status_code == 200:
            self._last, self._conflict = time.monotonic(), None
        elif response.status_code in (401, 404):
            self.revoked = True
            self._stop.set()

    def failed(self, services: Services, error: TelegramError) -> None:
        """Log a failed poll; a conflict at most once a minute. The library waits longer after every failure."""
        now = time.monotonic()
        if isinstance(error, Conflict):
            services.metrics.add("polling_conflicts")
            self._conflict = now
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


async def serve_until(
    stop: asyncio.Event,
    services: Services,
    application: Application,
    pulse: Pulse,
    started: Callable[[Services], None] | None,
) -> None:
    """Serve until ``stop`` is set, then drain.

    Raises:
        CitebotError: the token was revoked while running, or a port is taken.
    """
    lag = asyncio.create_task(services.metrics.watch_loop())
    try:
        async with _health(services, pulse), _updates(services, application, pulse):
            await application.start()
            try:
                _start_chores(services, application)
                _LOG.info(
                    "serving", extra={"bot": application.bot.username, "webhook": bool(services.settings.webhook_url)}
                )
                if started is not None:
                    started(services)
                await stop.wait()
            finally:
                await _drain(services, application)
    finally:
        lag.cancel()
        await services.note(services.store.save_limits, services.limits.levels())
        await application.shutdown()
    if pulse.revoked:
        raise CitebotError(
            "Telegram refuses the bot's token since just now: it was revoked; set CITEBOT_TELEGRAM_TOKEN anew"
        )


def _start_chores(services: Services, application: Application) -> None:
    jobs = application.job_queue
    jobs.run_repeating(_refresh, REFRESH_SECONDS)
    jobs.run_repeating(_keep_limits, KEEP_LIMITS_SECONDS)
    application.create_task(set_menu(services), name="menu")
    application.create_task(own_up(services), name="own up")


async def _refresh(context: CallbackContext) -> None:
    """Swap in a newer index, if there is one."""
    services = services_of(context)
    if await services.aside(services.engine.refresh):
        services.metrics.add("reloads")
        _LOG.info("newer index taken up")


async def _keep_limits(context: CallbackContext) -> None:
    services = services_of(context)
    await services.note(services.store.save_limits, services.limits.levels())


@asynccontextmanager
async def _health(services: Services, pulse: Pulse) -> AsyncIterator[None]:
    """/healthz and /metrics, where a port is set for them."""
    port = services.settings.metrics_port
    if port is None:
        yield
        return

    def gauges() -> dict[str, float]:
        return {"waiting_questions": services.pool.waiting}

    server = web.serve_health(port, pulse.trouble, services.metrics, gauges)
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


@asynccontextmanager
async def _updates(services: Services, application: Application, pulse: Pulse) -> AsyncIterator[None]:
    """Let updates in, one way or the other. They are stopped by ``_drain``, before the application."""
    settings = services.settings
    if settings.webhook_url is None:
        await application.updater.start_polling(
            timeout=POLL_SECONDS,
            bootstrap_retries=BOOTSTRAP_RETRIES,
            allowed_updates=ALLOWED_UPDATES,
            error_callback=partial(pulse.failed, services),
        )
        pulse.polling = True
        yield
        return
    secret = settings.webhook_secret or secrets.token_urlsafe(32)
    both = settings.webhook_cert and settings.webhook_key
    certificate = (settings.webhook_cert, settings.webhook_key) if both else None
    server = web.serve_webhook(
        application, settings.webhook_url, secret, settings.webhook_port, settings.webhook_listen, certificate
    )
    application.bot_data["webhook"] = server
    try:
        await _set_webhook(services, secret)
        yield
    finally:
        server.stop()
        await server.close_all_connections()


async def _set_webhook(services: Services, secret: str) -> None:
    certificate = services.settings.webhook_cert
    try:
        await services.bot.set_webhook(
            services.settings.webhook_url,
            certificate=await services.aside(certificate.read_bytes) if certificate else None,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=secret,
            max_connections=WEBHOOK_CONNECTIONS,
        )
    except NetworkError as error:
        raise CitebotError(f"the webhook could not be set ({error}): check CITEBOT_WEBHOOK_URL") from error


async def _drain(services: Services, application: Application) -> None:
    """Let no more in, finish what was accepted, turn away what has not begun, and be done in time."""
    ends = asyncio.get_running_loop().time() + STOP_SECONDS
    services.stopping = True
    _LOG.info("stopping", extra={"waiting": services.pool.waiting})
    if application.updater is not None and application.updater.running:
        await application.updater.stop()
    if "webhook" in application.bot_data:
        application.bot_data["webhook"].stop()
    closing = asyncio.get_running_loop().call_later(DRAIN_SECONDS, services.pool.close)
    try:
        async with asyncio.timeout_at(ends):
            await application.stop()
    except TimeoutError:
        _LOG.error("cut off: those who wait are told at the next start", extra={"waiting": services.pool.waiting})
    finally:
        closing.cancel()
