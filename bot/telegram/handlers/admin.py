"""/reindex and /stats, for admins; and builds reported in a message."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from telegram import Update

from bot.telegram.handlers.rights import sent_by_admin
from bot.telegram.operations import indexing
from bot.telegram.outgoing.sending import Outcome, edit_page, send_page, warn_admins
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import escape, head
from bot.telegram.views.view import Keyboard
from embeddings.errors import CitebotError

STATS_DAYS = 7
DISLIKED = 10
EDIT_EVERY = 2.0
"""Seconds between two edits of a progress message: Telegram allows about one a second."""

log = logging.getLogger("citebot")


async def on_reindex(update: Update, context: Context) -> None:
    """/reindex: read the folder again, showing progress in one message."""
    services, message = context.services, update.message
    texts = texts_of(update, services)
    if message is None or not await sent_by_admin(services, update, texts):
        return
    place = place_of(message)
    if services.indexing.locked():
        await send_page(services, place, escape(texts.reindex_running))
        return
    started = await send_page(services, place, escape(texts.reindex_start))
    await report_build(services, place, started.message_id, texts, texts.reindex_done.format)


async def report_build(
    services: Services,
    place: Place,
    message_id: int | None,
    texts: Texts,
    done: Callable[..., str],
    keyboard: Keyboard = (),
) -> bool:
    """Build, showing progress and result in one message; ``done`` makes the final text of ``summary``. Return success.

    Failed edits do not stop the build; a result that cannot be edited in is sent as a new message.
    """
    shown = ""

    async def show(text: str, last: bool = False) -> None:
        nonlocal shown
        if text == shown:
            return
        shown = text
        keys = keyboard if last else ()
        edited = message_id and await edit_page(services, place, message_id, escape(text), keys) is Outcome.SENT
        if last and not edited:
            await send_page(services, place, escape(text), keys)

    try:
        async with services.indexing:
            summary = await _build(services, texts, show)
    except CitebotError as error:
        log.error("indexing failed", extra={"reason": str(error)})
        await show(texts.reindex_failed.format(reason=head(str(error), 500)), last=True)
        await warn_admins(services, "build_failed", str(error), but=place.chat_id)
        return False
    await show(done(summary=summary), last=True)
    return True


async def _build(services: Services, texts: Texts, show: Callable[[str], Awaitable[None]]) -> str:
    """Run the build; return a summary of it."""
    settings, last, summary = services.settings, time.monotonic(), ""
    async for entry in indexing.build(settings):
        if "report" in entry:
            summary = texts.build_summary.format(**entry["report"])
            log.info("indexed", extra=entry["report"])
        elif time.monotonic() - last > EDIT_EVERY:
            last = time.monotonic()
            await show(texts.reindex_step.format(**entry))
    if await asyncio.to_thread(services.engine.refresh):
        services.metrics.add("reloads")
    return summary


async def on_stats(update: Update, context: Context) -> None:
    """/stats: questions, refusals and votes of a week, and the questions whose answers were disliked."""
    services, message = context.services, update.message
    texts = texts_of(update, services)
    if message is None or not await sent_by_admin(services, update, texts):
        return
    text = await asyncio.to_thread(_stats, services, texts)
    await send_page(services, place_of(message), escape(head(text, 3900)))


def _stats(services: Services, texts: Texts) -> str:
    """Return the statistics. Disliked questions come from the store if they are kept there, else from memory."""
    store = services.store
    up, down = store.votes_since(STATS_DAYS)
    lines = [
        texts.stats.format(
            days=STATS_DAYS,
            questions=store.counted("questions", STATS_DAYS),
            refusals=store.counted("refusals", STATS_DAYS),
            up=up,
            down=down,
        )
    ]
    disliked = store.disliked(DISLIKED)
    if disliked:
        lines += ["", texts.stats_down]
    for key, question in disliked:
        sent = services.memory.sent(key)
        known = question or (sent.turn.question if sent else None)
        lines.append("• " + (head(known, 200) if known else texts.stats_no_text))
    return "\n".join(lines)
