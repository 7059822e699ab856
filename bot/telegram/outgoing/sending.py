"""Messages on their way out: sent, edited, and what becomes of those that can't be delivered."""

import logging
from typing import TYPE_CHECKING

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.telegram.state.memory import Place
from bot.telegram.views.answers import Keyboard, View

if TYPE_CHECKING:
    from bot.telegram.services import Services

_LOG = logging.getLogger(__name__)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def markup_of(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Make the keyboard Telegram takes."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in keyboard])


async def send_view(services: "Services", place: Place, view: View, reply_to: int | None = None) -> tuple[int, ...]:
    """Send the pages of a view, the keyboard under the last; returns the ids of its messages.

    Somebody who blocked the bot gets nothing, and that is no error: () is returned. A group that moved is followed.
    """
    ids: list[int] = []
    for number, page in enumerate(view.pages):
        last = number + 1 == len(view.pages)
        keyboard = view.keyboard if last else ()
        message_id = await send_page(services, place, page, keyboard, reply_to if not number else None)
        if message_id is None:
            break
        ids.append(message_id)
    return tuple(ids)


async def send_page(
    services: "Services", place: Place, page: str, keyboard: Keyboard = (), reply_to: int | None = None
) -> int | None:
    """Send one message and return its id, or None where the chat can't be reached any more."""
    reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
    try:
        try:
            return await _send(services.bot, place, page, keyboard, reply)
        except ChatMigrated as moved:
            await services.follow(place.chat_id, moved.new_chat_id)
            return await _send(services.bot, Place(moved.new_chat_id), page, keyboard, None)
    except Forbidden as error:
        services.metrics.add("send_errors", "forbidden")
        _LOG.warning("can't write to this chat any more", extra={"chat": place.chat_id, "reason": error.message})
        return None


async def _send(bot: Bot, place: Place, page: str, keyboard: Keyboard, reply: ReplyParameters | None) -> int:
    message = await bot.send_message(
        place.chat_id,
        page,
        parse_mode=ParseMode.HTML,
        message_thread_id=place.thread_id,
        reply_parameters=reply,
        reply_markup=markup_of(keyboard),
        link_preview_options=NO_PREVIEW,
    )
    return message.message_id


async def edit_page(services: "Services", place: Place, message_id: int, page: str, keyboard: Keyboard = ()) -> bool:
    """Change a message of the bot's own; returns False where it is gone or can't be reached."""
    try:
        await services.bot.edit_message_text(
            page,
            chat_id=place.chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=markup_of(keyboard),
            link_preview_options=NO_PREVIEW,
        )
    except ChatMigrated as moved:
        await services.follow(place.chat_id, moved.new_chat_id)
        return False
    except Forbidden as error:
        services.metrics.add("send_errors", "forbidden")
        _LOG.warning("can't write to this chat any more", extra={"chat": place.chat_id, "reason": error.message})
        return False
    except BadRequest as error:
        reason = error.message.lower()
        if "not modified" in reason:
            return True
        if "not found" not in reason and "can't be edited" not in reason:
            raise
        _LOG.info("message is gone", extra={"chat": place.chat_id})
        return False
    return True


async def delete_page(services: "Services", place: Place, message_id: int) -> None:
    """Delete a message of the bot's own, if it is still there."""
    try:
        await services.bot.delete_message(place.chat_id, message_id)
    except (BadRequest, Forbidden) as error:
        _LOG.info("message can't be deleted", extra={"chat": place.chat_id, "reason": error.message})
