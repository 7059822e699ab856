"""Serving: updates come in by polling or webhook, chores run beside, and a signal ends it all in good order."""

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from telegram.error import NetworkError
from telegram.ext import Application

from bot.telegram.handlers.questions import tell_owed
from bot.telegram.incoming.polling import Pulse
from bot.telegram.operations import web
from bot.telegram.operations.news import NEWS_SECONDS, find_news, tell_news
from bot.telegram.outgoing.sending import warn_admins
from bot.telegram.services import Context, Services
from bot.telegram.wiring import ALLOWED_UPDATES, set_menu
from embeddings.errors import CitebotError

DRAIN_SECONDS = 3.0
"""After a signal, questions may still begin to be answered for this long; then those waiting are told to ask again."""

STOP_SECONDS = 9.0
"""After a signal, all ends at the latest: managers kill after ten. What is cut off is told at the next start."""

POLL_SECONDS = 25
REFRESH_SECONDS = 2.0
BOOTSTRAP_RETRIES = 5
WEBHOOK_CONNECTIONS = 40

OWED_SECONDS = 15.0
"""Seconds between two tries to tell those whose answer got lost."""

log = logging.getLogger("citebot")


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
    try:
        async with _health(services, pulse), _updates(services, application, pulse):
            await application.start()
            try:
                _start_chores(services, application)
                log.info(
                    "serving", extra={"bot": application.bot.username, "webhook": bool(services.settings.webhook_url)}
                )
                if started is not None:
                    started(services)
                await stop.wait()
            finally:
                await _drain(services, application)
    finally:
        await application.shutdown()
    if pulse.revoked:
        raise CitebotError(
            "Telegram refuses the bot's token since just now: it was revoked; set CITEBOT_TELEGRAM_TOKEN anew"
        )


def _start_chores(services: Services, application: Application) -> None:
    jobs = application.job_queue
    jobs.run_repeating(_refresh, REFRESH_SECONDS)
    jobs.run_repeating(_tell_owed, OWED_SECONDS, first=0.5)
    jobs.run_repeating(_tell_news, NEWS_SECONDS, first=1.0)
    application.create_task(_find_news(services), name="news")  # what was built while the bot was down
    application.create_task(set_menu(services), name="menu")


async def _refresh(context: Context) -> None:
    """Swap in a newer index, if there is one."""
    services = context.services
    if await asyncio.to_thread(services.engine.refresh):
        services.metrics.add("reloads")
        log.info("newer index taken up")
        await _find_news(services)
    elif services.engine.trouble:
        await warn_admins(services, "index_unusable", services.engine.trouble)
    if services.conflict:
        services.conflict = False
        await warn_admins(services, "second_poller", "")


async def _find_news(services: Services) -> None:
    """Look for news in what is new. A failure is no reason to stop: the same articles are new at the next look."""
    try:
        async with services.finding_news:
            await asyncio.to_thread(find_news, services)
    except (CitebotError, sqlite3.Error) as error:
        log.error("news can't be looked for", extra={"reason": str(error)})


async def _tell_news(context: Context) -> None:
    await tell_news(context.services)


async def _tell_owed(context: Context) -> None:
    await tell_owed(context.services)


@asynccontextmanager
async def _health(services: Services, pulse: Pulse) -> AsyncIterator[None]:
    """/healthz and /metrics, where a port is set for them."""
    settings = services.settings
    if settings.metrics_port is None:
        yield
        return
    server = web.serve_health(
        settings.metrics_port, settings.metrics_listen, pulse.trouble, services.metrics, lambda: services.pool.waiting
    )
    watch = asyncio.create_task(services.metrics.watch_loop())
    try:
        yield
    finally:
        watch.cancel()
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
            certificate=await asyncio.to_thread(certificate.read_bytes) if certificate else None,
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
    log.info("stopping", extra={"waiting": services.pool.waiting})
    if application.updater is not None and application.updater.running:
        await application.updater.stop()
    if "webhook" in application.bot_data:
        application.bot_data["webhook"].stop()
    closing = asyncio.get_running_loop().call_later(DRAIN_SECONDS, services.pool.close)
    try:
        async with asyncio.timeout_at(ends):
            await application.stop()
    except TimeoutError:
        log.error("cut off: those who wait are told at the next start", extra={"waiting": services.pool.waiting})
    finally:
        closing.cancel()
