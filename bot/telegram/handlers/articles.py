"""/sources, /article and /status, with their buttons."""

import asyncio

from telegram import CallbackQuery, Message, Update

from bot.telegram.outgoing.sending import acknowledge, send_file, send_page, send_view, turn_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.articles import article_view, find_article, find_by_key, list_view
from bot.telegram.views.markup import clean, escape, head
from bot.telegram.views.view import View
from embeddings.errors import CitebotError

PATTERN = r"^(L\|\w{1,6}|A\|[0-9a-f]{16}\|\d{1,6}|F\|[0-9a-f]{16})$"


async def on_sources(update: Update, context: Context) -> None:
    """/sources: the articles, ten a page."""
    services, message = context.services, update.message
    if message is not None:
        documents = await asyncio.to_thread(services.engine.documents)
        await send_view(services, place_of(message), list_view(documents, 0, texts_of(update, services)))


async def on_article(update: Update, context: Context) -> None:
    """/article N (or a path): the text, paged."""
    services, message, texts = context.services, update.message, texts_of(update, context.services)
    if message is None:
        return
    wanted = " ".join(context.args or [])
    if not wanted:
        await send_page(services, place_of(message), escape(texts.article_usage))
        return
    view = await asyncio.to_thread(_article, services, wanted, texts)
    unknown = escape(texts.article_unknown.format(name=head(clean(wanted), 100)))
    await send_view(services, place_of(message), view or View((unknown,)))


def _article(services: Services, wanted: str, texts: Texts) -> View | None:
    found = find_article(services.engine.documents(), wanted)
    if found is None:
        return None
    number, facts = found
    return article_view(facts, number, services.engine.document(facts.id).text, 0, texts)


async def on_status(update: Update, context: Context) -> None:
    """/status: number of articles, age of the index, models."""
    services, message = context.services, update.message
    if message is None:
        return
    status = await asyncio.to_thread(services.engine.status)
    text = texts_of(update, services).status.format(
        documents=status.documents,
        passages=status.chunks,
        built=f"{status.built_at[:16].replace('T', ' ')} UTC",
        encoder=status.encoder,
        reader=status.reader,
    )
    await send_page(services, place_of(message), escape(text))


async def on_library_button(update: Update, context: Context) -> None:
    """Turn pages of the list or of an article, or send an article as a file."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    if query.message is None:
        await acknowledge(services, query, texts.stale)
        return
    kind, *rest = (query.data or "").split("|")
    try:
        if kind == "F":
            await _send_file(services, query, rest[0], texts)
            return
        view = await asyncio.to_thread(_page, services, kind, rest, texts)
    except CitebotError:
        view = None
    if view is None:
        await acknowledge(services, query, texts.stale)
        return
    await acknowledge(services, query)
    await turn_page(services, query, view)


def _page(services: Services, kind: str, rest: list[str], texts: Texts) -> View | None:
    documents = services.engine.documents()
    if kind == "L":
        return list_view(documents, int(rest[0]), texts) if rest[0].isdecimal() else None
    found = find_by_key(documents, rest[0])
    if found is None:
        return None
    number, facts = found
    return article_view(facts, number, services.engine.document(facts.id).text, int(rest[1]), texts)


async def _send_file(services: Services, query: CallbackQuery, key: str, texts: Texts) -> None:
    documents = await asyncio.to_thread(services.engine.documents)
    found = find_by_key(documents, key)
    if found is None or not isinstance(query.message, Message):
        await acknowledge(services, query, texts.stale)
        return
    _, facts = found
    document = await asyncio.to_thread(services.engine.document, facts.id)
    await acknowledge(services, query)
    name = facts.id.rsplit("/", 1)[-1]
    place = place_of(query.message)
    shown = name if name.endswith((".txt", ".md")) else f"{name}.txt"
    body = document.text.encode("utf-8", "replace") or b"\n"
    await send_file(services, place, body, shown, escape(head(clean(facts.title), 500)))
