"""Who may change the bot or a chat's settings: checked at every step, since menus and buttons can be passed on."""

import logging

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import TelegramError

from bot.telegram.outgoing.sending import acknowledge, send_page
from bot.telegram.services import Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import escape

log = logging.getLogger("citebot")


async def sent_by_admin(services: Services, update: Update, texts: Texts) -> bool:
    """Tell whether one of the bot's admins sent this; others get a refusal, in private chats only.

    Who writes as the group itself may be an admin, but the bot cannot know; the refusal says so.
    """
    user, message = update.effective_user, update.message
    if services.access.is_admin(user.id if user else None):
        return True
    if message is not None and _as_group(message):
        await send_page(services, place_of(message), escape(texts.anonymous), (), message.message_id)
    elif message is not None and message.chat.type == "private":
        await send_page(services, Place(message.chat_id), escape(texts.admins_only))
    return False


async def pressed_by_admin(services: Services, query: CallbackQuery, texts: Texts) -> bool:
    """Tell whether one of the bot's admins pressed a button; others get a refusal."""
    if services.access.is_admin(query.from_user.id):
        return True
    await acknowledge(services, query, texts.admins_only)
    return False


async def sent_by_chat_admin(services: Services, update: Update, message: Message) -> bool:
    """Tell whether the sender may change the chat's settings; others get a refusal."""
    if _as_group(message) or await _may_change(services, message.chat, update.effective_user):
        return True
    await send_page(services, place_of(message), escape(texts_of(update, services).group_admins_only))
    return False


async def pressed_by_chat_admin(services: Services, query: CallbackQuery, texts: Texts) -> bool:
    """Tell whether whoever pressed a button may change the chat's settings; others get a refusal."""
    if query.message is not None and await _may_change(services, query.message.chat, query.from_user):
        return True
    await acknowledge(services, query, texts.group_admins_only)
    return False


def _as_group(message: Message) -> bool:
    return message.sender_chat is not None and message.sender_chat.id == message.chat_id


async def _may_change(services: Services, chat: Chat, user: User | None) -> bool:
    """Tell whether a user may change a chat's settings: always in private; in a group as its admin or the bot's."""
    if chat.type == "private" or services.access.is_admin(user.id if user else None):
        return True
    try:
        member = await services.bot.get_chat_member(chat.id, user.id if user else 0)
    except TelegramError as error:
        log.info("can't tell who is admin of a group", extra={"chat": chat.id, "reason": error.message})
        return False
    return member.status in ("creator", "administrator")
