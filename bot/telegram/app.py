"""The Telegram bot as a program: it starts, serves until it is stopped, and shuts down cleanly."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, ContextTypes, Defaults

from bot.settings import Settings
from bot.telegram.incoming.polling import PollingRequest, Pulse
from bot.telegram.incoming.processor import PacedUpdates
from bot.telegram.operations import building, logs
from bot.telegram.outgoing.ratelimit import PatientRateLimiter
from bot.telegram.running import POLL_SECONDS, serve_until
from bot.telegram.services import AllLimits, Context, Services
from bot.telegram.state.access import Access
from bot.telegram.state.limits import Limits
from bot.telegram.state.memory import Memory
from bot.telegram.state.metrics import Metrics
from bot.telegram.state.pool import Pool
from bot.telegram.state.store import Store
from bot.telegram.wiring import add_handlers
from embeddings.errors import CitebotError

if TYPE_CHECKING:
    from qa.engine import Engine

READ_SECONDS, CONNECT_SECONDS = 20.0, 10.0
BOOTSTRAP_TRIES = 8
USER_BURST, CHAT_BURST = 6.0, 20.0
PRESSES_A_MINUTE, PRESS_BURST = 60.0, 20.0
log = logging.getLogger("citebot")


OpenEngine = Callable[[Settings], Awaitable["Engine"]]


def run(settings: Settings, open_engine: OpenEngine | None = None, debug: bool = False) -> int:
    """Run the bot until SIGTERM or SIGINT; returns 0. ``open_engine`` replaces the engine of the settings.
    With ``debug`` the log has the tracebacks of errors.

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
        # A thread that hangs in an answer would hold up the interpreter's end for ever. All is saved by now.
        logging.shutdown()
        os._exit(0)
    return 0


async def serve(
    settings: Settings,
    stop: asyncio.Event | None = None,
    started: Callable[[Services], None] | None = None,
    open_engine: OpenEngine | None = None,
) -> bool:
    """Serve until ``stop`` is set or a signal comes. The engine opens while Telegram is asked who the bot is.

    Returns whether all threads came to their end.

    ``started`` is called once updates come in. ``open_engine`` replaces the engine of the settings.

    Raises:
        As ``run``, and the library's own errors of the network and the token.
    """
    stop = stop or asyncio.Event()
    _heed_signals(stop)
    pulse = Pulse(stop)
    polling = PollingRequest(
        pulse, connection_pool_size=2, connect_timeout=CONNECT_SECONDS, read_timeout=POLL_SECONDS + 10
    )
    application = make_application(settings, polling)
    store = Store(settings.own_folder / "bot.sqlite")
    alone = FileLock(settings.own_folder / "bot.lock")
    ready = asyncio.create_task(_make_ready(settings, application, open_engine or _open_engine))
    try:
        if not await _unless(stop, ready):
            return True
        services = make_services(settings, application, store, ready.result())
        services.owed.update(_left_over(store, alone))
        application.bot_data["services"] = services
        application.update_processor.services = polling.services = services
        await serve_until(stop, services, application, pulse, started)
    finally:
        store.close()
        alone.release()
    if clean := services.pool.shutdown():
        services.engine.close()
    return clean


def _left_over(store: Store, alone: FileLock) -> dict[tuple[int, int], tuple[int | None, str]]:
    """Questions a dead run left unanswered. While another bot lives in this folder they may be its own."""
    try:
        alone.acquire(blocking=False)
    except Timeout:
        log.warning("another bot works in the same index folder: its unanswered questions are left to it")
        return {}
    return {(chat, message): (thread, language) for chat, message, thread, language in store.unanswered()}


async def _make_ready(settings: Settings, application: Application, open_engine: OpenEngine) -> "Engine":
    """Open the engine while Telegram is asked who the bot is."""
    opening = asyncio.ensure_future(open_engine(settings))
    try:
        await _bootstrap(application)
        return await opening
    finally:
        opening.cancel()


async def _unless(stop: asyncio.Event, task: asyncio.Task) -> bool:
    """Wait for a task, but no longer than until ``stop`` is set; returns whether it is done. Its error is raised."""
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


def _heed_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(RuntimeError, ValueError, NotImplementedError):  # not in a test's thread, not on every system
            loop.add_signal_handler(number, stop.set)


def make_application(settings: Settings, polling: PollingRequest) -> Application:
    """Build the library's application: concurrent updates, patient sending, long timeouts, addresses as set."""
    base = settings.telegram_api_url
    application = (
        Application.builder()
        .token(settings.telegram_token)
        .base_url(base)
        .base_file_url(base.removesuffix("bot") + "file/bot")
        .context_types(ContextTypes(context=Context))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(PacedUpdates())
        .rate_limiter(PatientRateLimiter())
        .connect_timeout(CONNECT_SECONDS)
        .read_timeout(READ_SECONDS)
        .write_timeout(READ_SECONDS)
        .pool_timeout(READ_SECONDS)
        .get_updates_request(polling)
        .build()
    )
    add_handlers(application)
    return application


async def _bootstrap(application: Application) -> None:
    """Ask Telegram who the bot is, patiently: at boot the network may come up after us."""
    for left in range(BOOTSTRAP_TRIES - 1, -1, -1):
        try:
            await application.initialize()
            return
        except InvalidToken:
            raise
        except NetworkError as error:
            if not left:
                raise
            wait = min(10.0, 2.0 ** (BOOTSTRAP_TRIES - 2 - left))
            log.warning("Telegram can't be reached", extra={"reason": type(error).__name__, "retry_in": wait})
            await asyncio.sleep(wait)


async def _open_engine(settings: Settings) -> "Engine":
    """Open the index; where there is none yet, build it first, in a process of its own."""
    from embeddings.index.catalogue import NoIndex
    from qa.engine import Engine

    choice = {name: getattr(settings, name) for name in ("cache", "reader", "threshold")}
    choice["encoder_name"] = settings.encoder
    opening = partial(Engine.open, settings.docs, settings.index, **choice)
    try:
        return await asyncio.to_thread(opening)
    except NoIndex:
        log.info("no index yet: building it", extra={"docs": str(settings.docs)})
        async for entry in building.build(settings):
            if "report" in entry:
                log.info("indexed", extra=entry["report"])
    return await asyncio.to_thread(opening)


def make_services(settings: Settings, application: Application, store: Store, engine: "Engine") -> Services:
    """Put the parts of a bot together, with what the last run left in the store."""
    limits = AllLimits(
        Limits(settings.limit_user, USER_BURST),
        Limits(settings.limit_chat, CHAT_BURST),
        Limits(PRESSES_A_MINUTE, PRESS_BURST),
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
            [user for user, *_ in store.people()],
        ),
        memory=Memory(),
        limits=limits,
        pool=Pool(settings.bot_workers),
        metrics=Metrics(on=settings.metrics_port is not None),
        languages=store.chat_settings("language"),
    )
