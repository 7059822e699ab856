"""/delete, and undoing deletions and replacements, for admins."""

import asyncio
import secrets
from functools import partial

from telegram import CallbackQuery, Message, Update

from bot.telegram.handlers.admin import report_build
from bot.telegram.handlers.rights import pressed_by_admin, sent_by_admin
from bot.telegram.operations.article_files import ArticleFiles
from bot.telegram.outgoing.sending import acknowledge, edit_page, send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.articles import find_article, find_by_key
from bot.telegram.views.markup import clean, escape, head
from bot.telegram.views.view import Button, button_key
from embeddings.errors import CitebotError

PATTERN = r"^(D[+-]|R)\|[0-9a-f]{16}$"


async def on_delete(update: Update, context: Context) -> None:
    """/delete N (or a path): ask whether to delete an article."""
    services, message, texts = context.services, update.message, texts_of(update, context.services)
    if message is None or not await sent_by_admin(services, update, texts):
        return
    wanted = " ".join(context.args or [])
    documents = await asyncio.to_thread(services.engine.documents)
    found = find_article(documents, wanted)
    if found is None:
        text = texts.article_unknown.format(name=head(clean(wanted), 100)) if wanted else texts.delete_usage
        await send_page(services, place_of(message), escape(text))
        return
    _, facts = found
    key = button_key(facts.id)
    buttons = (Button(texts.b_delete, f"D+|{key}"), Button(texts.b_cancel, f"D-|{key}"))
    text = texts.delete_confirm.format(title=head(facts.title.strip() or facts.id, 200), name=head(facts.id, 200))
    await send_page(services, place_of(message), escape(text), (buttons,))


async def on_delete_button(update: Update, context: Context) -> None:
    """Delete, cancel, or undo a deletion or replacement."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    if not await pressed_by_admin(services, query, texts):
        return
    kind, key = (query.data or "").split("|")
    if not isinstance(query.message, Message):
        await acknowledge(services, query, texts.stale)
        return
    await acknowledge(services, query)
    if kind == "D-":
        await edit_page(services, place_of(query.message), query.message.message_id, escape(texts.upload_cancelled))
    elif kind == "D+":
        await _delete(services, query, key, texts)
    else:
        await _undo(services, query, key, texts)


async def _delete(services: Services, query: CallbackQuery, key: str, texts: Texts) -> None:
    place, message_id = place_of(query.message), query.message.message_id
    documents = await asyncio.to_thread(services.engine.documents)
    found = find_by_key(documents, key)
    if found is None:
        await edit_page(services, place, message_id, escape(texts.document_gone))
        return
    _, facts = found
    change = secrets.token_hex(8)
    try:
        async with services.indexing:
            await asyncio.to_thread(_article_files(services).delete, change, facts.id)
    except (CitebotError, OSError) as error:
        await edit_page(services, place, message_id, escape(texts.not_done.format(reason=head(str(error), 300))))
        return
    done = partial(texts.deleted.format, name=head(facts.id, 200))
    await report_build(services, place, message_id, texts, done, ((Button(texts.b_undo, f"R|{change}"),),))


async def _undo(services: Services, query: CallbackQuery, change: str, texts: Texts) -> None:
    place = place_of(query.message)
    try:
        async with services.indexing:
            await asyncio.to_thread(_article_files(services).undo, change)
    except (CitebotError, OSError) as error:
        await send_page(services, place, escape(texts.not_done.format(reason=head(str(error), 300))))
        return
    await report_build(services, place, query.message.message_id, texts, texts.undone.format)


def _article_files(services: Services) -> ArticleFiles:
    return ArticleFiles(services.settings.docs, services.settings.own_folder)
