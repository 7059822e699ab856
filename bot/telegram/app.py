"""The Telegram bot as a program: start, serve until stopped, shut down cleanly."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, ContextTypes, Defaults

from bot.settings import Settings
from bot.telegram.incoming.polling import PollingHealth, PollingRequest
from bot.telegram.incoming.processor import TwoLaneProcessor
from bot.telegram.operations import indexing, logs
from bot.telegram.outgoing.retries import PerChatRateLimiter
from bot.telegram.running import POLL_SECONDS, serve_until, take_over
from bot.telegram.services import Context, Services
from bot.telegram.state.access import Access
from bot.telegram.state.limits import Limits, TokenBuckets
from bot.telegram.state.memory import Memory
from bot.telegram.state.metrics import Metrics
from bot.telegram.state.pool import Pool
from bot.telegram.state.sqlite_tables import SqliteTables
from bot.telegram.state.store import Store
from bot.telegram.wiring import add_handlers
from embeddings.errors import CitebotError
from embeddings.postgres.address import Database
from embeddings.postgres.driver import needing_driver

if TYPE_CHECKING:
    from qa.engine import Engine

READ_SECONDS, CONNECT_SECONDS = 20.0, 10.0
CONNECT_TRIES = 8
USER_BURST, CHAT_BURST = 6.0, 20.0
PRESSES_A_MINUTE, PRESS_BURST = 60.0, 20.0
log = logging.getLogger("citebot")


OpenEngine = Callable[[Settings], Awaitable["Engine"]]


def run(settings: Settings, open_engine: OpenEngine | None = None, debug: bool = False) -> int:
    """Run the bot until SIGTERM or SIGINT; returns 0. ``open_engine`` replaces the engine of the settings.
    ``debug`` puts tracebacks into the log.

    Raises:
        CitebotError: no token or a refused one, Telegram out of reach, no index and no articles, a taken port.
    """
    if not settings.telegram_token:
        raise CitebotError("the bot has no token: set CITEBOT_TELEGRAM_TOKEN to the one BotFather gave you")
    logs.set_up([settings.telegram_token, settings.webhook_secret or ""], debug)
    try:
        clean = asyncio.run(serve(settings, open_engine=open_engine))
    except InvalidToken:
        # The library's message holds the token.
        raise CitebotError(
            "Telegram refuses the token in CITEBOT_TELEGRAM_TOKEN: copy it again from BotFather"
        ) from None
    except NetworkError as error:
        reason = logs.redact(str(error), [settings.telegram_token])
        raise CitebotError(
            f"Telegram can't be reached at CITEBOT_TELEGRAM_API_URL ({reason}): check network and address"
        ) from None
    if not clean:
        # A thread stuck in an answer would block the interpreter's exit forever. Everything is saved by now.
        logging.shutdown()
        os._exit(0)
    return 0


async def serve(
    settings: Settings,
    stop: asyncio.Event | None = None,
    started: Callable[[Services], None] | None = None,
    open_engine: OpenEngine | None = None,
) -> bool:
    """Serve until ``stop`` is set or a signal arrives. The engine is opened while the bot connects to Telegram.

    Returns whether all threads have ended. ``started`` is called once updates are received. ``open_engine`` replaces
    the engine of the settings.

    Raises:
        As ``run``, but the library's own errors for the network and the token.
    """
    stop = stop or asyncio.Event()
    _stop_on_signals(stop)
    health = PollingHealth(stop)
    polling = PollingRequest(
        health, connection_pool_size=2, connect_timeout=CONNECT_SECONDS, read_timeout=POLL_SECONDS + 10
    )
    application = make_application(settings, polling)
    store = open_store(settings)
    ready = asyncio.create_task(_open_and_connect(settings, application, open_engine or _open_engine))
    try:
        if not await _done_before(stop, ready):
            return True
        services = make_services(settings, application, store, ready.result())
        take_over(services)
        application.bot_data["services"] = services
        application.update_processor.services = polling.services = services
        await serve_until(stop, services, application, health, started)
    finally:
        store.close()
    if clean := services.pool.shutdown():
        services.engine.close()
    return clean


def open_store(settings: Settings) -> Store:
    """Open the bot's store: in the database of the index, for all replicas of the bot, or in a file of its own.

    Raises:
        CitebotError: it cannot be used.
    """
    if not isinstance(settings.index, Database):
        return Store(SqliteTables(settings.own_folder / "bot.sqlite"))
    number = (settings.telegram_token or "").partition(":")[0]
    if not (number.isascii() and number.isdecimal()):
        raise CitebotError("CITEBOT_TELEGRAM_TOKEN does not begin with a bot's number: copy it again from BotFather")
    with needing_driver(settings.index):
        from bot.telegram.state.postgres_tables import PostgresTables

        return Store(PostgresTables(settings.index, int(number)))


async def _open_and_connect(settings: Settings, application: Application, open_engine: OpenEngine) -> "Engine":
    """Open the engine and connect to Telegram at the same time."""
    opening = asyncio.ensure_future(open_engine(settings))
    try:
        await _connect(application)
        return await opening
    finally:
        opening.cancel()


async def _done_before(stop: asyncio.Event, task: asyncio.Task) -> bool:
    """Wait for a task or for ``stop``; return whether the task is done. Its error is raised."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        task.result()
        return True
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return False


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(RuntimeError, ValueError, NotImplementedError):  # not in a test's thread, not on all systems
            loop.add_signal_handler(number, stop.set)


