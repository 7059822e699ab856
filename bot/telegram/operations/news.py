"""Notifying chats of new articles on what they watch: found after each build, sent in batches, each article once."""

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING

from bot.telegram.outgoing.sending import Outcome, send_view
from bot.telegram.state.memory import Place
from bot.telegram.texts.languages import texts_for
from bot.telegram.views.articles import news_view

if TYPE_CHECKING:
    from bot.telegram.services import Services
    from embeddings.index.snapshot import DocumentFacts
    from qa.answer import Quote

NEWS_SECONDS = 20.0
"""Seconds between two attempts to send queued news."""

log = logging.getLogger("citebot")


def mark_seen(services: "Services") -> None:
    """Mark all current articles as seen: a new watch is notified of later ones only."""
    services.store.see(key for facts in services.engine.documents() for key in _keys(facts))


def _keys(facts: "DocumentFacts") -> tuple[bytes, bytes]:
    """Return the keys of an article, by path and by content: neither a rename nor a change makes it new."""
    return tuple(
        hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for name in (f"path {facts.id}", f"file {facts.sha256}")
    )


def find_news(services: "Services") -> None:
    """Queue news: what the articles added since the last call say about the watched subjects."""
    from qa.mentions import find_mentions

    watches = services.store.watches()
    if not watches:
        return
    engine = services.engine
    keys = {facts.id: _keys(facts) for facts in engine.documents()}
    seen = services.store.seen()
    new = sorted(path for path, both in keys.items() if seen.isdisjoint(both))
    news = []
    if new:
        quotes = {subject: find_mentions(engine, subject, new) for subject in {watch.subject for watch in watches}}
        news = [
            (watch.chat, watch.thread, quote.document, watch.subject)
            for watch in watches
            for quote in quotes[watch.subject]
        ]
        log.info("looked for news", extra={"articles": len(new), "news": len(news)})
    services.store.see([key for both in keys.values() for key in both], news)


async def send_news(services: "Services") -> None:
    """Send each chat its queued news, within its daily limit and only while it has access."""
    for (chat, thread), rows in (await asyncio.to_thread(services.store.news)).items():
        documents = [document for document, _ in rows]
        if not services.access.admits(chat, chat):
            await services.write(services.store.end_news, chat, thread, documents)
            continue
        told = f"news {chat} {thread or 0}"
        if services.store.counted(told, 1) >= services.settings.news_a_day or services.stopping:
            continue
        quotes = await asyncio.to_thread(_quotes, services, rows)
        outcome = await _send(services, chat, thread, quotes) if quotes else Outcome.SENT
        if outcome is Outcome.FAILED:
            continue
        await services.write(services.store.end_news, chat, thread, documents)
        if outcome is Outcome.GONE:
            for watch in services.store.watches(chat, thread):
                await services.write(services.store.unwatch, chat, thread, watch.subject)
        elif quotes:
            await services.write(services.store.count, told)


async def _send(services: "Services", chat: int, thread: int | None, quotes: "list[tuple[str, Quote]]") -> Outcome:
    watched = services.store.watches(chat, thread)
    code = services.languages.get(chat) or (watched[-1].language if watched else None)
    view = news_view(quotes, texts_for(code))
    outcome, _ = await send_view(services, Place(chat, thread), view)
    return outcome


def _quotes(services: "Services", rows: list[tuple[str, str]]) -> "list[tuple[str, Quote]]":
    """Find the queued quotes again: articles that have gone or changed are left out."""
    from qa.mentions import find_mentions

    by_subject: dict[str, list[str]] = {}
    for document, subject in rows:
        by_subject.setdefault(subject, []).append(document)
    return [
        (subject, quote)
        for subject, documents in by_subject.items()
        for quote in find_mentions(services.engine, subject, documents)
    ]
