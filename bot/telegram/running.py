"""Serving: receive updates by polling or webhook, run periodic jobs, and shut down in order on a signal."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from telegram.error import NetworkError, TelegramError
from telegram.ext import Application

from bot.telegram.handlers.questions import notify_undelivered
from bot.telegram.incoming.polling import PollingHealth, record_updates
from bot.telegram.operations.news import NEWS_SECONDS, find_news, send_news
from bot.telegram.operations.webhook_and_health import serve_health, serve_webhook
from bot.telegram.outgoing.sending import warn_admins
from bot.telegram.services import Context, Services
from bot.telegram.wiring import ALLOWED_UPDATES, set_menu
from embeddings.errors import CitebotError

DRAIN_SECONDS = 3.0
"""Seconds after a signal in which waiting questions may still start; the others are then told to ask again."""

STOP_SECONDS = 9.0
"""Seconds after a signal within which everything ends: service managers kill after ten. Who was cut off is told at the
next start."""

POLL_SECONDS = 25
REFRESH_SECONDS = 2.0
LEAD_SECONDS = 1.0
"""Seconds between two checks whether there is a leader."""
BOOTSTRAP_RETRIES = 5
WEBHOOK_CONNECTIONS = 40

NOTIFY_SECONDS = 15.0
"""Seconds between two attempts to tell people that their answer was lost."""

log = logging.getLogger("citebot")


async def serve_until(
    stop: asyncio.Event,
    services: Services,
    application: Application,
    health: PollingHealth,
    started: Callable[[Services], None] | None,
) -> None:
    """Serve until ``stop`` is set, then drain.

    Raises:
        CitebotError: the token was revoked while running, or a port is taken.
    """
    try:
        async with _health(services, health), _updates(services, application, health):
            await application.start()
            try:
                _start_jobs(services, application)
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
    if health.token_revoked:
        raise CitebotError(
            "Telegram no longer accepts the bot's token: it was revoked; set CITEBOT_TELEGRAM_TOKEN to the new one"
        )


def _start_jobs(services: Services, application: Application) -> None:
    jobs = application.job_queue
    jobs.run_repeating(_refresh, REFRESH_SECONDS)
    jobs.run_repeating(_notify_undelivered, NOTIFY_SECONDS, first=0.5)
    jobs.run_repeating(_send_news, NEWS_SECONDS, first=1.0)
    application.create_task(_find_news(services), name="news")  # articles indexed while the bot was down
    application.create_task(set_menu(services), name="menu")


def take_over(services: Services) -> None:
    """Take over the questions left open by a killed run or an ended replica: their senders will be told."""
    for chat, message, thread, language, sending in services.store.take_over():
        services.undelivered[chat, message] = (thread, language, bool(sending))


def _read_shared(services: Services) -> None:
    """Read what another replica may have changed, and take over from replicas that have ended."""
    services.access.set_granted(user for user, _ in services.store.people())
    for old, new in services.store.moved_chats().items():
        services.access.follow(old, new)
    services.languages = services.store.languages()
    take_over(services)


async def _refresh(context: Context) -> None:
    """Switch to a newer index, if there is one."""
    services = context.services
    if services.store.shared:
        await services.write(_read_shared, services)
    if await asyncio.to_thread(services.engine.refresh):
        services.metrics.add("reloads")
        log.info("switched to a newer index")
        await _find_news(services)
    elif services.engine.trouble:
        await warn_admins(services, "index_unusable", services.engine.trouble)
    if services.conflict:
        services.conflict = False
        await warn_admins(services, "second_poller", "")


async def _find_news(services: Services) -> None:
    """Look for news in new articles. After a failure, they still count as new the next time."""
    if not services.leads:
        return
    try:
        async with services.finding_news:
            await asyncio.to_thread(find_news, services)
    except CitebotError as error:
        log.error("looking for news failed", extra={"reason": str(error)})


async def _send_news(context: Context) -> None:
    if context.services.leads:
        await send_news(context.services)


async def _notify_undelivered(context: Context) -> None:
    await notify_undelivered(context.services)


@asynccontextmanager
async def _health(services: Services, health: PollingHealth) -> AsyncIterator[None]:
    """Serve /healthz and /metrics, where a port is set for them."""
    settings = services.settings
    if settings.metrics_port is None:
        yield
        return
    server = serve_health(
        settings.metrics_port, settings.metrics_listen, health.problem, services.metrics, lambda: services.pool.waiting
    )
    watch = asyncio.create_task(services.metrics.watch_loop())
    try:
        yield
    finally:
        watch.cancel()
        server.stop()
        await server.close_all_connections()


@asynccontextmanager
async def _updates(services: Services, application: Application, health: PollingHealth) -> AsyncIterator[None]:
    """Receive updates, by polling or webhook. ``_drain`` stops that, before the application is stopped."""
    async with AsyncExitStack() as stack:
        if services.store.shared:
            following = asyncio.create_task(_follow_leader(services, application, health))
            stack.callback(following.cancel)
        if services.settings.webhook_url is not None:
            await stack.enter_async_context(_webhook(services, application))
        elif not services.store.shared:
            await _start_polling(services, application, health)
        yield


async def _start_polling(services: Services, application: Application, health: PollingHealth) -> None:
    await application.updater.start_polling(
        timeout=POLL_SECONDS,
        bootstrap_retries=BOOTSTRAP_RETRIES,
        allowed_updates=ALLOWED_UPDATES,
        error_callback=partial(health.failed, services),
    )
    health.succeeded()
    health.polling = True


async def _follow_leader(services: Services, application: Application, health: PollingHealth) -> None:
    """Let one of the bot's replicas send news and, without a webhook, poll; the others stand by."""
    updater, polls = application.updater, services.settings.webhook_url is None
    services.leads = False
    while not services.stopping:
        led, services.leads = services.leads, bool(await services.write(services.store.lead))
        if services.leads != led:
            log.info("leads" if services.leads else "stands by")
        if services.leads and not led:
            finding = asyncio.create_task(_find_news(services))
            services.background.add(finding)
            finding.add_done_callback(services.background.discard)
        try:
            if polls and services.leads and not updater.running:
                await _start_polling(services, application, health)
            elif polls and not services.leads and updater.running:
                health.polling = False
                await updater.stop()
        except TelegramError as error:
            log.warning("polling can't be started, trying again", extra={"reason": type(error).__name__})
        await asyncio.sleep(LEAD_SECONDS)


@asynccontextmanager
async def _webhook(services: Services, application: Application) -> AsyncIterator[None]:
    settings = services.settings
    # Telegram knows one secret for each bot, so all replicas derive the same one.
    own = hmac.new((settings.telegram_token or "").encode(), b"webhook secret", "sha256").hexdigest()
    secret = settings.webhook_secret or own
    both = settings.webhook_cert and settings.webhook_key
    certificate = (settings.webhook_cert, settings.webhook_key) if both else None
    server = serve_webhook(
        application,
        settings.webhook_url,
        secret,
        settings.webhook_port,
        settings.webhook_listen,
        certificate,
        partial(record_updates, services),
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
    """Accept no more updates, finish what has started, and turn away the rest, within the time limit."""
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
        log.error("cut off: people still waiting are told at the next start", extra={"waiting": services.pool.waiting})
    finally:
        closing.cancel()