def make_application(settings: Settings, polling: PollingRequest) -> Application:
    """Build the library's application with the bot's update processor, rate limiter, timeouts and handlers."""
    base = settings.telegram_api_url
    application = (
        Application.builder()
        .token(settings.telegram_token)
        .base_url(base)
        .base_file_url(base.removesuffix("bot") + "file/bot")
        .context_types(ContextTypes(context=Context))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(TwoLaneProcessor())
        .rate_limiter(PerChatRateLimiter())
        .connect_timeout(CONNECT_SECONDS)
        .read_timeout(READ_SECONDS)
        .write_timeout(READ_SECONDS)
        .pool_timeout(READ_SECONDS)
        .get_updates_request(polling)
        .build()
    )
    add_handlers(application)
    return application


async def _connect(application: Application) -> None:
    """Ask Telegram who the bot is, with retries: after a reboot the network may come up later than the bot."""
    for left in range(CONNECT_TRIES - 1, -1, -1):
        try:
            await application.initialize()
            return
        except InvalidToken:
            raise
        except NetworkError as error:
            if not left:
                raise
            wait = min(10.0, 2.0 ** (CONNECT_TRIES - 2 - left))
            log.warning("Telegram can't be reached", extra={"reason": type(error).__name__, "retry_in": wait})
            await asyncio.sleep(wait)


async def _open_engine(settings: Settings) -> "Engine":
    """Open the index; where there is none yet, build it first, in a child process."""
    from embeddings.index.catalogue import NoIndex
    from qa.engine import Engine

    choice = {name: getattr(settings, name) for name in ("cache", "reader", "threshold")}
    choice["encoder_name"] = settings.encoder
    opening = partial(Engine.open, settings.docs, settings.index, **choice)
    try:
        return await asyncio.to_thread(opening)
    except NoIndex:
        log.info("no index yet: building it", extra={"docs": str(settings.docs)})
        async for entry in indexing.build(settings):
            if "report" in entry:
                log.info("indexed", extra=entry["report"])
    return await asyncio.to_thread(opening)


def make_services(settings: Settings, application: Application, store: Store, engine: "Engine") -> Services:
    """Create the parts of a bot, with what earlier runs kept in the store."""
    limits = Limits(
        person=TokenBuckets(settings.limit_user, USER_BURST),
        chat=TokenBuckets(settings.limit_chat, CHAT_BURST),
        presses=TokenBuckets(PRESSES_A_MINUTE, PRESS_BURST),
    )
    return Services(
        bot=application.bot,
        settings=settings,
        engine=engine,
        store=store,
        access=Access(
            settings.telegram_allowed,
            settings.telegram_admins,
            store.moved_chats(),
            [user for user, _ in store.people()],
        ),
        memory=Memory(),
        limits=limits,
        pool=Pool(settings.bot_workers),
        metrics=Metrics(on=settings.metrics_port is not None),
        languages=store.languages(),
    )
