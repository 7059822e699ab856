"""Files sent by an admin become articles: confirmed, checked for readability, indexed, and reported."""

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import chain, count
from pathlib import Path

from telegram import Message, Update
from telegram.error import TelegramError

from bot.telegram.handlers.admin import report_build
from bot.telegram.handlers.messages import on_other
from bot.telegram.handlers.rights import pressed_by_admin
from bot.telegram.operations import indexing
from bot.telegram.operations.article_files import ArticleFiles
from bot.telegram.outgoing.sending import acknowledge, edit_page, send_page
from bot.telegram.services import Context, Services, Upload, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import escape, head
from bot.telegram.views.view import Button
from embeddings.errors import CitebotError

PATTERN = r"^U[+-]\|[0-9a-f]{16}$"
MAX_MEGABYTES = 20
"""Largest file that the Bot API delivers."""

KINDS = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
"""Accepted extensions. Loaders go by content; this list only avoids downloading pictures and the like."""

GATHER_SECONDS = 1.0
"""Files sent within this many seconds of each other are confirmed together."""
MAX_TOGETHER = 20
MAX_NAME_BYTES = 200
log = logging.getLogger("citebot")


async def on_document(update: Update, context: Context) -> None:
    """Ask whether to add the file. Only admins can add files, in private chats."""
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
        await _gather(services, place, Upload(document.file_id, name, user.id, document.file_size or 0), texts)


async def _gather(services: Services, place: Place, upload: Upload, texts: Texts) -> None:
    """Wait for further files sent with this one, then ask about all of them in one message."""
    together = services.arriving.setdefault(upload.user_id, [])
    together.append(upload)
    if len(together) > 1:
        return
    known = 0
    while known < len(together):
        known = len(together)
        await asyncio.sleep(GATHER_SECONDS)
    del services.arriving[upload.user_id]
    for first in range(0, len(together), MAX_TOGETHER):
        await _offer(services, place, together[first : first + MAX_TOGETHER], texts)


def safe_name(name: str) -> str:
    """Make a safe file name of any name: no folders, no hidden file, no special characters.

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


async def _offer(services: Services, place: Place, together: Sequence[Upload], texts: Texts) -> None:
    offered: list[Upload] = []
    for upload in together:
        name = _free_name(upload.name, {one.name for one in offered})
        exists = await asyncio.to_thread((services.settings.docs / name).exists)
        offered.append(replace(upload, name=name, replaces=exists))
    token = secrets.token_hex(8)
    await services.write(services.store.keep_upload, token, json.dumps([asdict(one) for one in offered]))
    keys = (Button(texts.b_add, f"U+|{token}"), Button(texts.b_cancel, f"U-|{token}"))
    await send_page(services, place, escape(_question(offered, texts)), (keys,))


def _question(offered: Sequence[Upload], texts: Texts) -> str:
    if len(offered) == 1:
        text = texts.upload_replace if offered[0].replaces else texts.upload_confirm
        return text.format(name=offered[0].name, size=_size(offered[0]))
    lines = [
        (texts.upload_line_replaces if one.replaces else texts.upload_line).format(
            name=head(one.name, 100), size=_size(one)
        )
        for one in offered
    ]
    return "\n".join([texts.uploads_confirm.format(count=len(offered)), *lines])


def _size(upload: Upload) -> str:
    return f"{max(1, round(upload.size / 1024))} KB"


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number where it is taken.

    >>> _free_name("a.txt", {"a.txt", "a (2).txt"})
    'a (3).txt'
    """
    stem, suffix = Path(name).stem, Path(name).suffix
    names = chain([name], (f"{stem} ({number}){suffix}" for number in count(2)))
    return next(one for one in names if one not in taken)


async def on_upload_button(update: Update, context: Context) -> None:
    """Add the files, or cancel."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    if not await pressed_by_admin(services, query, texts):
        return
    name, token = (query.data or "").split("|")
    files = await services.write(services.store.take_upload, token)
    uploads = [Upload(**entry) for entry in json.loads(files or "[]")]
    if not uploads or uploads[0].user_id != query.from_user.id or not isinstance(query.message, Message):
        await acknowledge(services, query, texts.stale)
        return
    await acknowledge(services, query)
    place, message_id = place_of(query.message), query.message.message_id
    if name == "U-":
        await edit_page(services, place, message_id, escape(texts.upload_cancelled))
        return
    await edit_page(services, place, message_id, escape(texts.reindex_start))
    await _add(services, message_id, uploads, place, texts)


async def _add(services: Services, message_id: int, uploads: Sequence[Upload], place: Place, texts: Texts) -> None:
    """Add the files that can be read, report the others, and build once."""
    change, added, failed, replaced = secrets.token_hex(8), [], [], False
    for upload in uploads:
        shown_name = head(upload.name, 100)
        try:
            async with services.indexing:
                replaced |= await _fetch(services, upload, change)
            added.append(shown_name)
        except CitebotError as error:
            failed.append(texts.upload_unreadable.format(name=shown_name, reason=head(str(error), 300)))
        except (OSError, TelegramError) as error:
            log.error("upload failed", extra={"reason": type(error).__name__})
            failed.append(texts.upload_failed.format(name=shown_name, reason=type(error).__name__))
    if not added:
        await edit_page(services, place, message_id, escape("\n".join(failed)))
        return

    def done(summary: str) -> str:
        text = texts.upload_done if len(added) == 1 else texts.uploads_done
        return "\n".join([text.format(name=added[0], count=len(added), summary=summary), *failed])

    keyboard = ((Button(texts.b_undo, f"R|{change}"),),) if replaced else ()
    await report_build(services, place, message_id, texts, done, keyboard)


async def _fetch(services: Services, upload: Upload, change: str) -> bool:
    """Download under a hidden name, check that it can be read, then rename; return whether it replaced an article."""
    docs = services.settings.docs
    hidden = f".upload-{secrets.token_hex(4)}{Path(upload.name).suffix}"
    part = docs / hidden
    try:
        file = await services.bot.get_file(upload.file_id)
        await file.download_to_drive(part)
        await _readable(docs, hidden, upload.name)
        if not upload.replaces and await asyncio.to_thread((docs / upload.name).exists):
            raise CitebotError("an article of that name was added meanwhile: send the file again to replace it")
        return await asyncio.to_thread(ArticleFiles(docs, services.settings.own_folder).put, change, upload.name, part)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)


async def _readable(docs: Path, hidden: str, name: str) -> None:
    """Raise CitebotError, with the file's own name in its message, where the file can't be read."""
    try:
        await indexing.check(docs, hidden)
    except CitebotError as error:
        raise CitebotError(str(error).removeprefix(f"{hidden}: ").replace(hidden, name)) from error
