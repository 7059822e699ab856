"""A file sent by an admin becomes an article: asked about first, read before it is kept, indexed, and told of."""

import asyncio
import logging
import re
import secrets
from dataclasses import replace
from pathlib import Path

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError

from bot.telegram.handlers.admin import report_build
from bot.telegram.handlers.talk import on_other
from bot.telegram.operations import building
from bot.telegram.outgoing.sending import acknowledge, edit_page, send_page
from bot.telegram.services import Context, Services, Upload, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.answers import Button
from bot.telegram.views.markup import escape, head
from embeddings.errors import CitebotError

PATTERN = r"^U[+-]\|[0-9a-f]{16}$"
MAX_MEGABYTES = 20
"""What the Bot API hands out by getFile."""

KINDS = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
"""Endings of what the loaders read. What a file really is they see by its content; a picture needs no download."""

MAX_OPEN = 50
MAX_NAME_BYTES = 200
_LOG = logging.getLogger(__name__)


async def on_document(update: Update, context: Context) -> None:
    """Ask whether to add the file; of others than admins, in private, files are no questions."""
    services, message = context.services, update.message
    user = update.effective_user
    if message is None or message.document is None or message.chat.type != "private":
        return
    if not services.access.is_admin(user.id if user else None):
        await on_other(update, context)
        return
    document, texts, place = message.document, texts_of(update, services), place_of(message)
    name = safe_name(document.file_name or "")
    if not name.lower().endswith(KINDS):
        await send_page(services, place, escape(texts.upload_kind.format(kinds=", ".join(KINDS))))
    elif (document.file_size or 0) > MAX_MEGABYTES * 1024 * 1024:
        await send_page(services, place, escape(texts.upload_large.format(limit=MAX_MEGABYTES)))
    else:
        await _offer(services, place, Upload(document.file_id, name, user.id), document.file_size or 0, texts)


def safe_name(name: str) -> str:
    """Make a file name out of whatever was sent: no folders, no hidden or odd names.

    >>> safe_name("../../etc/pass wd.txt")
    'pass wd.txt'
    >>> safe_name(".env")
    'env'
    """
    base = re.split(r"[/\\]", name)[-1]
    base = re.sub(r"[^\w .()+-]", "_", base).strip(" .")
    stem, dot, suffix = base.rpartition(".")
    while len(base.encode()) > MAX_NAME_BYTES and stem:
        stem = stem[:-1]
        base = f"{stem}{dot}{suffix}"
    return base or "article.txt"


async def _offer(services: Services, place: Place, upload: Upload, size: int, texts: Texts) -> None:
    exists = await asyncio.to_thread((services.settings.docs / upload.name).exists)
    token = secrets.token_hex(8)
    services.uploads[token] = replace(upload, replaces=exists)
    while len(services.uploads) > MAX_OPEN:
        services.uploads.pop(next(iter(services.uploads)))
    text = texts.upload_replace if exists else texts.upload_confirm
    page = escape(text.format(name=upload.name, size=f"{max(1, round(size / 1024))} KB"))
    await send_page(
        services, place, page, ((Button(texts.b_add, f"U+|{token}"), Button(texts.b_cancel, f"U-|{token}")),)
    )


async def on_upload_button(update: Update, context: Context) -> None:
    """Add the file, or leave it; who presses is asked again."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    if not services.access.is_admin(query.from_user.id):
        await acknowledge(services, query, texts.admins_only)
        return
    name, token = (query.data or "").split("|")
    upload = services.uploads.pop(token, None)
    if upload is None or upload.user_id != query.from_user.id or not isinstance(query.message, Message):
        await acknowledge(services, query, texts.stale)
        return
    await acknowledge(services, query)
    place, message_id = place_of(query.message), query.message.message_id
    if name == "U-":
        await edit_page(services, place, message_id, escape(texts.upload_cancelled))
        return
    await edit_page(services, place, message_id, escape(texts.reindex_start))
    await _add(services, query, upload, place, texts)


async def _add(services: Services, query: CallbackQuery, upload: Upload, place: Place, texts: Texts) -> None:
    message_id, shown_name = query.message.message_id, head(upload.name, 100)
    try:
        async with services.indexing:
            await _fetch(services, upload)
    except CitebotError as error:
        text = texts.upload_unreadable.format(name=shown_name, reason=head(str(error), 300))
        await edit_page(services, place, message_id, escape(text))
        return
    except (OSError, TelegramError) as error:
        _LOG.error("upload failed", extra={"reason": type(error).__name__})
        text = texts.upload_failed.format(name=shown_name, reason=type(error).__name__)
        await edit_page(services, place, message_id, escape(text))
        return
    done = texts.upload_done.replace("{name}", shown_name.replace("{", "{{").replace("}", "}}"))
    await report_build(services, place, message_id, texts, done)


async def _fetch(services: Services, upload: Upload) -> None:
    """Download beside the articles, try to read it there, and only then give it its name: all in one rename."""
    docs = services.settings.docs
    hidden = f".upload-{secrets.token_hex(4)}{Path(upload.name).suffix}"
    part = docs / hidden
    try:
        file = await services.bot.get_file(upload.file_id)
        await file.download_to_drive(part)
        await _readable(docs, hidden, upload.name)
        if not upload.replaces and await asyncio.to_thread((docs / upload.name).exists):
            raise CitebotError("an article of that name was added meanwhile: send the file again to replace it")
        await asyncio.to_thread(part.replace, docs / upload.name)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)


async def _readable(docs: Path, hidden: str, name: str) -> None:
    """Raise CitebotError, in terms of the name people know, where the file can't be read."""
    try:
        await building.check(docs, hidden)
    except CitebotError as error:
        raise CitebotError(str(error).removeprefix(f"{hidden}: ").replace(hidden, name)) from error
